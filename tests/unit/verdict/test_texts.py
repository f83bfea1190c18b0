"""A model's text that nobody would write is refused with its reason, and the built-in text stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glassdome.values.message import Address
from glassdome.values.verdict import Label
from glassdome.verdict.texts import draft_fault, summary_fault
from tests.unit.verdict.build import MAIL, builtin, judged, model

LONG = replace(
    MAIL,
    subject="News of the harbour",
    header_from=(Address(name="Ruth Olsen", addr="ruth@harbour.example"),),
    to=(Address(name="Eva Muster", addr="eva@muster.example"),),
    text="The harbour office is closed from 3 to 9 December because the floor is being renewed. Please bring parcels to the "
    "north gate instead, where Tom takes them between 8:00 and 16:30. The fee of EUR 1,200.00 for the berth is due on Friday. "
    "To unsubscribe from this list follow the link below.",
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LONG.text, "copied"),
        ("I'm sorry, but I can't assist with that.", "refusal"),
        ("I\u2019m sorry, but I cannot help.", "refusal"),
        ("Es tut mir leid, dabei kann ich nicht helfen.", "refusal"),
        ("the mail says the mail says the mail says the mail says the mail says", "repeats"),
        ("The harbour office is closed and this e-mail is a fraud.", "contradicts"),
        ("The harbour office is closed. To unsubscribe, follow the link.", "unsubscribe"),
        ("The berth costs EUR 1,450 until Friday.", "invented"),
        ("The office closes from 3 to 12 December.", "invented"),
    ],
)
def test_a_summary_that_nobody_would_write(text: str, reason: str) -> None:
    """Each fault has its word."""
    assert summary_fault(text, LONG, Label.HAM) == reason


@pytest.mark.parametrize(
    "text",
    [
        "The harbour office is closed from 3 to 9 December; parcels go to the north gate.",
        "The fee of EUR 1200 for the berth is due on Friday.",
        "Tom takes parcels from 8:00 to 16:30.",
        "Das Hafenbüro ist vom 3. bis 9. Dezember geschlossen.",
        "The harbour office is closed from 3 to 9 December because the floor is being renewed.",
    ],
)
def test_a_good_summary_is_taken(text: str) -> None:
    """Numbers may be written otherwise, one sentence may be the mail's own, and another language is no fault."""
    assert summary_fault(text, LONG, Label.HAM) == ""


def test_a_fraud_is_not_called_fine() -> None:
    """The same word is right of one label and wrong of another."""
    assert summary_fault("A legitimate notice of the harbour office.", LONG, Label.PHISH) == "contradicts"
    assert summary_fault("A fraud in the name of the harbour office.", LONG, Label.PHISH) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Dear Eva,\n\nthank you, I will bring the parcels to the north gate.", "addressee"),
        ("I'm sorry, but I can't assist with that.", "refusal"),
        ("Dear Ruth,\n\nI will pay EUR 990 on Friday.", "invented"),
        ("Dear Ruth,\n\nthank you, I will bring the parcels to the north gate.", ""),
        ("Hello,\n\nthank you, I will pay on Friday.\n\nEva", ""),
    ],
)
def test_a_draft_that_nobody_would_send(text: str, reason: str) -> None:
    """It is written to the sender, by somebody who knows no more than the mail."""
    assert draft_fault(text, LONG, "eva@muster.example") == reason


def test_the_built_in_summary_stands() -> None:
    """And the verdict says why."""
    verdict = judged(opinion=model(summary="I'm sorry, but I can't assist with that."), builtin=builtin())
    assert (verdict.summary, verdict.refused) == ("Short.", ("refusal",))
    assert judged(opinion=model(summary="Invoice 4711 is due on Friday.")).refused == ()
