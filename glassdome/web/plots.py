"""Plots of the overview as numbers: days in the visitor's zone, times of judging, and the queue of the last day."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from glassdome.values.course import Course, QueueFlow, Tally
from glassdome.web.times import short_day

__all__ = ["HALF_HOURS", "DayOfMail", "Depth", "Scale", "days_of", "depths_of", "scale_for", "span_begin"]

#: Points of the queue's plot: half-hours of one day, and one for now.
HALF_HOURS: Final = 48
_HALF_HOUR: Final = timedelta(minutes=30)
#: Lines across a plot.
_LINES: Final = 4
_STEPS: Final = (1.0, 2.0, 5.0, 10.0)
#: The smallest step: a tenth of a millisecond.
_LEAST: Final = 0.0001


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfMail:
    """One day: its judged messages, and the median and 95th percentile of the seconds it took; None without any."""

    name: str
    tally: Tally
    median: float | None = None
    p95: float | None = None

    @property
    def day(self) -> str:
        """The day and its month, for an axis."""
        return short_day(date.fromisoformat(self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """The jobs that waited at a moment."""

    at: datetime
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The upper end of an axis and its lines, from 0 on."""

    top: float
    lines: tuple[float, ...]


def span_begin(now: datetime, zone: tzinfo, days: int) -> datetime:
    """Return the midnight with which the first of so many days began in the zone; today is the last."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight - timedelta(days=days - 1)


def days_of(course: Course, now: datetime, zone: tzinfo, days: int) -> list[DayOfMail]:
    """Return each day, the oldest first."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for span in course.spans:
        tallies[_name(span.at, zone)] += span.tally
    for at, took in course.times:
        seconds[_name(at, zone)].append(took)
    today = now.astimezone(zone).date()
    names = [(today - timedelta(days=back)).isoformat() for back in reversed(range(days))]
    return [
        DayOfMail(name=name, tally=tallies[name], median=_rank(seconds[name], 0.5), p95=_rank(seconds[name], 0.95))
        for name in names
    ]


def depths_of(flow: QueueFlow, now: datetime) -> list[Depth]:
    """Return how many jobs waited at each half-hour of the last day and how many do now, reckoned back from now."""
    depths, waiting, after = [Depth(at=now, waiting=flow.waiting)], flow.waiting, now
    for back in range(1, HALF_HOURS + 1):
        at = now - back * _HALF_HOUR
        waiting += _between(flow.went, at, after) - _between(flow.came, at, after)
        waiting = max(0, waiting)
        depths.append(Depth(at=at, waiting=waiting))
        after = at
    return depths[::-1]


def scale_for(values: Iterable[float], *, whole: bool = False) -> Scale:
    """Return an axis whose lines have round numbers, up to the highest value or a little above; `whole` for counts."""
    most = max(values, default=0.0)
    if most <= 0:
        return Scale(top=1.0, lines=(0.0, 1.0))
    rough, unit = max(most / _LINES, 1.0 if whole else 0.0), _LEAST
    while unit * _STEPS[-1] < rough:
        unit *= 10
    step = next(unit * one for one in _STEPS if unit * one >= rough)
    count = math.ceil(round(most / step, 6))
    return Scale(top=step * count, lines=tuple(step * line for line in range(count + 1)))


def _between(counts: Mapping[datetime, int], begin: datetime, end: datetime) -> int:
    return sum(count for at, count in counts.items() if begin <= at < end)


def _name(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).date().isoformat()


def _rank(values: list[float], share: float) -> float | None:
    """Return the value below which that share of them lies (nearest rank)."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
