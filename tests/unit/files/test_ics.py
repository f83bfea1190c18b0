"""Calendars as programs write them: events, their times, places, links, repetition and status."""

from __future__ import annotations

import pytest

from glassdome.files.read import read_file
from glassdome.files.source import Source
from glassdome.values.document import Document

GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VEVENT
DTSTART:20250318T130000Z
DTEND:20250318T140000Z
DTSTAMP:20250110T080000Z
ORGANIZER;CN=Owen Hughes:mailto:owen@tramway.example
UID:q1@google.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN=anna@example.org;X-NUM-GUESTS=0:mailto:anna@example.org
X-GOOGLE-CONFERENCE:https://meet.example/qzx-rtfb-kwe
DESCRIPTION:<p>Agenda &amp; minutes</p><br><a href="https://docs.example/agen
 da">here</a>
LOCATION:Room Finch\\, 18 Wharf Road\\; Bristol
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Quarterly planning with a very long title that goes on over the en
 d of its line
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:This is an event reminder
TRIGGER:-P0DT0H10M0S
END:VALARM
END:VEVENT
END:VCALENDAR
"""
OUTLOOK = """BEGIN:VCALENDAR
METHOD:CANCEL
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN="Schmidt, Eva":mailto:eva@firma.example
DESCRIPTION;LANGUAGE=de-DE:Beitreten: https://teams.example/l/meetup-join/19\\nBis dann
SUMMARY;LANGUAGE=de-DE:Budget
DTSTART;TZID=W. Europe Standard Time:20250506T090000
DTEND;TZID=W. Europe Standard Time:20250506T094500
RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3
LOCATION;LANGUAGE=de-DE:Salle Rhône
END:VEVENT
END:VCALENDAR
"""
THUNDERBIRD = """BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
BEGIN:VEVENT
UID:1
SUMMARY:Sommerfest
DTSTART;VALUE=DATE:20250614
DTEND;VALUE=DATE:20250615
URL:https://fest.example/
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Kurs
DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20250203T183000
STATUS:CANCELLED
END:VEVENT
BEGIN:VTODO
SUMMARY:Formular abgeben
DUE:20250701T120000
END:VTODO
END:VCALENDAR
"""
VERSION_1 = """BEGIN:VCALENDAR
VERSION:1.0
BEGIN:VEVENT
DTSTART:20250422T010000Z
SUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:B=C3=BCro=
umzug
LOCATION;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:K=F6ln
END:VEVENT
END:VCALENDAR
"""


def read(text: str | bytes) -> Document:
    """Read a calendar with the line ends of the standard."""
    data = text.replace("\n", "\r\n").encode() if isinstance(text, str) else text
    return read_file(Source(data=data, name="invite.ics"))


def facts(document: Document) -> set[tuple[str, str]]:
    """Return types and values."""
    return {(fact.type, fact.value) for fact in document.facts}


def test_google() -> None:
    """An invitation with a conference, folded lines, escapes and a description in HTML."""
    document = read(GOOGLE)

    assert facts(document) == {
        ("title", "Quarterly planning with a very long title that goes on over the end of its line"),
        ("datetime", "2025-03-18T13:00:00+00:00"),
        ("place", "Room Finch, 18 Wharf Road; Bristol"),
        ("link", "https://meet.example/qzx-rtfb-kwe"),
        ("link", "https://docs.example/agenda"),
        ("name", "Owen Hughes"),
        ("email", "owen@tramway.example"),
    }
    assert "Agenda & minutes" in document.text
    assert "reminder" not in document.text


def test_outlook() -> None:
    """A cancelled series, its zone under the name that Windows has for it."""
    found = facts(read(OUTLOOK))

    assert found >= {
        ("status", "cancelled"),
        ("datetime", "2025-05-06T09:00:00 Europe/Berlin"),
        ("recurrence", "FREQ=WEEKLY;BYDAY=TU;COUNT=3"),
        ("place", "Salle Rhône"),
        ("name", "Schmidt, Eva"),
        ("link", "https://teams.example/l/meetup-join/19"),
    }
    assert ("date", "1601-01-01") not in found


def test_thunderbird() -> None:
    """Several events have places of their own: a day, a time in a zone, a task with a time of everybody's clock."""
    document = read(THUNDERBIRD)
    found = {(fact.where, fact.type, fact.value) for fact in document.facts}

    assert found >= {
        ("event 1", "date", "2025-06-14"),
        ("event 1", "link", "https://fest.example/"),
        ("event 2", "datetime", "2025-02-03T18:30:00 Europe/Berlin"),
        ("event 2", "status", "cancelled"),
        ("event 3", "datetime", "2025-07-01T12:00:00"),
    }
    assert ("event 1", "status", "cancelled") not in found


def test_version_1() -> None:
    """The older format has quoted-printable text, in any charset."""
    assert facts(read(VERSION_1)) >= {
        ("title", "Büroumzug"),
        ("place", "Köln"),
        ("datetime", "2025-04-22T01:00:00+00:00"),
    }


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "utf-8-sig"])
def test_charsets(charset: str) -> None:
    """A calendar in another charset is read all the same."""
    assert ("place", "Salle Rhône") in facts(read(OUTLOOK.encode(charset)))


@pytest.mark.parametrize(
    "data",
    [
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + "DTSTART:99999999T999999Z\n" * 3,
        "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nSUMMARY:x\nDTSTART:20250101\nEND:VEVENT\n" * 20_000,
        "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\n" * 30_000,
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDESCRIPTION:" + "\\n<a href=" * 200_000,
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY" + ";X=" * 50_000 + ":x\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY;ENCODING=QUOTED-PRINTABLE:" + "=\n" * 100_000,
    ],
    ids=["times", "many", "open", "tags", "parameters", "soft"],
)
def test_hostile_calendars_are_bounded(data: str) -> None:
    """Odd times, thousands of events and endless lines give few facts, and soon."""
    document = read(data)

    assert len(document.facts) <= 200
    assert len(document.text) <= 200_000


def test_no_calendar_is_damaged() -> None:
    """Text under the name of a calendar is none."""
    assert read("Hello").read == "damaged"
