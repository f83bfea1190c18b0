"""Days and times that a text names, as ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Final

from glassdome.engine.builtin.dates import DIGIT, days_in
from glassdome.engine.builtin.facts.said import said_in
from glassdome.engine.builtin.words import fold
from glassdome.values.fact import Fact

__all__ = ["day_facts"]

_MOST_LINES: Final = 200
#: A colon behind a day, which is no hour; a day of a line of its own; two hours of a journey.
_CLOSED: Final = re.compile(r"(\d{4}):(?=\s|$)")
_YEAR: Final = re.compile(r"\b20\d\d\b")
_FROM_TO: Final = re.compile(r"\d{1,2}[:h]\d\d[^\n]{0,40}?(?:→|-|–)[^\n]{0,40}?\d{1,2}[:h]\d\d")
_LINE_CHARS: Final = 300
#: Days given of one text.
_MOST: Final = 8
_TIME: Final = re.compile(
    r"(?<![\d:.,/-])(?P<h>[01]?\d|2[0-3])(?:(?::|h|\.(?=\d\d\s?(?:uhr|h\b)))(?P<m>[0-5]\d)(?![\d/]|[.,]\d|:\d\d:)"
    r"|\s?(?:uhr|heures|klokken|uur|h)\b(?:\s?(?P<k>[0-5]\d)\b)?|(?=\s?[ap]\.?m\b))(?:\s?(?P<half>[ap])\.?m\b)?",
    re.IGNORECASE,
)
#: A number of days in which to pay: `within 14 days`, `30 Tage netto`, `net 30`.
_TERM: Final = re.compile(
    r"\b(?P<a>\d{1,3})\s?(?:\w{3,9}\s)?(?:days?|tagen?|jours?|d[ií]as?|giorni|dagen|dni|dn[ůí])\b|\bnet\s(?P<b>\d{1,3})\b(?![.,]\d)",
    re.IGNORECASE,
)
_LONGEST_TERM: Final = 120
_OLDEST_PAPER: Final = timedelta(days=90)
_TO_PAY: Final = frozenset(("pay", "rest"))
#: Words next to the time that counts, where a line has several.
_BEGINS: Final = re.compile(
    r"depart\w*|abfahrt|abflug|\bab\b|beginn|einlass|start\w*|doors|from|partenza|inizio|ore|salida|inicio|départ|début|vertrek|aanvang|partida|início|uhrzeit|time|heure|hora",
    re.IGNORECASE,
)


def day_facts(text: str, where: str, languages: Sequence[str], written: datetime) -> Iterator[Fact]:
    """Yield the days that a text names by their number, with a time where one stands next to them.

    Of several `languages` the first in which a line names a day counts: a file may be in another one than its mail.
    """
    if not DIGIT.search(text):
        return
    lines = [line.strip()[:_LINE_CHARS] for line in text.splitlines()[:_MOST_LINES] if line.strip()]
    given: set[str] = set()
    for number, line in enumerate(lines):
        for day in _days(line, languages, written):
            time = _time_near(lines, number)
            value = f"{day}T{time}" if time else day
            if value not in given and len(given) < _MOST:
                given.add(value)
                yield Fact(type="datetime" if time else "date", value=value, where=where, evidence=line)
    for value, line in _terms(lines, languages, written):
        if value not in given:
            yield Fact(type="date", value=value, where=where, evidence=line)


def _terms(lines: Sequence[str], languages: Sequence[str], written: datetime) -> Iterator[tuple[str, str]]:
    """Yield the last day of a time to pay, `payable within 14 days`, counted from the day of the paper, else of the mail."""
    for line in lines:
        found = _TERM.search(line)
        days = int(found["a"] or found["b"]) if found else 0
        if 0 < days <= _LONGEST_TERM and any(said.concepts & _TO_PAY for said in said_in(line)):
            yield (_issued(lines, languages, written) + timedelta(days=days)).isoformat(), line
            return


def _issued(lines: Sequence[str], languages: Sequence[str], written: datetime) -> date:
    """Return the day next to the word for it, in its line or the next one, else the first of the last months."""
    for number, line in enumerate(lines):
        if any("issued" in said.concepts for said in said_in(line)):
            found = _days(line, languages, written) or _days(
                "".join(lines[number + 1 : number + 2]), languages, written
            )
            if found:
                return date.fromisoformat(found[0])
    named = (date.fromisoformat(day) for line in lines for day in _days(line, languages, written))
    today = written.date()
    return next((day for day in named if timedelta(0) <= today - day <= _OLDEST_PAPER), today)


def _days(line: str, languages: Sequence[str], written: datetime) -> list[str]:
    if not DIGIT.search(line):
        return []
    folded = _CLOSED.sub(r"\1 ", fold(line))
    for language in languages:
        named = [item for item in days_in(folded, language, written) if item.kind == "absolute"]
        # "Saturday 5 July" is one day, and no 5th of another month.
        found = [
            one.day.isoformat()
            for one, following in zip_longest(named, named[1:])
            if not following or following.start >= one.end
        ]
        if found:
            return list(dict.fromkeys(found))
    return []


def _time_near(lines: Sequence[str], number: int) -> str:
    """Return the time on this line, else the one that the next or the line before names as a beginning."""
    if time := _time(lines[number]):
        return time
    near = (lines[at] for at in (number + 1, number - 1) if 0 <= at < len(lines))
    said = (line for line in near if not _YEAR.search(line) and (_BEGINS.search(line) or _FROM_TO.search(line)))
    return next((time for line in said if (time := _time(line))), "")


def _time(line: str) -> str:
    """Return the time behind a word of beginning, else the first of the line."""
    found = [match for match in _TIME.finditer(line) if match["m"] or match["half"] or not match.group().isdigit()]
    named = [match for match in found if _BEGINS.search(line[max(0, match.start() - 20) : match.start()])]
    match = next(iter(named or found), None)
    if match is None:
        return ""
    hour, minute = int(match["h"]), int(match["m"] or match["k"] or 0)
    half = (match["half"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02d}:{minute:02d}"
