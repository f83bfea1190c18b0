"""The result of a recogniser: a span of one text and how bad its loss is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from glassdome.signals.sensitive.view import TextView

__all__ = ["Candidate", "Recogniser", "Risk"]

Risk = Literal["high", "low"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A candidate that passed its recogniser. Of overlapping ones the higher `rank` stays, then the longer."""

    type: str
    start: int
    end: int
    risk: Risk = "high"
    rank: int = 5


Recogniser = Callable[[TextView], Iterator[Candidate]]
