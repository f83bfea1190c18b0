"""Numbers that look like facts and are none: quantities beside prices, and amounts below the name of a month."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from glassdome.engine.builtin.dates import days_in
from glassdome.engine.builtin.facts.amounts import amount_facts
from glassdome.engine.builtin.words import fold

_WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Menge | Einzelpreis\n12 € 4,00", {"4.00 EUR"}),
        ("5 EUR 20,00 EUR 100,00", {"20.00 EUR", "100.00 EUR"}),
        ("Box 5 USD 20.00 USD 100.00", {"20.00 USD", "100.00 USD"}),
        ("Razem 3 PLN 1 487,50", {"1487.50 PLN"}),
        ("Gesamtbetrag 3 EUR 1.487,50", {"1487.50 EUR"}),
        ("3 Euro-Paletten 12,00 €", {"12.00 EUR"}),
        ("Papier 12 € 48 €", {"12.00 EUR", "48.00 EUR"}),
        ("Papier 12,00 € 48,00 €", {"12.00 EUR", "48.00 EUR"}),
        ("10 EUR 3,50 kg", {"10.00 EUR"}),
        ("Totale 12 euro", {"12.00 EUR"}),
    ],
)
def test_a_quantity_before_a_price_is_no_amount(text: str, expected: set[str]) -> None:
    found = {fact.value for fact in amount_facts(text, "")}
    assert found
    assert found <= expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Abrechnung Oktober\n2026 Strom 1.240"), ("de", "Oktober\n1.240 kWh"), ("de", "Oktober\n12 Stück"),
        ("de", "1.12 Oktober"), ("es", "octubre\n1.240"), ("fr", "octobre\n1 240"), ("it", "ottobre\n12 pezzi"),
        ("pl", "października\n12 szt"), ("nl", "oktober\n1.240"), ("pt", "outubro\n1.240"), ("sv", "oktober\n12 st"),
        ("en", "October\n1,240 units"), ("en", "October 1,240.50"), ("hu", "október\n1 240"),
    ],
)  # fmt: skip
def test_a_number_below_a_month_is_no_day(language: str, text: str) -> None:
    assert not [named for named in days_in(fold(text), language, _WRITTEN) if named.kind == "absolute"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "bis zum 12.\nOktober 2026"), ("de", "12. Oktober 2026"), ("de", "am 12. Oktober, 1.240 Euro"),
        ("de", "12. Oktober 1240 EUR"), ("es", "12 de octubre de 2026"), ("fr", "12 octobre 2026"),
        ("it", "12 ottobre 2026"), ("pl", "12\npaździernika 2026"), ("en", "October 12, 2026"), ("en", "by October\n12, 2026"),
        ("en", "October 12 2026"), ("en", "October 12,2026"), ("hu", "2026. október\n12"), ("de", "Oktober 12, 2026"),
    ],
)  # fmt: skip
def test_a_day_of_a_month_stays_one(language: str, text: str) -> None:
    found = [named.day.isoformat() for named in days_in(fold(text), language, _WRITTEN) if named.kind == "absolute"]
    assert found == ["2026-10-12"]
