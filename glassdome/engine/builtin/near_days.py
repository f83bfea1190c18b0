"""Days that a sentence names from the writer's own: today, tomorrow, and days of the week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from glassdome.engine.builtin.day_words import alternatives, day_words, edges
from glassdome.engine.builtin.named import Named
from glassdome.engine.builtin.words import fold

__all__ = ["near_days", "near_words"]

#: The number behind a day of the week, no hour; weeks in which the two are looked for together.
_DAY_OF_MONTH: Final = re.compile(
    r",?\s(?:the\s|den\s|dem\s|le\s|el\s|il\s|dia\s|de\s)?(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|e|º|ª)?(?![\w:/%€£$]|[.,-]\d|\s?(?:uhr|h|am|pm|a\.m|p\.m|heures|horas|uur|ore|o'clock)\b)"
)
_WEEKS_AHEAD: Final = 10
#: Characters before and after a day of the week that may put it into the next week.
_BESIDE: Final = 32
#: A day so near is not called the next one: it is today, tomorrow or the day after.
_TOO_NEAR: Final = timedelta(days=2)
_ENDING: Final = r"\w{0,6}"


@dataclass(frozen=True, slots=True)
class _Near:
    days: dict[str, int]
    relative: dict[str, int]
    parts: frozenset[str]
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    next_before: re.Pattern[str]
    next_after: re.Pattern[str]
    later_before: re.Pattern[str]
    later_after: re.Pattern[str]


def near_words(language: str) -> tuple[str, ...]:
    """Return the folded words of a language that name such a day."""
    return _near(language).words


def near_days(text: str, language: str, today: date) -> Iterator[Named]:
    """Yield the days in the folded `text` of a mail written `today`, in their order."""
    near = _near(language)
    if not any(map(text.__contains__, near.words)):
        return
    for match in near.pattern.finditer(text):
        word = match["near"]
        if word is None:
            yield _weekday(text, match, near, today)
        else:
            day = today + timedelta(days=near.relative[word])
            yield Named(match.start(), match.end(), day, "part" if word in near.parts else "relative")


def _weekday(text: str, match: re.Match[str], near: _Near, today: date) -> Named:
    number = near.days[match["day"]]
    start, end = match.span()
    coming = today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    beside = _DAY_OF_MONTH.match(text, end)
    exact = _with_number(coming, int(beside["day"])) if beside else None
    if beside and exact is not None:
        return Named(start, beside.end(), exact, "absolute")
    if (span := _beside(text, start, end, near.next_before, near.next_after)) is not None:
        return Named(*span, today + timedelta(days=7 - today.weekday() + number), "weekday")
    if (span := _beside(text, start, end, near.later_before, near.later_after)) is not None:
        too_near = coming - today <= _TOO_NEAR
        return Named(*span, coming + timedelta(weeks=1) if too_near else coming, "weekday")
    return Named(start, end, coming, "weekday")


def _beside(text: str, start: int, end: int, before: re.Pattern[str], after: re.Pattern[str]) -> tuple[int, int] | None:
    """Return the place of a day with the words next to it, None where there are none."""
    ahead, behind = before.search(text, max(0, start - _BESIDE), start), after.match(text, end, end + _BESIDE)
    if ahead is None and behind is None:
        return None
    return ahead.start() if ahead else start, behind.end() if behind else end


def _with_number(day: date, number: int) -> date | None:
    """Return the next of these days of the week that is the `number` of its month: "Friday 22nd"."""
    weeks = (day + timedelta(weeks=week) for week in range(-1, _WEEKS_AHEAD))
    return next((later for later in weeks if later.day == number), None)


@cache
def _near(language: str) -> _Near:
    raw = day_words(language)
    days = {fold(name): number for number, names in enumerate(raw["days"]) for name in names}
    relative = {fold(w): n for n, key in enumerate(("today", "tomorrow", "day_after")) for w in raw[key]}
    parts = frozenset(map(fold, raw.get("parts", ())))
    relative |= dict.fromkeys(parts, 0)
    edge, stop = edges(language)
    ending = _ENDING if raw.get("day_endings") else ""
    following, later = alternatives(raw.get("next_week", ())), alternatives(raw.get("next", ()))
    return _Near(
        days=days, relative=relative, parts=parts, words=tuple(days | relative),
        pattern=re.compile(rf"{edge}(?:(?P<near>{alternatives(relative)})|(?P<day>{alternatives(days)}){ending}){stop}"),
        next_before=re.compile(rf"{edge}(?:{following})[\s,]{{0,2}}$"),
        next_after=re.compile(rf"[\s,]{{0,2}}(?:{following}){stop}"),
        later_before=re.compile(rf"{edge}(?:{later})[\s,]{{0,2}}$"),
        later_after=re.compile(rf"[\s,]{{0,2}}(?:{later}){stop}"),
    )  # fmt: skip
