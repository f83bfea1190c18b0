"""Short ways to write the inputs of a verdict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from glassdome.values.context import Context
from glassdome.values.message import Address, HeaderField, Link, Message
from glassdome.values.opinion import Opinion
from glassdome.values.preferences import Preferences
from glassdome.values.role import FULL
from glassdome.values.signal import Evidence, Outcome, Signal
from glassdome.values.verdict import Verdict
from glassdome.verdict import decide

__all__ = ["MAIL", "builtin", "context", "hit", "judged", "model", "unknown"]

MAIL = Message(
    headers=(HeaderField(name="From", value="Bank <info@bank.example>"),),
    subject="Your invoice",
    header_from=(Address(name="Bank", addr="info@bank.example"),),
    to=(Address(addr="eva@muster.example"),),
    text="Dear Eva,\nplease pay invoice 4711 until Friday.\nIBAN DE02 1203 0000 0000 2020 51. Call +49 30 1234567.",
    links=(Link(url="https://bank.example/pay", shown="Pay now"),),
)


def context(**preferences: Any) -> Context:
    """A context at a fixed time, for one mailbox."""
    return Context(
        now=datetime(2026, 1, 2, tzinfo=UTC),
        mailbox="eva@muster.example",
        preferences=Preferences(username="eva@muster.example", **preferences),
    )


def builtin(**facts: Any) -> Opinion:
    """The built-in engine's reading: nothing suspicious unless said."""
    return Opinion(
        **({"engine": "builtin", "phishing": 0.05, "spam": 0.05, "language": "en", "summary": "Short."} | facts)
    )


def model(**facts: Any) -> Opinion:
    """A language model's opinion."""
    return Opinion(
        **({"engine": "ollama", "model": "tiny", "prompt_version": "1", "phishing": 0.1, "spam": 0.1} | facts)
    )


def hit(name: str, *places: Evidence, strength: float = 1.0, detail: str = "because") -> Signal:
    """A finding."""
    return Signal(name=name, outcome=Outcome.HIT, detail=detail, evidence=places, strength=strength)


def unknown(name: str) -> Signal:
    """A signal whose detector crashed."""
    return Signal(name=name, outcome=Outcome.TEMP_ERROR)


def judged(*signals: Signal, message: Message = MAIL, **facts: Any) -> Verdict:
    """The verdict of these signals; an opinion is a judge's unless said."""
    arguments = {"sensitive": (), "grant": FULL, "builtin": builtin(), "context": context()} | facts
    return decide(message, signals=signals, **arguments)
