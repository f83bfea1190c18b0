"""The ends of weeks, months and years that a sentence names: "the end of the month", "end of March", "next week"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from glassdome.engine.builtin.day_words import alternatives, day_words, edges
from glassdome.engine.builtin.named import Named
from glassdome.engine.builtin.persian import persian_month_ends, persian_year_end
from glassdome.engine.builtin.words import fold

__all__ = ["FRIDAY", "period_words", "periods_in"]

#: The last day of work in most weeks, counted from Monday.
FRIDAY: Final = 4
_WEEK: Final = 7
_MIDDLE: Final = 15
_QUARTER: Final = 3
_YEAR: Final = 12
#: Words next to the name of a month, and not periods by themselves.
_OF_MONTHS: Final = ("of_month", "mid_month", "after_month")
_MONTHS: Final = ("month", "next_month")
#: Days back that the end of a named month may lie; further back means the next year.
_BACK: Final = 45


@dataclass(frozen=True, slots=True)
class _Periods:
    words: dict[str, str]
    all_words: tuple[str, ...]
    pattern: re.Pattern[str]
    months: dict[str, int]
    of_month: re.Pattern[str]
    last_workday: int
    persian: bool
    said: bool


def period_words(language: str) -> tuple[str, ...]:
    """Return the folded words of a language that name a period."""
    return _periods(language).all_words


def periods_in(text: str, language: str, today: date) -> Iterator[Named]:
    """Yield the last days of the periods in the folded `text` of a mail written `today`."""
    periods = _periods(language)
    if not any(map(text.__contains__, periods.all_words)):
        return
    for match in periods.of_month.finditer(text):
        month = periods.months[match["m"] or match["n"]]
        day = _in_month(month, today, middle=match["mid"] is not None)
        yield Named(match.start(), match.end(), day, "period" if periods.said else "later")
    for match in periods.pattern.finditer(text):
        period = periods.words[match.group()]
        if periods.persian and period in _MONTHS:
            day = persian_month_ends(today)[_MONTHS.index(period)]
        elif periods.persian and period == "year":
            day = persian_year_end(today)
        else:
            day = _end_of(period, today, periods.last_workday)
        yield Named(
            match.start(), match.end(), day, "period" if periods.said or period in ("week", "month") else "later"
        )


def _in_month(month: int, today: date, *, middle: bool) -> date:
    day = _last_of(today.year, month)
    year = today.year if day >= today - timedelta(days=_BACK) else today.year + 1
    return date(year, month, _MIDDLE) if middle else _last_of(year, month)


def _end_of(period: str, today: date, last_workday: int) -> date:
    """Return the last day of a period; of a week, the last day of work, or Sunday where that is over."""
    monday = today - timedelta(days=today.weekday())
    if period == "week":
        last = monday + timedelta(days=last_workday)
        return last if last >= today else monday + timedelta(days=_WEEK - 1)
    if period == "next_week":
        return monday + timedelta(days=_WEEK + last_workday)
    if period == "next_start":
        first = monday + timedelta(days=_WEEK)
        return first if last_workday >= FRIDAY else first - timedelta(days=FRIDAY - last_workday)
    if period == "year":
        return date(today.year, _YEAR, 31)
    if period == "quarter":
        return _last_of(today.year, -(-today.month // _QUARTER) * _QUARTER)
    if period == "mid":
        return today.replace(day=_MIDDLE) if today.day <= _MIDDLE else _last_of(today.year, today.month)
    ahead = today.month if period == "next_month" else today.month - 1
    return _last_of(today.year + ahead // _YEAR, ahead % _YEAR + 1)


def _last_of(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


@cache
def _periods(language: str) -> _Periods:
    raw = day_words(language)
    ends = raw.get("ends", {})
    words = {fold(name): key for key, names in ends.items() if key not in _OF_MONTHS for name in names}
    cut = raw.get("cut", 0)
    months = {
        fold(name)[: -cut or None]: number for number, names in enumerate(raw.get("months", ()), 1) for name in names
    }
    months = months or {fold(f"{number}{mark}"): number for number in range(1, _YEAR + 1) for mark in "月월"}
    edge, stop = edges(language)
    of, mid, after = (alternatives(ends.get(key, ())) for key in _OF_MONTHS)
    named, ending = alternatives(months), r"\w{0,4}" if raw.get("month_endings") else ""
    apart = r"[\s-]{0,2}"
    return _Periods(
        words=words, all_words=tuple(dict.fromkeys((*words, *(fold(w) for key in _OF_MONTHS for w in ends.get(key, ()))))),
        pattern=re.compile(rf"{edge}(?:{alternatives(words)}){stop}"), months=months,
        of_month=re.compile(
            rf"{edge}(?:(?:(?:{of})|(?P<mid>{mid})){apart}(?P<m>{named}){ending}|(?P<n>{named}){ending}{apart}(?:{after})){stop}"
        ),
        last_workday=raw.get("last_workday", FRIDAY), persian="persian_months" in raw,
        said=raw.get("ends_said", False),
    )  # fmt: skip
