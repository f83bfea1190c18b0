"""The reports of detectors: evidence with an outcome, never a judgement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

__all__ = ["Evidence", "Outcome", "SensitiveFinding", "Signal"]


class Outcome(StrEnum):
    """The result of a check; unknown differs from clean."""

    HIT = "hit"
    MISS = "miss"
    TEMP_ERROR = "temp_error"
    PERM_ERROR = "perm_error"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The place in the message that supports a finding, and the words there.

    `where`: `header:From`, `text`, `hidden`, `link:3`, `attachment:0`, `form:0`, `context` (facts of the mailbox),
    `rspamd`. `quote` is at most `limits.MAX_PHRASE_CHARS` long and must be found there (links: URL or shown text).
    """

    where: str
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One detector's finding. `detail` is the sentence a person reads; `strength` scales the weight, 0 to 1."""

    name: str
    outcome: Outcome
    detail: str = ""
    evidence: tuple[Evidence, ...] = ()
    strength: float = 1.0

    @property
    def hit(self) -> bool:
        """The detector found what it looks for."""
        return self.outcome is Outcome.HIT

    @property
    def is_reportable(self) -> bool:
        """It found something, or could not look: what a person is shown, and what the store keeps."""
        return self.outcome not in (Outcome.MISS, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveFinding:
    """One piece of sensitive data: its type and span (characters of `where`), and a masked form safe to store.

    `where` is `subject`, `text` or `attachment:N`; `risk` is high for what alone does harm (cards, keys, ids).
    """

    type: str
    start: int
    end: int
    masked: str
    where: str = "text"
    risk: Literal["high", "low"] = "high"
