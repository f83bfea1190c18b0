"""Tests of drafts to strangers, and of a priority that agrees with the attention."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from glassdome.engine.builtin.priority import agreed
from glassdome.engine.builtin.reading import read_mail
from glassdome.engine.builtin.strangers import is_doubtful_stranger
from glassdome.parse import parse_message
from glassdome.signals.runner import asked_of
from glassdome.values.context import Context, SenderHistory

MAILBOX = Context(now=datetime(2026, 3, 10, 9, tzinfo=UTC), mailbox="jana@example.org", known=True)
MET = replace(MAILBOX, sender=SenderHistory(seen=3))
FILE = replace(MAILBOX, known=False)


def doubtful(sender: str, text: str, context: Context = MAILBOX, *more: str) -> bool:
    """Return the answer for a plain letter."""
    head = (f"From: {sender}", "To: jana@example.org", "Subject: A question", *more)
    message = parse_message("\r\n".join([*head, "", text]).encode())
    return is_doubtful_stranger(read_mail(message, replace(context, asked=asked_of(message, context))))


@pytest.mark.parametrize(
    ("sender", "text", "expected"),
    [
        ("Celeste <celeste@votre-destin.example>", "Votre question est gratuite : https://votre-destin.example/q\n\nCeleste", True),
        ("Lieferservice Krause <krause.bestellungen@web.de>", "Ist Lieferung gegen Rechnung möglich?\n\nPeter Krause, Einkauf", True),
        ("Sofia Brandt <sofia.brandt@gmail.com>", "Do you still look for help?\n\nKind regards\nSofia Brandt", False),
        ("Rupert Cobb <rupert@cobb-hotels.example>", "What would a bar counter cost?\n\nRupert\nhttps://cobb-hotels.example/", False),
    ],
)  # fmt: skip
def test_first_letters(sender: str, text: str, expected: bool) -> None:
    """A link to a page, or a free mailbox signed by another name, is no letter to answer; the address of a house is."""
    assert doubtful(sender, text) == expected


def test_who_is_no_stranger() -> None:
    """Mail with the sender before, an answer, and a file without a mailbox."""
    lure = ("Celeste <celeste@votre-destin.example>", "https://votre-destin.example/q")

    assert not doubtful(*lure, MET)
    assert not doubtful(*lure, FILE)
    assert not doubtful(*lure, MAILBOX, "In-Reply-To: <a@example.org>")


@pytest.mark.parametrize(
    ("priority", "attention", "held", "expected"),
    [(9, "skim", False, 5), (2, "skim", False, 2), (3, "now", False, 6), (3, "now", True, 3), (9, "read", False, 9)],
)
def test_priority_agrees_with_attention(priority: int, attention: str, held: bool, expected: int) -> None:
    """Mail to skim is not urgent; mail that cannot wait is, unless something holds it down."""
    assert agreed(priority, attention, held=held) == expected  # type: ignore[arg-type]
