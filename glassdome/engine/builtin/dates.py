"""Find the days that a sentence names, absolute and relative, in the languages of the calendar table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final, Literal

from glassdome.core.shipped import loads_shipped, shipped_table
from glassdome.engine.builtin.day_words import CALENDARS, alternatives, day_words, edges
from glassdome.engine.builtin.named import Named
from glassdome.engine.builtin.near_days import near_days, near_words
from glassdome.engine.builtin.persian import PERSIAN_YEARS, persian_day, persian_year
from glassdome.engine.builtin.words import fold

__all__ = ["CALENDARS", "DIGIT", "Named", "days_in", "names_a_day", "read_lexicon"]

#: Days back that a date without a year may lie; further back means the next year.
_BACK: Final = 45
#: The Buddhist era of Thai dates.
_BUDDHIST: Final = 543
_BUDDHIST_FROM: Final = 2400
_Order = Literal["dmy", "mdy"]
#: Hours east of UTC from which numeric dates are written month first: the Americas.
_AMERICAS: Final = (-10, -4)
DIGIT = re.compile(r"\d")
_GAP = r"[\s,.-]{1,3}(?:(?:de|del|di|do|of|den|the|al|nam)\s)?"
_NUMERIC = re.compile(
    r"(?<![\d.,/:-])(?:(?P<y>\d{4})[-./]\s?(?P<m>\d{1,2})[-./]\s?(?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<s>[./-])\s?(?P<b>\d{1,2})(?:(?P=s)\s?(?P<z>\d{4}|\d{2})?)?)(?![\d/:%]|[.,-]\d)"
)
#: Behind a number that is no day: it goes on (1.240, 1 240, 2,5), or is an hour. A year, also of the Buddhist era.
_NO_DAY: Final = r"(?![\d:]|[.,'’\u00a0\u202f ]\d{3}(?!\d)|[.,]\d{1,2}(?!\d))"
_YEARS: Final = r"(?:19|20|2[45])\d\d(?!\d|[.,]\d)"
#: Folding takes Korean syllables apart.
_YEAR, _MONTH, _DAY = ("|".join(map(fold, marks)) for marks in ("年년", "月월", "日号號일"))
#: Years before the first of an era.
_ERAS: Final = {"令和": 2018, "民国": 1911, "民國": 1911}
_HAN = re.compile(
    rf"(?:(?P<era>{alternatives(_ERAS)})?\s?(?P<y>\d{{1,4}})\s?(?:{_YEAR})\s?)?(?P<m>\d{{1,2}})\s?(?:{_MONTH})\s?(?P<d>\d{{1,2}})\s?(?:{_DAY})"
)


@dataclass(frozen=True, slots=True)
class _Calendar:
    months: dict[str, int]
    by_month: re.Pattern[str]
    persian: dict[str, int]
    by_persian: re.Pattern[str]


@loads_shipped(("fact_words.toml",), ("files.toml",), ("records.toml",))
@cache
def read_lexicon(name: str) -> dict[str, Any]:
    """Return a table of the lexicon folder, by language."""
    return shipped_table(f"engine/builtin/lexicon/{name}")


def names_a_day(text: str, language: str) -> bool:
    """Say quickly, for the folded `text`, whether it may name a day: it holds a digit or the word for a day."""
    return DIGIT.search(text) is not None or any(map(text.__contains__, near_words(language)))


def days_in(text: str, language: str, now: datetime) -> list[Named]:
    """Return the days named in the folded `text`, in their order; `now` is when the mail was written.

    Without a known language the English calendar is used together with the numbers. A date without a year is the next one.
    """
    known = language if language in CALENDARS else "en"
    found = _with_digits(text, language, known, now) if DIGIT.search(text) else []
    taken = [(named.start, named.end) for named in found]
    for named in near_days(text, known, now.date()):
        if not any(start <= named.start < end for start, end in taken):
            found.append(named)
    return sorted(found)


def _with_digits(text: str, language: str, known: str, now: datetime) -> list[Named]:
    calendar = _calendar(known)
    found = [*_numeric(text, language, now)]
    if not text.isascii():
        found += _han(text, now.date())
    # A plain search for each name costs a fraction of the pattern, and most sentences hold none.
    if any(map(text.__contains__, calendar.months)):
        found += _by_month(text, calendar, now.date())
    if any(map(text.__contains__, calendar.persian)):
        found += _by_persian(text, calendar, now.date())
    return found


def _by_month(text: str, calendar: _Calendar, today: date) -> Iterator[Named]:
    for match in calendar.by_month.finditer(text):
        month = calendar.months[match["m"] or match["n"]]
        day, year = match["d"] or match["e"], int(match["y"] or match["z"] or match["w"] or 0)
        year -= _BUDDHIST if year > _BUDDHIST_FROM else 0
        if (named := _on(year or None, month, int(day), today)) is not None:
            yield Named(match.start(), match.end(), named, "absolute")


def _by_persian(text: str, calendar: _Calendar, today: date) -> Iterator[Named]:
    for match in calendar.by_persian.finditer(text):
        year = int(match["y"]) if match["y"] else None
        if (named := _on_persian(year, calendar.persian[match["m"]], int(match["d"]), today)) is not None:
            yield Named(match.start(), match.end(), named, "absolute")


def _on_persian(year: int | None, month: int, day: int, today: date) -> date | None:
    try:
        if year is not None:
            return persian_day(year, month, day)
        named = persian_day(persian_year(today), month, day)
        return named if named >= today - timedelta(days=_BACK) else persian_day(persian_year(today) + 1, month, day)
    except ValueError:
        return None


def _numeric(text: str, language: str, now: datetime) -> Iterator[Named]:
    order = _order(language, now)
    for match in _NUMERIC.finditer(text):
        if match["y"]:
            named = _of_year(int(match["y"]), int(match["m"]), int(match["d"]), now.date())
        else:
            named = _short(match, order, now.date())
        if named is not None:
            yield Named(match.start(), match.end(), named, "absolute")


def _short(match: re.Match[str], order: _Order, today: date) -> date | None:
    """Return the day of numbers that do not begin with the year."""
    mark, first, second, year = match["s"], int(match["a"]), int(match["b"]), match["z"]
    pointed = mark == "." and match.group().rstrip().endswith(".")
    if year is None and mark != "/" and not pointed:
        return None  # 3.5 and 10-12 are numbers as often as dates; "6.3." and "6/3" are dates.
    month_first = second > 12 or (first <= 12 and order == "mdy" and (mark == "/" or year is None))
    day, month = (second, first) if month_first else (first, second)
    if year is None:
        return _on(None, month, day, today)
    return _of_year(int(year) + (2000 if len(year) == 2 else 0), month, day, today)


def _of_year(year: int, month: int, day: int, today: date) -> date | None:
    """Return the day of a year that may be of the Persian or of the Buddhist era."""
    if year in PERSIAN_YEARS:
        return _on_persian(year, month, day, today)
    return _on(year - _BUDDHIST if year > _BUDDHIST_FROM else year, month, day, today)


def _han(text: str, today: date) -> Iterator[Named]:
    for match in _HAN.finditer(text):
        year = int(match["y"]) + _ERAS.get(match["era"] or "", 0) if match["y"] else None
        year = year + 2000 if year is not None and year < 100 else year
        if (named := _on(year, int(match["m"]), int(match["d"]), today)) is not None:
            yield Named(match.start(), match.end(), named, "absolute")


def _order(language: str, now: datetime) -> _Order:
    """Tell how a sender writes 3/6: in English as the time zone of the mail suggests, elsewhere as the language does."""
    if language in CALENDARS and day_words(language).get("numbers_month_first"):
        return "mdy"
    offset = now.utcoffset()
    if language != "en" or offset is None:
        return "dmy"
    hours = offset.total_seconds() / 3600
    return "mdy" if _AMERICAS[0] <= hours <= _AMERICAS[1] else "dmy"


def _on(year: int | None, month: int, day: int, today: date) -> date | None:
    try:
        if year is not None:
            return date(year, month, day)
        named = date(today.year, month, day)
        return named if named >= today - timedelta(days=_BACK) else date(today.year + 1, month, day)
    except ValueError:
        return None


@cache
def _calendar(language: str) -> _Calendar:
    raw = day_words(language)
    cut = raw.get("cut", 0)
    months = {
        fold(name)[: -cut or None]: number for number, names in enumerate(raw.get("months", ()), 1) for name in names
    }
    persian = {fold(name): number for number, names in enumerate(raw.get("persian_months", ()), 1) for name in names}
    by_persian = re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}}){_GAP}(?P<m>{alternatives(persian)})(?!\w)(?:\s(?P<y>1[34]\d\d))?"
    )
    return _Calendar(months, _by_month_pattern(raw, months, language), persian, by_persian)


def _by_month_pattern(raw: dict[str, Any], months: dict[str, int], language: str) -> re.Pattern[str]:
    edge, stop = edges(language)
    name = alternatives(months)
    before = f"{raw['month_before']}?" if "month_before" in raw else ""
    ending = r"\w{0,4}" if raw.get("month_endings") else ""
    apart = r"\s" if raw.get("month_first") else r"[^\S\n]"
    return re.compile(
        rf"(?<!\d)(?:(?<!\d[.,])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|o|a|º|-?e|-?i|-?го|-?те)?{_GAP}{before}(?P<m>{name}){ending}{stop}"
        rf"(?:{_GAP}(?P<y>{_YEARS}))?"
        rf"|(?:(?P<w>\d{{4}})(?:\s?m\.|\.|\s?gada)?\s)?{edge}(?P<n>{name}){ending}\.?{apart}(?P<e>\d{{1,2}})"
        rf"(?:st|nd|rd|th|d\.)?{_NO_DAY}(?:,?\s(?P<z>{_YEARS}))?)"
    )
