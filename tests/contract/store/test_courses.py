"""The course of some days on both databases: counted by ten minutes, within what a key may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from glassdome.ports.store import AnalysisQuery
from glassdome.store import Database
from glassdome.values.course import Span, Tally
from glassdome.values.job import NewJob
from glassdome.values.opinion import Usage
from glassdome.values.verdict import Label
from tests.samples import NOON, a_ref, an_analysis

MINUTE = timedelta(minutes=1)


async def store(database: Database, uid: int, minutes: int, label: Label, usage: Usage) -> None:
    """Store an analysis that was made some minutes after noon."""
    found = an_analysis(a_ref(uid))
    verdict = replace(found.verdict, label=label, is_phishing=label is Label.PHISH, usage=usage, degraded=uid == 3)
    at = NOON + minutes * MINUTE
    made = replace(found, verdict=verdict, analyzed_at=at, processing_time=float(uid))
    await database.queue.enqueue([NewJob(ref=made.ref, force=True)], now=NOON)
    (job,) = await database.queue.claim("w", limit=1, lease=MINUTE, now=NOON)
    assert await database.queue.complete(job, made, actions=(), now=at)


async def test_the_course_of_a_day(database: Database) -> None:
    """Each span with what it holds; what is older, or of another mailbox, is not counted."""
    await store(database, 1, 0, Label.PHISH, Usage(calls=1, tokens_in=10, tokens_out=3))
    await store(database, 2, 9, Label.SPAM, Usage(calls=1, tokens_in=20, tokens_out=4))
    await store(database, 3, 10, Label.HAM, Usage())
    await store(database, 4, -60, Label.HAM, Usage())
    found = await database.analyses.course(AnalysisQuery(), since=NOON)
    other = await database.analyses.course(AnalysisQuery(mailboxes=("other@example.org",)), since=NOON)

    first = Tally(total=2, phishing=1, spam=1, calls=2, tokens_in=30, tokens_out=7)
    assert found.spans == (
        Span(at=NOON, tally=first),
        Span(at=NOON + 10 * MINUTE, tally=Tally(total=1, degraded=1)),
    )
    assert [seconds for _, seconds in found.times] == [3.0, 2.0, 1.0]
    assert (first.fine, found.spans[1].tally.fine) == (0, 1)
    assert (other.spans, other.times) == ((), ())


async def test_the_flow_of_the_queue(database: Database) -> None:
    """Jobs that wait now are told, and those that came and went before."""
    await store(database, 1, 12, Label.HAM, Usage())
    await database.queue.enqueue([NewJob(ref=a_ref(uid)) for uid in (2, 3)], now=NOON + 25 * MINUTE)
    flow = await database.queue.flow(now=NOON + 30 * MINUTE, since=NOON)
    none = await database.queue.flow(now=NOON + 30 * MINUTE, since=NOON, mailboxes=())

    assert flow.waiting == 2
    assert flow.came == {NOON: 1, NOON + 20 * MINUTE: 2}
    assert flow.went == {NOON + 10 * MINUTE: 1}
    assert (none.waiting, none.came, none.went) == (0, {}, {})
