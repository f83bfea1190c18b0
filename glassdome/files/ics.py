"""Reads iCalendar (RFC 5545, RFC 5546, vCalendar 1.0): events with time, place, organiser, repetition and status."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from glassdome.files.content_lines import Component, ContentLine, components
from glassdome.files.found import Found
from glassdome.files.source import Source
from glassdome.parse.moments import moment_of
from glassdome.values.document import Document

__all__ = ["read"]

_EVENTS: Final = frozenset({"VEVENT", "VTODO", "VJOURNAL"})
#: Events of one file that are read.
_MOST_EVENTS: Final = 100
#: Where calendar programs write the address of a conference, beside the description.
_CONFERENCES: Final = (
    "URL", "CONFERENCE", "X-GOOGLE-CONFERENCE", "X-GOOGLE-HANGOUT", "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK", "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK", "ATTACH",
)  # fmt: skip
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_HREF: Final = re.compile(r"href\s{0,5}=\s{0,5}[\"']([^\"'<>]{1,2000})[\"']", re.IGNORECASE)
_MAILTO: Final = re.compile(r"mailto:", re.IGNORECASE)
_CANCELLED: Final = "cancelled"


def read(source: Source) -> Document:
    """Read a calendar; `damaged` where there is none."""
    parts = components(source.data)
    events = [part for part in parts if part.name in _EVENTS][:_MOST_EVENTS]
    if not any(part.name == "VCALENDAR" for part in parts) and not events:
        raise ValueError("no calendar")
    method = _method(parts)
    found = Found(budget=source.budget)
    for number, event in enumerate(events, 1):
        found.where = f"event {number}" if len(events) > 1 else ""
        _read_event(event, method, found)
        found.end_place()
    return Document(
        kind="text/calendar",
        title=events[0].text("SUMMARY") if events else "",
        passages=tuple(found.passages),
        links=tuple(found.links),
        facts=tuple(found.facts),
    )


def _method(parts: list[Component]) -> str:
    """Return the method (RFC 5546): REQUEST, CANCEL."""
    said = (part.text("METHOD") for part in parts if part.name == "VCALENDAR" and part.first("METHOD"))
    return next(said, "").strip().upper()


def _read_event(event: Component, method: str, found: Found) -> None:
    for name, kind in (("SUMMARY", "title"), ("LOCATION", "place")):
        text = event.text(name)
        found.say(text)
        found.fact("title" if kind == "title" else "place", text)
    if method == "CANCEL" or event.text("STATUS").strip().upper() in ("CANCELLED", "CANCELED"):
        found.fact("status", _CANCELLED, f"METHOD:{method}" if method == "CANCEL" else "STATUS:CANCELLED")
        found.say(_CANCELLED)
    _read_times(event, found)
    for line in [*event.all("ORGANIZER")[:1]]:
        _read_person(line, found)
    _read_words(event, found)


def _read_times(event: Component, found: Found) -> None:
    for name in ("DTSTART", "DUE", "DTEND"):
        line = event.first(name)
        moment = moment_of(line.value, line.parameters.get("TZID", "")) if line else None
        if line is None or moment is None:
            continue
        found.say(moment.value, name)
        if name != "DTEND":
            found.fact(moment.kind, moment.value, f"{name}:{line.value}")
    rule = event.first("RRULE")
    if rule is not None:
        found.fact("recurrence", rule.value.strip())
        found.say(rule.value, "RRULE")


def _read_person(line: ContentLine, found: Found) -> None:
    name = line.parameters.get("CN", "")
    address = _MAILTO.sub("", line.value, count=1).strip() if _MAILTO.match(line.value.strip()) else ""
    address = address or line.parameters.get("EMAIL", "")
    if name != address:
        found.fact("name", name, f"ORGANIZER {name}")
    if "@" in address:
        found.fact("email", address)
    found.say(f"{name} <{address}>" if name and address else name or address, "ORGANIZER")


def _read_words(event: Component, found: Found) -> None:
    description = event.text("DESCRIPTION")
    rich = event.text("X-ALT-DESC")
    pages = rich + (description if "<" in description else "")
    words = unescape(_TAG.sub(" ", description)) if "<" in description else description
    found.say(words or unescape(_TAG.sub(" ", rich)))
    for line in event.all("COMMENT")[:5]:
        found.say(line.text)
    for name in _CONFERENCES:
        for line in event.all(name)[:5]:
            if line.value.strip()[:4].lower() == "http":
                found.link(line.value)
    for target in _HREF.findall(pages)[:50]:
        found.link(unescape(target))
    found.links_in(event.text("LOCATION"))
    found.links_in(words)
