"""The asks of a verdict: each quotes words that stand in the mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from glassdome.core.limits import MAX_PHRASE_CHARS
from glassdome.values.ask import Ask
from glassdome.values.message import Message
from glassdome.values.signal import Evidence
from glassdome.verdict.evidence import is_there

__all__ = ["checked_asks"]


def checked_asks(message: Message, asks: Iterable[Ask]) -> tuple[Ask, ...]:
    """Return the asks; a quote that is not where it should be is dropped, the ask stays."""
    return tuple(_checked(message, ask) for ask in asks)


def _checked(message: Message, ask: Ask) -> Ask:
    quote = ask.quote[:MAX_PHRASE_CHARS]
    there = not quote or is_there(message, Evidence(where=ask.where, quote=quote))
    return replace(ask, quote=quote if there else "", why=ask.why[:MAX_PHRASE_CHARS])
