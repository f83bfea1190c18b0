"""Builds the findings of detectors: hits with evidence, and the cached outcomes without any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from glassdome.core.limits import MAX_PHRASE_CHARS
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Evidence, Outcome, Signal

__all__ = ["MAX_EVIDENCE", "Detector", "evidence", "hit", "none_apply", "outcome"]

#: Pieces of evidence kept of one signal; a reader needs a few, a hostile mail has hundreds.
MAX_EVIDENCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A family of signals: their names with what each means, and the pure function that looks for them.

    The function yields each name at most once; the runner reports a miss for every name it does not yield.
    """

    name: str
    signals: Mapping[str, str]
    run: Callable[[Message, Context], Iterable[Signal]]


def evidence(where: str, quote: str = "") -> Evidence:
    """Point at a place of the message, with the words there cut to their limit."""
    return Evidence(where=where, quote=quote[:MAX_PHRASE_CHARS])


def hit(name: str, detail: str, *found: Evidence, strength: float = 1.0) -> Signal:
    """Report a finding; `strength` is clamped to 0..1 and the evidence to its first pieces."""
    return Signal(
        name=name,
        outcome=Outcome.HIT,
        detail=detail,
        evidence=found[:MAX_EVIDENCE],
        strength=min(1.0, max(0.0, strength)),
    )


@lru_cache(maxsize=1024)
def outcome(name: str, result: Outcome, detail: str = "") -> Signal:
    """Report an outcome that carries no evidence."""
    return Signal(name=name, outcome=result, detail=detail)


def none_apply(names: Iterable[str]) -> tuple[Signal, ...]:
    """Report that these signals do not apply."""
    return _none_apply(tuple(names))


@lru_cache(maxsize=256)
def _none_apply(names: tuple[str, ...]) -> tuple[Signal, ...]:
    return tuple(outcome(name, Outcome.NOT_APPLICABLE) for name in names)
