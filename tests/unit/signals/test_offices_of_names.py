"""Display names of offices and of people, and charges that can be undone by a call, in several languages."""

from __future__ import annotations

import pytest

from glassdome.signals.asked import _has_way_out
from glassdome.signals.claims import _is_person
from glassdome.values.message import Message


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Dział Subskrypcji", False),
        ("Biuro Obsługi Klienta", False),
        ("Zákaznická podpora", False),
        ("Oddělení předplatného", False),
        ("Katarzyna Wiśniewska", True),
        ("Jiří Novák", True),
    ],
)
def test_an_office_is_no_person(name: str, person: bool) -> None:
    """A department's name is nobody's."""
    assert _is_person(name) is person


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aby anulować odnowienie, zadzwoń: +48 22 123 45 67", True),
        ("Para anular el cargo llame al +34 91 123 45 67", True),
        ("Widerrufen Sie die Abbuchung unter +49 30 1234567", True),
        ("Zavolejte na +420 212 345 678, chcete-li platbu zrušit", True),
        ("Zapraszamy na otwarcie. Telefon: +48 22 123 45 67", False),
        ("Aby anulować odnowienie, zaloguj się.", False),
    ],
)
def test_a_charge_that_a_call_undoes(text: str, expected: bool) -> None:
    """It takes a way out and a number."""
    assert _has_way_out(Message(text=text, new_text=text)) is expected
