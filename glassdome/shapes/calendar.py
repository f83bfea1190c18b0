"""The dates of an analysis as a calendar (RFC 5545): one entry for each dated request and each event in the mail."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from glassdome.shapes.timezone import vtimezone

__all__ = ["calendar_of"]

#: Octets of a line without its break (RFC 5545 3.1).
_LINE: Final = 75
_MOST_ENTRIES: Final = 50
_SPECIAL: Final = re.compile(r"([\\;,])")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ZONED: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?) (\S{1,60})")
#: A repetition as its own calendar wrote it; nothing else may come into a property of ours.
_RULE: Final = re.compile(r"FREQ=[A-Z]{5,8}(?:;[A-Z]{2,10}=[A-Z0-9,+-]{1,100}){0,10}")
#: Facts of bills: a day among them is no event.
_BILL: Final = frozenset({"iban", "payee"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One entry: `key` keeps its identity over a new analysis of the same mail."""

    key: str
    start: str
    title: str
    place: str = ""
    rule: str = ""
    cancelled: bool = False


def calendar_of(analysis: Mapping[str, Any]) -> str:
    """Return the calendar of an analysis as JSON; empty where it has no date, and for phishing: its dates are not to be kept."""
    if analysis.get("is_phishing") or analysis.get("label") == "phish":
        return ""
    entries = [entry for entry in (*_requests(analysis), *_events(analysis)) if _start(entry.start)][:_MOST_ENTRIES]
    if not entries:
        return ""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Glassdome//Mail analysis//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    for zone, first in sorted(_zones(entries).items()):
        lines += vtimezone(zone, first)
    for entry in entries:
        lines += _lines(entry, analysis)
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _requests(analysis: Mapping[str, Any]) -> Iterator[_Entry]:
    """Yield the requests that have a date; a text may change with the next analysis, the date and its turn less so."""
    seen: dict[str, int] = {}
    for item in analysis.get("action_items") or ():
        due = item.get("due_at")
        if due:
            seen[due] = seen.get(due, 0) + 1
            yield _Entry(key=f"request {due} {seen[due]}", start=due, title=item.get("text") or "")


def _events(analysis: Mapping[str, Any]) -> Iterator[_Entry]:
    places: dict[str, list[Mapping[str, Any]]] = {}
    for fact in analysis.get("facts") or ():
        places.setdefault(fact.get("where") or "", []).append(fact)
    for where, facts in places.items():
        values = _first_of(facts)
        start = values.get("datetime") or (values.get("date", "") if "place" in values else "")
        if start and not _BILL & values.keys():
            yield _Entry(
                key=f"event {where} {start}",
                start=start,
                title=values.get("title") or analysis.get("subject") or "",
                place=values.get("place", ""),
                rule=values.get("recurrence", ""),
                cancelled=values.get("status") == "cancelled",
            )


def _first_of(facts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for fact in facts:
        values.setdefault(str(fact.get("type")), str(fact.get("value")))
    return values


def _start(written: str, *, by_clock: bool = False) -> list[str]:
    """Return the lines of the start: a day, an instant in UTC, or a time without a zone as everybody's clock shows it.

    What repeats goes by the clock of its zone: in UTC it would be an hour off for half of the year.
    """
    try:
        if len(written) == 10:
            day = date.fromisoformat(written)
            return [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]
        moment = _moment(written)
        zone = getattr(moment.tzinfo, "key", "")
        if by_clock and zone:
            return [f"DTSTART;TZID={zone}:{moment:%Y%m%dT%H%M%S}"]
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return []
    return [f"DTSTART:{moment:%Y%m%dT%H%M%S}{'Z' if moment.tzinfo else ''}"]


def _moment(written: str) -> datetime:
    """Read a time; one in a zone that nobody knows is one of everybody's clock. Raises ValueError."""
    zoned = _ZONED.fullmatch(written)
    moment = datetime.fromisoformat(zoned[1] if zoned else written)
    if zoned is not None:
        with suppress(ZoneInfoNotFoundError, OSError):
            return moment.replace(tzinfo=ZoneInfo(zoned[2]))
    return moment


def _rule(entry: _Entry) -> str:
    return entry.rule if _RULE.fullmatch(entry.rule) else ""


def _zones(entries: Sequence[_Entry]) -> dict[str, datetime]:
    """Return the zones that repeating entries go by, each with its first time."""
    found: dict[str, datetime] = {}
    for entry in entries:
        if _rule(entry) and len(entry.start) > 10:
            moment = _moment(entry.start)
            zone = getattr(moment.tzinfo, "key", "")
            if zone and moment.year > 1:
                found[zone] = min(found.get(zone, moment), moment)
    return found


def _lines(entry: _Entry, analysis: Mapping[str, Any]) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_identity(entry, analysis)}@glassdome"
    yield f"DTSTAMP:{datetime.fromisoformat(analysis['analyzed_at']).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield from _start(entry.start, by_clock=bool(_rule(entry)))
    yield f"SUMMARY:{_text(entry.title or 'Mail')}"
    if entry.place:
        yield f"LOCATION:{_text(entry.place)}"
    about = f"{analysis.get('subject') or ''}\nFrom {analysis.get('from') or ''}"
    if _rule(entry):
        yield f"RRULE:{entry.rule}"
    yield f"DESCRIPTION:{_text(about)}"
    yield f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _identity(entry: _Entry, analysis: Mapping[str, Any]) -> str:
    """Return the same text for the same date of the same mail, however often it is taken."""
    place = [analysis.get(name) for name in ("folder", "uid_validity", "email_id")]
    message = analysis.get("message_id") or repr(place)
    told = "\n".join((str(analysis.get("mailbox")), str(message), entry.key))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


def _text(text: str) -> str:
    """Escape a text (RFC 5545 3.3.11)."""
    text = _CONTROLS.sub(" ", text.replace("\r\n", "\n"))
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "\\n")


def _folded(line: str) -> str:
    """Break a line after at most 75 octets, never within a character."""
    out, octets = [], 0
    for char in line:
        width = len(char.encode())
        if octets + width > _LINE:
            out.append("\r\n ")
            octets = 1
        out.append(char)
        octets += width
    return "".join(out) + "\r\n"
