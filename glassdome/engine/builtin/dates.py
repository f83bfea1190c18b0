"""Find the days that a sentence names, absolute and relative, in the languages of the calendar table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from glassdome.core.shipped import loads_shipped, shipped_table
from glassdome.engine.builtin.words import fold

__all__ = ["CALENDARS", "DIGIT", "Named", "days_in", "names_a_day", "read_lexicon"]

_CALENDAR: Final = "calendar.toml"
#: Days back that a date without a year may lie; further back means the next year.
_BACK: Final = 45
#: The Buddhist era of Thai dates.
_BUDDHIST: Final = 543
_BUDDHIST_FROM: Final = 2400
_Order = Literal["dmy", "mdy"]
#: Hours east of UTC from which numeric dates are written month first: the Americas.
_AMERICAS: Final = (-10, -4)
#: The number behind a day of the week, no hour; weeks in which the two are looked for together.
_DAY_OF_MONTH: Final = re.compile(
    r",?\s(?:the\s|den\s|dem\s|le\s|el\s|il\s|dia\s|de\s)?(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|e|º|ª)?(?![\w:/%€£$]|[.,-]\d|\s?(?:uhr|h|am|pm|a\.m|p\.m|heures|horas|uur|ore|o'clock)\b)"
)
_WEEKS_AHEAD: Final = 10
DIGIT = re.compile(r"\d")
_GAP = r"[\s,.]{1,3}(?:(?:de|del|di|do|of|den|the|al)\s)?"
_NUMERIC = re.compile(
    r"(?<![\d.,/:-])(?:(?P<y>\d{4})[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<s>[./-])\s?(?P<b>\d{1,2})(?:(?P=s)\s?(?P<z>\d{4}|\d{2})?)?)(?![\d/:%]|[.,-]\d)"
)
#: Behind a number that is no day: it goes on (1.240, 1 240, 2,5), or is an hour. A year, also of the Buddhist era.
_NO_DAY: Final = r"(?![\d:]|[.,'’\u00a0\u202f ]\d{3}(?!\d)|[.,]\d{1,2}(?!\d))"
_YEARS: Final = r"(?:19|20|2[45])\d\d(?!\d|[.,]\d)"
#: Folding takes Korean syllables apart.
_YEAR, _MONTH, _DAY = ("|".join(map(fold, marks)) for marks in ("年년", "月월", "日号號일"))
_HAN = re.compile(
    rf"(?:(?P<y>\d{{4}})\s?(?:{_YEAR})\s?)?(?P<m>\d{{1,2}})\s?(?:{_MONTH})\s?(?P<d>\d{{1,2}})\s?(?:{_DAY})"
)


class Named(NamedTuple):
    """A day that a text names: where it stands (offsets of the folded text), and how exactly it was written."""

    start: int
    end: int
    day: date
    kind: Literal["absolute", "weekday", "relative"]


@dataclass(frozen=True, slots=True)
class _Calendar:
    months: dict[str, int]
    days: dict[str, int]
    relative: dict[str, int]
    words: tuple[str, ...]
    by_month: re.Pattern[str]
    by_word: re.Pattern[str]


@loads_shipped(("calendar.toml",), ("deadlines.toml",), ("fact_words.toml",), ("files.toml",), ("records.toml",))
@cache
def read_lexicon(name: str) -> dict[str, Any]:
    """Return a table of the lexicon folder, by language."""
    return shipped_table(f"engine/builtin/lexicon/{name}")


def names_a_day(text: str, language: str) -> bool:
    """Say quickly, for the folded `text`, whether it may name a day: it holds a digit or the word for a day."""
    return DIGIT.search(text) is not None or any(map(text.__contains__, _calendar(language).words))


def days_in(text: str, language: str, now: datetime) -> list[Named]:
    """Return the days named in the folded `text`, in their order; `now` is when the mail was written.

    Without a known language the English calendar is used together with the numbers. A date without a year is the next one.
    """
    calendar = _calendar(language if language in CALENDARS else "en")
    today = now.date()
    found = _with_digits(text, language, calendar, now) if DIGIT.search(text) else []
    taken = [(named.start, named.end) for named in found]
    for named in _by_word(text, calendar, today):
        if not any(start <= named.start < end for start, end in taken):
            found.append(named)
    return sorted(found)


def _with_digits(text: str, language: str, calendar: _Calendar, now: datetime) -> list[Named]:
    found = [*_numeric(text, language, now)]
    if not text.isascii():
        found += _han(text, now.date())
    # A plain search for each name costs a fraction of the pattern, and most sentences hold none.
    if any(map(text.__contains__, calendar.months)):
        found += _by_month(text, calendar, now.date())
    return found


def _by_month(text: str, calendar: _Calendar, today: date) -> Iterator[Named]:
    for match in calendar.by_month.finditer(text):
        month = calendar.months[match["m"] or match["n"]]
        day, year = match["d"] or match["e"], int(match["y"] or match["z"] or match["w"] or 0)
        year -= _BUDDHIST if year > _BUDDHIST_FROM else 0
        if (named := _on(year or None, month, int(day), today)) is not None:
            yield Named(match.start(), match.end(), named, "absolute")


def _by_word(text: str, calendar: _Calendar, today: date) -> Iterator[Named]:
    if not any(map(text.__contains__, calendar.words)):
        return
    for match in calendar.by_word.finditer(text):
        word = match.group()
        if (ahead := calendar.relative.get(word)) is not None:
            yield Named(match.start(), match.end(), today + timedelta(days=ahead), "relative")
        else:
            ahead = (calendar.days[word] - today.weekday() - 1) % 7 + 1
            number = _DAY_OF_MONTH.match(text, match.end())
            exact = _with_number(today + timedelta(days=ahead), int(number["day"])) if number else None
            if number and exact is not None:
                yield Named(match.start(), number.end(), exact, "absolute")
            else:
                yield Named(match.start(), match.end(), today + timedelta(days=ahead), "weekday")


def _with_number(day: date, number: int) -> date | None:
    """Return the next of these days of the week that is the `number` of its month: "Friday 22nd"."""
    weeks = (day + timedelta(weeks=week) for week in range(-1, _WEEKS_AHEAD))
    return next((later for later in weeks if later.day == number), None)


def _numeric(text: str, language: str, now: datetime) -> Iterator[Named]:
    for match in _NUMERIC.finditer(text):
        if match["y"]:
            year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
        else:
            first, second = int(match["a"]), int(match["b"])
            if (
                match["z"] is None
                and match["s"] != "/"
                and not (match["s"] == "." and match.group().rstrip().endswith("."))
            ):
                # 3.5 and 10-12 are numbers as often as dates; "6.3." and "6/3" are dates.
                continue
            month_first = second > 12 or (match["s"] == "/" and first <= 12 and _order(language, now) == "mdy")
            day, month = (second, first) if month_first else (first, second)
            year = int(match["z"]) + (2000 if len(match["z"]) == 2 else 0) if match["z"] else 0
        if (named := _on(year or None, month, day, now.date())) is not None:
            yield Named(match.start(), match.end(), named, "absolute")


def _han(text: str, today: date) -> Iterator[Named]:
    for match in _HAN.finditer(text):
        year = int(match["y"]) if match["y"] else None
        if (named := _on(year, int(match["m"]), int(match["d"]), today)) is not None:
            yield Named(match.start(), match.end(), named, "absolute")


def _order(language: str, now: datetime) -> _Order:
    """Tell how a sender writes 3/6: in English as the time zone of the mail suggests, elsewhere the day first."""
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
    raw = read_lexicon(_CALENDAR)[language]
    cut = 1 if language in _CUT else 0
    months = {
        fold(name)[: -cut or None]: number for number, names in enumerate(raw.get("months", ()), 1) for name in names
    }
    days = {fold(name): number for number, names in enumerate(raw["days"]) for name in names}
    relative = {fold(w): n for n, key in enumerate(("today", "tomorrow", "day_after")) for w in raw[key]}
    spaced = language not in _UNSPACED
    edge, stop = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    name = _alternatives(months)
    before = "ב?" if language == "he" else ""
    ending = r"\w{0,4}" if language in _INFLECTED else ""
    apart = r"\s" if language in _MONTH_FIRST else r"[^\S\n]"
    by_month = re.compile(
        rf"(?<!\d)(?:(?<!\d[.,])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|o|a|º|-?e|-?i|-?го|-?те)?{_GAP}{before}(?P<m>{name}){ending}{stop}"
        rf"(?:{_GAP}(?P<y>{_YEARS}))?"
        rf"|(?:(?P<w>\d{{4}})(?:\s?m\.|\.|\s?gada)?\s)?{edge}(?P<n>{name}){ending}\.?{apart}(?P<e>\d{{1,2}})"
        rf"(?:st|nd|rd|th|d\.)?{_NO_DAY}(?:,?\s(?P<z>{_YEARS}))?)"
    ) if months else re.compile(r"(?!)")  # fmt: skip
    by_word = re.compile(rf"{edge}(?:{_alternatives(days | relative)}){stop}")
    return _Calendar(months, days, relative, tuple(days | relative), by_month, by_word)


def _alternatives(names: dict[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


#: Languages whose words are not set apart by spaces, and those that inflect the names of months by endings.
_UNSPACED: Final = frozenset(["ja", "zh", "ko", "th"])
_INFLECTED: Final = frozenset(["fi", "et", "lv", "lt", "hu", "tr", "sl", "hr", "sr", "ro", "eu"])
#: Languages that write the month before the day; in others a number below a month belongs to the next line.
_MONTH_FIRST: Final = frozenset(["en", "hu", "lt", "lv", "eu", "zh", "ja", "ko"])
#: Languages whose endings replace the last letter of a name.
_CUT: Final = frozenset(["lv", "lt"])
#: The languages there are calendars for.
CALENDARS: Final = frozenset(read_lexicon(_CALENDAR))
