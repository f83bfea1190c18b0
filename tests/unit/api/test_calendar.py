"""Dates of an analysis taken as a calendar through the API."""

from __future__ import annotations

from typing import Any

from glassdome.files.read import read_file
from glassdome.files.source import Source
from glassdome.shapes.calendar import calendar_of
from glassdome.values.analysis import Analysis
from glassdome.values.opinion import ActionItem
from glassdome.values.signal import Evidence
from glassdome.values.verdict import Label

from .bench import NOW, OTHER, OWN, USER, Bench, analysis, ref, verdict

PATH = "/api/v1/get/llm/calendar.ics"
LONG = "Pay the invoice; then write to Zoë, please \\ at once: " + "ÄÖÜ 😀 " * 20


def dated(uid: int = 5, label: Label = Label.HAM, due_at: str | None = "2026-12-12", mailbox: str = USER) -> Analysis:
    """Return an analysis with one request."""
    item = ActionItem(text=LONG, evidence=Evidence(where="text", quote="pay"), due="Friday", due_at=due_at)
    return analysis(ref(uid, mailbox), label, verdict=verdict(label, action_items=(item,)))


def shape(facts: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """Return an analysis as JSON, with facts of attached files."""
    return {
        "mailbox": USER,
        "message_id": "5@shop.example",
        "subject": "Your trip",
        "from": "Shop <shop@shop.example>",
        "label": "ham",
        "is_phishing": False,
        "analyzed_at": "2026-11-21T08:00:00Z",
        "action_items": [],
        "facts": facts or [],
        **changes,
    }


def fact(kind: str, value: str, where: str = "ticket.pdf") -> dict[str, str]:
    """Return a fact as JSON."""
    return {"type": kind, "value": value, "where": where, "evidence": value}


def lines(text: str) -> list[str]:
    """Return the content lines, unfolded."""
    return text.replace("\r\n ", "").split("\r\n")


async def test_a_request_with_a_date_is_an_entry(bench: Bench) -> None:
    """A calendar with the day, the words, the time of the analysis, in the form of RFC 5545."""
    await bench.store(dated())

    answer = await bench.get(PATH, mailbox=USER, email_id="5")
    found = {(item.type, item.value) for item in read_file(Source(data=answer.content, kind="text/calendar")).facts}

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="mail.ics"'
    assert {("date", "2026-12-12"), ("title", LONG.strip())} <= found
    assert f"DTSTAMP:{NOW:%Y%m%dT%H%M%SZ}" in lines(answer.text)
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert answer.content.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")


async def test_nothing_dated_is_404(bench: Bench) -> None:
    """No analysis, no date, or phishing, whose dates nobody shall keep."""
    await bench.store(dated(6, due_at=None), dated(7, Label.PHISH))

    answers = [await bench.get(PATH, mailbox=USER, email_id=uid) for uid in ("5", "6", "7")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_access_is_that_of_the_analysis(bench: Bench) -> None:
    """No key is 401, a key for another domain 403, a strange parameter 400."""
    await bench.store(dated(mailbox=OTHER))

    without = await bench.get(PATH, key=None, mailbox=OTHER, email_id="5")
    foreign = await bench.get(PATH, key=OWN, mailbox=OTHER, email_id="5")
    odd = await bench.get(PATH, mailbox=OTHER, email_id="5", uid="5")

    assert (without.status_code, foreign.status_code, odd.status_code) == (401, 403, 400)


def test_an_entry_keeps_its_identity() -> None:
    """A new analysis with other words and another time has the same UID; another date has another one."""
    texts = [
        calendar_of(shape(action_items=[{"text": text, "due_at": due}], analyzed_at=at))
        for text, due, at in (
            ("Pay", "2026-12-12", "2026-11-21T08:00:00Z"),
            ("Pay it", "2026-12-12", "2026-11-22T08:00:00Z"),
            ("Pay", "2026-12-13", "2026-11-21T08:00:00Z"),
        )
    ]
    first, again, other = ([line for line in lines(text) if line.startswith("UID:")] for text in texts)

    assert first == again != other


def test_events_of_the_mail_are_entries() -> None:
    """Facts of one place make one entry, in UTC where their zone is known, cancelled where they are."""
    text = calendar_of(
        shape(
            [
                fact("title", "Spanisch A2", "kurs.ics"),
                fact("datetime", "2025-02-03T18:30:00 Europe/Berlin", "kurs.ics"),
                fact("place", "Raum 7, Göttingen", "kurs.ics"),
                fact("recurrence", "FREQ=WEEKLY;COUNT=10", "kurs.ics"),
                fact("status", "cancelled", "kurs.ics"),
                fact("datetime", "2025-04-14T06:40"),
                fact("place", "HAJ → MUC"),
                fact("date", "2025-03-28", "bill.pdf"),
                fact("iban", "DE02250500000181234567", "bill.pdf"),
                fact("datetime", "2025-05-01T10:00:00+02:00", "body"),
                fact("recurrence", "FREQ=DAILY\nATTACH:https://evil.example", "body"),
            ]
        )
    )
    found = lines(text)

    assert found.count("BEGIN:VEVENT") == 3
    assert "DTSTART;TZID=Europe/Berlin:20250203T183000" in found
    assert "RRULE:FREQ=WEEKLY;COUNT=10" in found
    assert "LOCATION:Raum 7\\, Göttingen" in found
    assert "STATUS:CANCELLED" in found
    assert "DTSTART:20250414T064000" in found
    assert "DTSTART:20250501T080000Z" in found
    assert not [line for line in found if line.startswith(("ATTACH", "RRULE:FREQ=DAILY"))]


def test_a_zone_is_described() -> None:
    """An event that repeats goes by its zone's clock, whose changes are told as they are."""
    facts = [fact("datetime", "2025-03-24T18:30:00 Europe/Berlin"), fact("recurrence", "FREQ=WEEKLY")]
    found = "\n".join(lines(calendar_of(shape(facts))))

    summer = "BEGIN:DAYLIGHT\nDTSTART:20250330T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT"
    winter = "BEGIN:STANDARD\nDTSTART:20251026T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD"
    assert "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:20240101T010000" in found
    assert summer in found
    assert winter in found


def test_odd_dates_are_left_out() -> None:
    """A value that is no calendar date makes no entry, and breaks nothing."""
    dates = ["2026-02-30", "9999-12-31", "soon", "0001-01-01T00:00:00+14:00", "2026-12-12T10:00:00 Mars/Base"]
    text = calendar_of(shape(action_items=[{"text": "x\r\nATTACH:y", "due_at": due} for due in dates]))

    assert lines(text).count("BEGIN:VEVENT") == 1
    assert "SUMMARY:x\\nATTACH:y" in lines(text)
    assert "DTSTART:20261212T100000" in lines(text)
