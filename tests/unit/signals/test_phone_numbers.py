"""Telephone numbers, plain ones and those that are written so that programs miss them."""

from __future__ import annotations

import pytest

from glassdome.signals.phone_numbers import has_phone, phone_numbers
from glassdome.values.ask import AskKind, Identity
from tests.unit.signals.build import hits
from tests.unit.signals.test_asks import FREE, OURS, asks, message

DISGUISED = (
    "Care desk: +1 . 8 0 8 . 5 5 5 . 0 1 2 3",
    "eight-oh-eight, 555, 0142",
    "call 8O8 555 O142 tonight",
    "⑧⓪⑧ ⑤⑤⑤ ⓪①④②",
    "808*555*0142",
    "null-drei-null 23 12 5 null-neun-zwei",
    "zéro-un 99 00 quinze zéro-huit",
    "01 ochocientos, 5 5 5, cero-uno-cuatro-siete",
    "nul acht acht · vijf vijf vijf · nul één",
    "(8-0-8) 555-01-42",
)
HONEST = (
    "Tel. 030 23125 092",
    "01 99 00 15 08",
    "+49 (0) 30 / 231 25-09",
    "1 2 3 4 5 6 7 8 9 10 11",
    "| 3 | 5 | 2 | 8 | 9 | 1 | 4 | 7 | 6 |",
    "6 rolls 2,70\n1 loaf 750 g 5,40\n7 % 0,53 / 19 % 1,21",
    "We need one of two and three of five, or seven.",
    "Summe 3 x 2 = 6, 4 x 2 = 8",
)


@pytest.mark.parametrize("text", DISGUISED)
def test_a_number_that_hides_from_programs(text: str) -> None:
    """It is found, and said to hide."""
    found = phone_numbers(text)
    assert found
    assert found[0].disguised
    assert found[0].certain


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_row_of_digits(text: str) -> None:
    """None of them hides."""
    assert not any(number.disguised for number in phone_numbers(text))


def test_an_ordinary_number() -> None:
    """Numbers as people write them are found, prices and dates are none."""
    assert has_phone("Call us: 0221 4710 244")
    assert not has_phone("10:30, 11:45 and 12:15, EUR 12.50")


def test_a_hidden_number_in_a_mail_about_money_is_one_to_call() -> None:
    """No other word is needed; without money it is no ask."""
    text = "Your kit is on its way.\nPaid: $ 389.00\nHelp desk: eight-oh-eight, 555, 0142"
    assert asks(FREE, text)[AskKind.CALL_BACK].identity is Identity.UNPROVEN
    assert "phone_disguised" in hits(message(FREE, text), OURS)
    assert AskKind.CALL_BACK not in asks(FREE, text.replace("$ 389.00", "yes"))


@pytest.mark.parametrize(
    "text",
    [
        "You paid $ 389.00 by mistake? Reverse it: +1 808 555 0142, before tomorrow.",
        "Wir buchen 449,00 € ab. Widerruf binnen eines Tages: 030 23125 092",
        "Cobro de 329,90 €. Para anularlo: +34 555 010 162",
    ],
)
def test_a_number_near_words_of_undoing_is_one_to_call(text: str) -> None:
    """The verb may be missing."""
    assert AskKind.CALL_BACK in asks(FREE, text)
