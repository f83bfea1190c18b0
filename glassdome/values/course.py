"""The course of some days: verdicts and the cost of the model by small spans of time, times of judging, and the queue's flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Course", "QueueFlow", "Span", "Tally"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of judged messages and of what the model was asked for them."""

    total: int = 0
    phishing: int = 0
    spam: int = 0
    unknown: int = 0
    degraded: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Sum two."""
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})

    @property
    def fine(self) -> int:
        """Messages that are neither phishing nor spam nor without a verdict."""
        return max(0, self.total - self.phishing - self.spam - self.unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The tally of ten minutes, which begin at `at`: every time zone's midnight begins such a span."""

    at: datetime
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The spans with any message, and when each of the newest messages was judged and how many seconds it took."""

    spans: tuple[Span, ...] = ()
    times: tuple[tuple[datetime, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFlow:
    """The jobs that wait now, and those that came and went in each span of ten minutes before, by its begin."""

    waiting: int = 0
    came: Mapping[datetime, int] = field(default_factory=dict)
    went: Mapping[datetime, int] = field(default_factory=dict)
