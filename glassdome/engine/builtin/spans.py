"""Spans of time that a sentence names: "within 3 days", "in two weeks", "in 5 working days"."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from glassdome.engine.builtin.day_words import alternatives, day_words, edges
from glassdome.engine.builtin.periods import FRIDAY
from glassdome.engine.builtin.words import fold

__all__ = ["span_in", "span_words"]

#: Days ahead that a span may reach; further ahead it is the end of a contract.
_FURTHEST: Final = 550
_DAYS: Final = {"day": 1.0, "week": 7.0, "hour": 1.0 / 24, "minute": 1.0 / (24 * 60)}
_WEEK: Final = 7
_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class _Spans:
    counts: dict[str, int]
    units: dict[str, str]
    fixed: dict[str, int]
    words: tuple[str, ...]
    counted: re.Pattern[str]
    worded: re.Pattern[str]
    last_workday: int


def span_words(language: str) -> tuple[str, ...]:
    """Return the folded words of which a span holds one."""
    return _spans(language).words


def span_in(text: str, language: str, today: date) -> date | None:
    """Return the last day of the first span in the folded `text` of a mail written `today`."""
    spans = _spans(language)
    if not any(map(text.__contains__, spans.words)):
        return None
    if (counted := spans.counted.search(text)) is not None:
        count = spans.counts.get(counted["count"]) or int(counted["count"])
        return _after(today, count, spans.units[counted["unit"]], spans.last_workday)
    if any(map(text.__contains__, spans.fixed)) and (worded := spans.worded.search(text)) is not None:
        return today + timedelta(days=spans.fixed[worded.group()])
    return None


def _after(today: date, count: int, unit: str, last_workday: int) -> date | None:
    if unit == "workday":
        return _after_workdays(today, count, last_workday)
    if unit == "month":
        return _after_months(today, count)
    days = round(_DAYS[unit] * count)
    return today + timedelta(days=days) if 0 <= days <= _FURTHEST else None


def _after_workdays(today: date, count: int, last_workday: int) -> date:
    rest = {(last_workday + 1) % _WEEK, (last_workday + 2) % _WEEK}
    day = today
    for _ in range(min(count, _FURTHEST)):
        day += timedelta(days=1)
        while day.weekday() in rest:
            day += timedelta(days=1)
    return day


def _after_months(today: date, count: int) -> date | None:
    months = today.month - 1 + count
    year, month = today.year + months // _YEAR, months % _YEAR + 1
    last = monthrange(year, month)[1] if year <= today.year + 2 else 0
    return date(year, month, min(today.day, last)) if last else None


@cache
def _spans(language: str) -> _Spans:
    raw = day_words(language)
    counts = {fold(name): number for number, names in enumerate(raw.get("numbers", ()), 1) for name in names}
    units = {fold(name): unit for unit, names in raw["units"].items() for name in names}
    fixed = {fold(name): int(days) for days, names in raw.get("spans", {}).items() for name in names}
    edge, stop = edges(language)
    lead = rf"(?:{alternatives(raw['within'])})[\s-]{{0,2}}" if raw["within"] else ""
    return _Spans(
        counts=counts, units=units, fixed=fixed, words=(*units, *fixed),
        counted=re.compile(
            rf"{edge}{lead}(?P<count>(?<!\d)\d{{1,3}}|{alternatives(counts)})[\s-]?(?P<unit>{alternatives(units)}){stop}"
        ),
        worded=re.compile(rf"{edge}(?:{alternatives(fixed)}){stop}"), last_workday=raw.get("last_workday", FRIDAY),
    )  # fmt: skip
