"""Find by when a sentence wants something done: a date with a word like "until", or so many days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Final

from glassdome.engine.builtin.dates import CALENDARS, DIGIT, days_in, names_a_day
from glassdome.engine.builtin.day_words import alternatives, day_words, edges
from glassdome.engine.builtin.named import Named
from glassdome.engine.builtin.numbered import numbered_days
from glassdome.engine.builtin.periods import period_words, periods_in
from glassdome.engine.builtin.spans import span_in, span_words
from glassdome.engine.builtin.words import fold

__all__ = ["Deadline", "deadline_of", "refers_back"]

#: Characters of a sentence read.
_READ: Final = 400
#: Characters before and after a date in which its word stands.
_BEFORE: Final = 40
_AFTER: Final = 24
#: Characters between the words of one day.
_BESIDE: Final = 6
#: Days ahead that a deadline may lie; further ahead it is the end of a contract.
_FURTHEST: Final = 550
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
    between: re.Pattern[str]
    same_day: re.Pattern[str]
    lasts: tuple[str, ...]
    hints: tuple[str, ...]


def deadline_of(sentence: str, language: str, now: datetime, *, folded: str | None = None) -> Deadline | None:
    """Return the deadline in a sentence written at `now`, None where it names no day, or several without a word.

    `folded` is the sentence in folded form, where the caller has it.
    """
    text = _folded(sentence, folded)
    language = language if language in CALENDARS else "en"
    words = _words(language)
    if not names_a_day(text, language) and not any(map(text.__contains__, words.hints)):
        return None
    found = _found(text, language, words, now)
    lasts = found is not None and any(map(text.__contains__, words.lasts))
    return replace(found, lasts=True) if found is not None and lasts else found


def refers_back(sentence: str, language: str, *, folded: str | None = None) -> bool:
    """Return whether a sentence means a day that another names: "by then", "on the same day"."""
    words = _words(language if language in CALENDARS else "en")
    return words.same_day.search(_folded(sentence, folded)) is not None


def _folded(sentence: str, folded: str | None) -> str:
    return folded if folded is not None and len(sentence) <= _READ else fold(sentence[:_READ])


def _found(text: str, language: str, words: _Words, now: datetime) -> Deadline | None:
    today = now.date()
    everything = _named(text, language, now)
    named = [item for item in _merged(everything) if -1 <= (item.day - today).days <= _FURTHEST]
    digit = DIGIT.search(text) is not None
    alone = numbered_days(text, language, today) if digit else ()
    numbered = [item for item in alone if not _is_among(item, everything)]
    if (day := _said_day(text, words, [*named, *numbered])) is not None:
        return Deadline(day=day, said=True)
    if digit and words.hour.search(text):
        return Deadline(day=named[0].day if named else today, said=True, hour=True)
    if (day := span_in(text, language, today)) is not None:
        return Deadline(day=day, said=True)
    return _only_named(named, numbered)


def _only_named(named: Sequence[Named], numbered: Sequence[Named]) -> Deadline | None:
    """Return the day that a sentence names without a word of a deadline; of several, the first where it is near."""
    kept = [item for item in named if item.kind != "later"]
    near = bool(kept) and kept[0].kind in ("relative", "part")
    if not kept or numbered or (len({item.day for item in kept}) > 1 and not near):
        return None
    return Deadline(day=kept[0].day, said=False, near=near)


def _said_day(text: str, words: _Words, named: Sequence[Named]) -> date | None:
    """Return the day that stands next to a word of a deadline."""
    for item in named:
        if words.before.search(text[max(0, item.start - _BEFORE) : item.start]) or words.after.match(
            text[item.end : item.end + _AFTER]
        ):
            return item.day
    if len(named) > 1 and words.between.search(text[max(0, named[0].start - _BEFORE) : named[0].start]):
        return named[1].day
    return None


def _named(text: str, language: str, now: datetime) -> list[Named]:
    """Return days and periods in their order; of two that share words, the longer stands."""
    days, periods = days_in(text, language, now), [*periods_in(text, language, now.date())]
    if not periods:
        return days
    kept: list[Named] = []
    for item in sorted([*days, *periods], key=lambda item: (item.start - item.end, item.kind in ("period", "later"))):
        if not _is_among(item, kept):
            kept.append(item)
    return sorted(kept)


def _is_among(item: Named, others: Iterable[Named]) -> bool:
    """Return whether a day shares words with one of the others."""
    return any(item.start < other.end and other.start < item.end for other in others)


def _merged(named: Iterable[Named]) -> Iterator[Named]:
    """Yield the days; "Friday 6 March" and "midnight tomorrow" are one, as the later words say."""
    waiting: Named | None = None
    for item in named:
        if waiting is not None:
            joined = _joined(waiting, item) if item.start - waiting.end <= _BESIDE else None
            if joined is None:
                yield waiting
            item = joined or item
        waiting = item
    if waiting is not None:
        yield waiting


def _joined(first: Named, second: Named) -> Named | None:
    """Return two days next to each other as one: the part of a day belongs to the other, a date is more exact than a name."""
    kinds = (first.kind, second.kind)
    if "part" in kinds and kinds != ("part", "part"):
        kept = second if first.kind == "part" else first
    elif kinds == ("weekday", "relative"):
        kept = first
    elif first.kind == "absolute" or kinds in (("weekday", "weekday"), ("relative", "relative")):
        return None
    else:
        kept = second
    return kept._replace(start=first.start, end=second.end)


@cache
def _words(language: str) -> _Words:
    raw = day_words(language)
    spaced = raw.get("spaced", True)
    edge = r"(?:^|[^\w])" if spaced else ""
    filler = r"(?:\s[\w.:'’]{1,12}){0,3}" if spaced else ""
    leading = alternatives(raw["before"])
    start, stop = edges(language)
    return _Words(
        before=re.compile(rf"{edge}(?:{leading})[\s:,.(]{{0,3}}{filler}[\s:,.(]{{0,2}}$"),
        hour=re.compile(rf"{edge}(?:{leading})\s(?:\w{{1,4}}\s)?{_HOUR}") if spaced else re.compile(r"(?!)"),
        after=re.compile(rf"[\s,.)'’-]{{0,3}}\w{{0,4}}\s?(?:{alternatives(raw['after'])})"),
        between=re.compile(rf"{start}(?:{alternatives(raw.get('between', ()))})[\s\w]{{0,12}}$"),
        same_day=re.compile(rf"{start}(?:{alternatives(raw.get('same_day', ()))}){stop}"),
        lasts=tuple(map(fold, raw.get("lasts", ()))), hints=(*period_words(language), *span_words(language)),
    )  # fmt: skip
