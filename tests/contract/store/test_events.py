"""Events: written in one transaction with what they tell of, read in their order by those who may, erased with it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

from glassdome.core.limits import MAX_ATTEMPTS
from glassdome.ports.store import AnalysisQuery
from glassdome.store import Database
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.event import EventKind, health_event
from glassdome.values.verdict import Label
from tests.contract.store.contracts_store import analysed
from tests.samples import NOON, a_ref, a_verdict, an_analysis, jobs

_LEASE: Final = timedelta(minutes=1)
_PHISH: Final = a_verdict(label=Label.PHISH, is_phishing=True, phishing_score=0.97)


async def _kinds(database: Database, after: int = 0) -> list[str]:
    return [event.kind.value for event in await database.events.after(after)]


async def test_an_analysis_makes_events_and_phishing_is_told_once(database: Database) -> None:
    """A message that was called phishing and is judged again is no new find."""
    move = Action(ref=a_ref(1), kind=ActionKind.MOVE, argument="\\Junk")
    await analysed(database, an_analysis(a_ref(1), verdict=_PHISH), actions=(move,))
    assert await _kinds(database) == ["analysis", "phishing"]
    last = await database.events.newest_id()
    await analysed(database, an_analysis(a_ref(1), verdict=_PHISH))
    await database.actions.finish(move, state=ActionState.PLANNED, now=NOON)
    await database.actions.finish(move, state=ActionState.DONE, now=NOON)
    await database.actions.finish(move, state=ActionState.UNDONE, now=NOON + _LEASE)
    assert await _kinds(database, last) == ["analysis", "action", "action"]
    told = (await database.events.after(last))[1]
    assert told.data == {
        "mailbox": "ann@example.org", "folder": "INBOX", "uid_validity": 7, "email_id": "1", "action": "move",
        "state": "done", "argument": "\\Junk",
    }  # fmt: skip
    assert len(told.name) == 36


async def test_no_word_of_a_mail_is_in_an_event(database: Database) -> None:
    """Neither subject nor sender, summary, evidence or Message-ID; nor a category that a model made of words."""
    verdict = a_verdict(
        label=Label.PHISH, is_phishing=True, phishing_score=1.0, categories=("invoice", "Call 555 now", "ünïcode")
    )
    await analysed(database, an_analysis(a_ref(1), verdict=verdict))
    (first, _) = await database.events.after(0)
    text = json.dumps(dict(first.data))
    assert first.data["categories"] == ["invoice"]
    assert not [word for word in ("minutes", "Bob", "example.com", "Plain words", "555") if word in text]


async def test_a_lost_lease_makes_no_event(database: Database) -> None:
    """No event is written where nothing was stored."""
    await database.queue.enqueue(jobs(1), now=NOON)
    (job,) = await database.queue.claim("one", limit=1, lease=_LEASE, now=NOON)
    (again,) = await database.queue.claim("two", limit=1, lease=_LEASE, now=NOON + 2 * _LEASE)
    stored = await database.queue.complete(job, an_analysis(a_ref(1)), actions=(), now=NOON + 2 * _LEASE)
    failed = await database.queue.fail(job, code="parse_error", sentence="x", now=NOON)
    assert (stored, failed, await _kinds(database)) == (False, False, [])
    assert await database.queue.fail(again, code="parse_error", sentence="From: eve", now=NOON)
    (event,) = await database.events.after(0)
    assert (event.kind, event.data["code"], "eve" in str(event.data)) == (EventKind.JOB_FAILED, "parse_error", False)


async def test_a_message_that_ends_its_workers_is_told(database: Database) -> None:
    """The end by the number of attempts is a failure as well."""
    await database.queue.enqueue(jobs(1), now=NOON)
    for number in range(MAX_ATTEMPTS + 1):
        await database.queue.claim("one", limit=1, lease=_LEASE, now=NOON + number * 2 * _LEASE)
    (event,) = await database.events.after(0)
    assert (event.kind, event.data["code"], event.mailbox) == (EventKind.JOB_FAILED, "poison", "ann@example.org")


async def test_an_event_without_a_transaction_is_written_once(database: Database) -> None:
    """Its key is its identity."""
    event = health_event("degraded", {"imap": "connect_failed"}, now=NOON)
    await database.events.record(event)
    await database.events.record(event, health_event("healthy", {"imap": "ok"}, now=NOON + _LEASE))
    assert [event.data["status"] for event in await database.events.after(0)] == ["degraded", "healthy"]


async def test_a_reader_sees_its_mailboxes_only(database: Database) -> None:
    """By mailbox, by domain, both; what concerns the whole service is for those who see all of it."""
    for number, mailbox in enumerate(("ann@example.org", "bob@example.org", "eve@example.net"), 1):
        await analysed(database, an_analysis(a_ref(number, mailbox=mailbox)))
    await database.events.record(health_event("degraded", {}, now=NOON))

    async def seen(**scope: tuple[str, ...]) -> list[str]:
        return [event.mailbox.partition("@")[0] for event in await database.events.after(0, **scope)]  # type: ignore[arg-type]

    assert await seen() == ["ann", "bob", "eve", ""]
    assert await seen(mailboxes=("ann@example.org",)) == ["ann"]
    assert await seen(domains=("example.org",)) == ["ann", "bob"]
    assert await seen(mailboxes=("ann@example.org",), domains=("example.net",)) == ["ann", "eve"]
    assert await seen(mailboxes=(), domains=()) == []
    assert [e.kind for e in await database.events.after(0, kinds=[EventKind.HEALTH])] == [EventKind.HEALTH]
    assert len(await database.events.after(0, limit=2)) == 2


async def test_an_erased_message_has_no_events(database: Database) -> None:
    """One message, and a whole mailbox."""
    for uid in (1, 2, 3):
        await analysed(database, an_analysis(a_ref(uid)))
    await database.analyses.delete(AnalysisQuery(mailbox="ann@example.org", ref=a_ref(2)))
    assert [event.data["email_id"] for event in await database.events.after(0)] == ["1", "3"]
    await database.analyses.delete(AnalysisQuery(mailbox="ann@example.org"))
    assert await _kinds(database) == []
