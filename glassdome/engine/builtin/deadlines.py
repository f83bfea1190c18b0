"""Find by when a sentence wants something done: a date with a word like "until", or so many days."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

from glassdome.engine.builtin.dates import CALENDARS, DIGIT, Named, days_in, names_a_day, read_lexicon
from glassdome.engine.builtin.words import fold

__all__ = ["Deadline", "deadline_of"]

#: Characters of a sentence read.
_READ: Final = 400
#: Characters before and after a date in which its word stands.
_BEFORE: Final = 40
_AFTER: Final = 24
#: Characters between the words of one day.
_BESIDE: Final = 6
#: Days ahead that a deadline may lie; further ahead it is the end of a contract.
_FURTHEST: Final = 550
_HOURS_A_DAY: Final = 24
#: Days in which each number of a month comes by.
_TWO_MONTHS: Final = 62
#: The number of a day at the end of a clause: behind an article, or with a point; no amount, hour or longer date.
_NUMBER: Final = (
    r"(?:(?:the|den|dem|zum|le|el|il|dia|del|de|o|ao)\s(?P<first>[12]?\d|3[01])(?:st|nd|rd|th|er|e)?(?=\s*$|[.,;:!?)](?:\s|$))"
    r"|(?P<second>[12]?\d|3[01])\.(?=\s*$|\s[a-z]))"
)
_HOUR: Final = (
    r"(?:\d{1,2}[:.h]\d{2}|\d{1,2}\s?(?:h|uhr|am|pm|a\.m|p\.m|heures|horas|uur|ore)\b|(?:le|las|ore|alle)\s\d{1,2}\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The day by which. `said` is true where a word says so; else the sentence only names a day.

    `near` is true where the day is named from the writer's ("today"). `lasts` is true where something ends by itself then (an offer, a free cancellation) without any action; `hour`
    where only an hour is said, so that the day is another sentence's or today.
    """

    day: date
    said: bool
    lasts: bool = False
    hour: bool = False
    near: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    before: re.Pattern[str]
    hour: re.Pattern[str]
    after: re.Pattern[str]
    span: re.Pattern[str]
    number: re.Pattern[str]
    units: dict[str, float]
    lasts: tuple[str, ...]


def deadline_of(sentence: str, language: str, now: datetime, *, folded: str | None = None) -> Deadline | None:
    """Return the deadline in a sentence written at `now`, None where it names no day, or several without a word.

    `folded` is the sentence in folded form, where the caller has it.
    """
    text = folded if folded is not None and len(sentence) <= _READ else fold(sentence[:_READ])
    language = language if language in CALENDARS else "en"
    if not names_a_day(text, language):
        return None
    words = _words(language)
    found = _found(text, language, words, now)
    lasts = found is not None and any(map(text.__contains__, words.lasts))
    return replace(found, lasts=True) if found is not None and lasts else found


def _found(text: str, language: str, words: _Words, now: datetime) -> Deadline | None:
    named = [item for item in _merged(days_in(text, language, now)) if _is_near(item.day, now)]
    for item in named:
        if words.before.search(text[max(0, item.start - _BEFORE) : item.start]) or words.after.match(
            text[item.end : item.end + _AFTER]
        ):
            return Deadline(day=item.day, said=True)
    if (digit := DIGIT.search(text)) and (day := _of_month(text, words, now.date())) is not None:
        return Deadline(day=day, said=True)
    if digit and words.hour.search(text):
        day = named[0].day if named else now.date()
        return Deadline(day=day, said=True, hour=True)
    if digit and (ahead := _span(text, words)) is not None:
        return Deadline(day=now.date() + timedelta(days=ahead), said=True)
    if len({item.day for item in named}) != 1:
        return None
    return Deadline(day=named[0].day, said=False, near=named[0].kind == "relative")


def _is_near(day: date, now: datetime) -> bool:
    return -1 <= (day - now.date()).days <= _FURTHEST


def _merged(named: list[Named]) -> Iterable[Named]:
    """Yield the days; "Friday 6 March" and "midnight tomorrow" are one, as the later words say."""
    waiting: Named | None = None
    for item in named:
        if waiting is not None:
            same = waiting.kind == item.kind == "weekday"
            beside = item.start - waiting.end <= _BESIDE
            if beside and waiting.kind == "weekday" and item.kind == "relative":
                item, waiting = waiting._replace(end=item.end), None  # "Thursday noon" is Thursday's
            elif waiting.kind != "absolute" and not same and beside:
                item, waiting = item._replace(start=waiting.start), None
            else:
                yield waiting
        waiting = item
    if waiting is not None:
        yield waiting


def _of_month(text: str, words: _Words, today: date) -> date | None:
    """Return the day that only its number names: "by the 10th"; the next one there is."""
    match = words.number.search(text)
    if match is None:
        return None
    number = int(match["first"] or match["second"])
    days = (today + timedelta(days=ahead) for ahead in range(_TWO_MONTHS))
    return next((day for day in days if day.day == number), None)


def _span(text: str, words: _Words) -> int | None:
    match = words.span.search(text)
    if match is None:
        return None
    count, factor = int(match["count"]), words.units[match["unit"]]
    return round(count * factor) if 0 < count * factor <= _FURTHEST else None


@cache
def _words(language: str) -> _Words:
    raw: dict[str, Any] = read_lexicon("deadlines.toml")[language]
    spaced = language not in ("ja", "zh", "ko", "th")
    edge = r"(?:^|[^\w])" if spaced else ""
    filler = r"(?:\s[\w.:'’]{1,12}){0,3}" if spaced else ""
    before = re.compile(rf"{edge}(?:{_any(raw['before'])})[\s:,.(]{{0,3}}{filler}[\s:,.(]{{0,2}}$")
    hour = re.compile(rf"{edge}(?:{_any(raw['before'])})\s(?:\w{{1,4}}\s)?{_HOUR}") if spaced else re.compile(r"(?!)")
    after = re.compile(rf"[\s,.)'’-]{{0,3}}\w{{0,4}}\s?(?:{_any(raw['after'])})" if raw["after"] else r"(?!)")
    factors = {"day": 1.0, "week": 7.0, "month": 30.0, "hour": 1.0 / _HOURS_A_DAY}
    units = {fold(name): factors[unit] for unit, names in raw["units"].items() for name in names}
    lead = rf"(?:{_any(raw['days'])})\s?" if raw["days"] else ""
    stop = r"(?!\w)" if spaced else ""
    span = re.compile(rf"{edge}{lead}(?P<count>\d{{1,3}})[\s-]?(?P<unit>{_any(units)}){stop}")
    number = re.compile(rf"{edge}(?:{_any(raw['before'])})\s{_NUMBER}") if spaced else re.compile(r"(?!)")
    return _Words(before, hour, after, span, number, units, tuple(map(fold, raw.get("lasts", ()))))


def _any(names: Iterable[str]) -> str:
    folded = sorted({fold(name) for name in names}, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name) for name in folded)
