"""Card numbers and IBANs as people write them, and numbers that are none."""

from __future__ import annotations

import pytest

from tests.unit.reports.build import FOLDER, judged

STRICT = {"credit_card", "iban", "us_ssn"}


def _types(source: str | bytes) -> set[str]:
    return {finding.type for finding in judged(source).sensitive}


def _mail(text: str) -> bytes:
    return f"From: a@example.org\nTo: bob@example.net\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("pf_*.eml")))
def test_numbers_that_are_none(name: str) -> None:
    """Reported: no card, account or identity number."""
    assert not STRICT & _types(name)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("pt_*.eml")))
def test_numbers_that_are_found(name: str) -> None:
    """Reported: blanks of any kind and a line break hide no number."""
    assert _types(name) == {"iban" if "iban" in name else "credit_card"}


@pytest.mark.parametrize(
    "text",
    ["Charge my card 4111 1111\n1111 1111 exp 12/28.", "> Charge my card 4111 1111\n> 1111 1111 please", "card 4111-1111-1111\n1111",
     "my card: 4111 1111 1111 \n1111", "Kreditkarte 5555 5555\n5555 4444", "amex card 3782 822463\n10005"],
)  # fmt: skip
def test_cards_over_two_lines(text: str) -> None:
    """A mail program wraps a card number; it stays one."""
    assert "credit_card" in _types(_mail(text))


@pytest.mark.parametrize(
    "text",
    [
        "Order 4111 1111\n1111 1112 shipped",
        "4111\n1111\n1111\n1112",
        "Rooms 4111 1111\n2222 3333 are free",
        "12345678\n87654321",
    ],
)
def test_lines_of_numbers_are_no_cards(text: str) -> None:
    """Numbers in a row, without the check digit or a word for a card."""
    assert "credit_card" not in _types(_mail(text))
