"""The contract of every job queue; a subclass gives the `database` fixture."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from glassdome.core.limits import MAX_ATTEMPTS
from glassdome.ports.store import AnalysisQuery
from glassdome.store import Database
from glassdome.values.action import Action, ActionKind
from glassdome.values.job import Job, JobReason, JobState, NewJob, Priority, QueueDepth
from glassdome.values.refs import Cursor
from tests.samples import NOON, a_message, a_ref, a_verdict, an_analysis, jobs

__all__ = ["QueueContract"]

LEASE = timedelta(seconds=30)
LATER = NOON + timedelta(seconds=31)


class QueueContract:
    """Run on each database."""

    async def test_a_message_is_queued_once(self, database: Database) -> None:
        """The second enqueue of the same ref adds nothing, in one batch or in two."""
        added = await database.queue.enqueue([*jobs(1, 2), *jobs(2)], now=NOON)
        assert (added, await database.queue.enqueue(jobs(1, 2, 3), now=NOON)) == (2, 1)

    async def test_folder_names_are_exact(self, database: Database) -> None:
        """Case, trailing space and accents make different folders, so different messages."""
        names = ["Box", "box", "Box ", "Böx", "Bo\u0308x"]
        found = [await database.queue.enqueue([j], now=NOON) for n in names for j in _in_folder(n)]
        assert found == [1] * len(names)

    async def test_a_claim_leases_and_counts(self, database: Database) -> None:
        """Claimed jobs are leased to the owner, their attempt counted, and not given to another."""
        await database.queue.enqueue(jobs(1, 2), now=NOON)
        (first,) = await database.queue.claim("one", limit=1, lease=LEASE, now=NOON)
        rest = await database.queue.claim("two", limit=9, lease=LEASE, now=NOON)
        assert [job.ref.uid for job in (first, *rest)] == [1, 2]
        assert await database.queue.get(a_ref(1)) == first
        assert (first.lease_owner, first.lease_until, first.attempts) == ("one", NOON + LEASE, 1)

    async def test_mailboxes_take_turns(self, database: Database) -> None:
        """A mailbox with one mail does not wait behind another's hundred."""
        await database.queue.enqueue(jobs(*range(1, 101)), now=NOON)
        await database.queue.claim("w", limit=50, lease=LEASE, now=NOON)
        await database.queue.enqueue(jobs(1, 2, mailbox="bob@example.org"), now=NOON)
        claimed = await database.queue.claim("w", limit=4, lease=LEASE, now=NOON)
        assert sum(job.ref.mailbox == "bob@example.org" for job in claimed) == 2

    async def test_priorities_come_first(self, database: Database) -> None:
        """A waiting person, then new mail, then old mail; asking for a waiting job moves it up."""
        await database.queue.enqueue(jobs(1, 2, priority=Priority.BACKFILL, reason=JobReason.BACKFILL), now=NOON)
        await database.queue.enqueue(jobs(3), now=NOON)
        await database.queue.enqueue(jobs(2, priority=Priority.ASKED, reason=JobReason.ASKED), now=NOON)
        claimed = await database.queue.claim("w", limit=9, lease=LEASE, now=NOON)
        assert [job.ref.uid for job in claimed] == [2, 3, 1]

    async def test_completion_is_one_transaction(self, database: Database) -> None:
        """Analysis, action, history and the job's end appear together."""
        (job,) = await _claimed(database)
        action = Action(ref=job.ref, kind=ActionKind.MOVE, argument="\\Junk")
        analysis = an_analysis(job.ref)
        done = await database.queue.complete(job, analysis, actions=[action], now=NOON, history=a_message())
        assert done
        assert await database.analyses.get(job.ref) == analysis
        assert [p.action for p in await database.actions.of(job.ref)] == [action]
        assert (await database.history.sender_history(job.ref.mailbox, "BOB@example.com")).authenticated == 1
        assert await database.queue.depth(now=NOON) == QueueDepth(done=1)

    async def test_a_stalled_worker_cannot_double(self, database: Database) -> None:
        """A worker that outlived its lease finds its token void; the other's result stays, once."""
        (stalled,) = await _claimed(database)
        (second,) = await database.queue.claim("two", limit=1, lease=LEASE, now=LATER)
        good = an_analysis(second.ref)
        assert await database.queue.complete(second, good, actions=[], now=LATER, history=a_message())
        late = an_analysis(stalled.ref, subject="late")
        action = Action(ref=stalled.ref, kind=ActionKind.ALERT, argument="phishing")
        assert not await database.queue.complete(stalled, late, actions=[action], now=LATER, history=a_message())
        assert await database.analyses.get(second.ref) == good
        assert await database.actions.of(second.ref) == ()
        assert (await database.analyses.statistics(AnalysisQuery())).total == 1

    async def test_every_way_out_is_fenced(self, database: Database) -> None:
        """Without the lease, a job can be neither put back, nor ended, nor released, nor renewed."""
        (stalled,) = await _claimed(database)
        (second,) = await database.queue.claim("two", limit=1, lease=LEASE, now=LATER)
        queue = database.queue
        why: dict[str, Any] = {"code": "x", "sentence": "x", "now": LATER}
        assert not await queue.retry_later(stalled, not_before=LATER, **why)
        assert not await queue.fail(stalled, **why)
        assert not await queue.cancel(stalled, **why)
        await queue.release([stalled], now=LATER)
        assert await queue.renew([stalled], lease=LEASE, now=LATER) == frozenset()
        assert await queue.get(second.ref) == second

    async def test_renewing_keeps_a_lease(self, database: Database) -> None:
        """A renewed job is not taken back at its first end."""
        held = await _claimed(database)
        assert await database.queue.renew(held, lease=LEASE, now=NOON + LEASE / 2) == {held[0].id}
        assert await database.queue.claim("two", limit=1, lease=LEASE, now=LATER) == ()

    async def test_back_off_and_return(self, database: Database) -> None:
        """A job put back runs again at its hour, with its reason; uncounted attempts are forgotten."""
        (job,) = await _claimed(database)
        again = NOON + timedelta(minutes=5)
        await database.queue.retry_later(
            job, code="timed_out", sentence="No answer.", not_before=again, now=NOON, counted=False
        )
        assert await database.queue.claim("w", limit=1, lease=LEASE, now=again - LEASE) == ()
        (back,) = await database.queue.claim("w", limit=1, lease=LEASE, now=again)
        assert (back.error_code, back.error, back.attempts) == ("timed_out", "No answer.", 1)

    async def test_poison_is_isolated(self, database: Database) -> None:
        """A message that ends every worker that takes it ends as failed, and can be retried by a person."""
        await database.queue.enqueue(jobs(1), now=NOON)
        now = NOON
        for _ in range(MAX_ATTEMPTS):
            assert len(await database.queue.claim("w", limit=1, lease=LEASE, now=now)) == 1
            now += LEASE
        assert await database.queue.claim("w", limit=1, lease=LEASE, now=now) == ()
        job = await database.queue.get(a_ref(1))
        assert job is not None
        assert (job.state, job.error_code) == (JobState.FAILED, "poison")
        assert await database.queue.set_state([job.id], state=JobState.PENDING, now=now) == 1
        (again,) = await database.queue.claim("w", limit=1, lease=LEASE, now=now)
        assert again.attempts == 1

    async def test_what_ended_workers_twice_is_tried_alone(self, database: Database) -> None:
        """After one end everything goes on as before; after two, each that was there comes alone, to an idle worker."""
        await database.queue.enqueue(jobs(1, 2), now=NOON)
        now = NOON
        for _ in range(2):
            both = await database.queue.claim("w", limit=9, lease=LEASE, now=now)
            assert [job.ref.uid for job in both] == [1, 2]
            now += LEASE
        await database.queue.enqueue(jobs(3), now=now)
        assert await database.queue.claim("busy", limit=9, lease=LEASE, now=now, idle=False) == ()
        (alone,) = await database.queue.claim("w", limit=9, lease=LEASE, now=now)
        assert (alone.ref.uid, alone.error_code, alone.is_suspected) == (1, "worker_ended", True)
        (fresh,) = await database.queue.claim("busy", limit=9, lease=LEASE, now=now, idle=False)
        assert (fresh.ref.uid, fresh.is_suspected) == (3, False)
        assert await database.queue.claim("busy", limit=9, lease=LEASE, now=now, idle=False) == ()
        (other,) = await database.queue.claim("v", limit=9, lease=LEASE, now=now)
        assert (other.ref.uid, other.is_suspected) == (2, True)

    async def test_what_waits_is_not_overtaken_by_what_is_asked_again(self, database: Database) -> None:
        """A message judged anew takes its turn behind the others of its mailbox, and no priority is lowered by it."""
        await database.queue.enqueue(jobs(1), now=NOON)
        (old,) = await database.queue.claim("w", limit=1, lease=LEASE, now=NOON)
        await database.queue.complete(old, an_analysis(old.ref), actions=[], now=NOON)
        asked = {"reason": JobReason.ASKED, "priority": Priority.ASKED}
        await database.queue.enqueue(jobs(2, 3, **asked), now=NOON)
        await database.queue.enqueue(jobs(1, force=True, **asked), now=NOON)
        backfill = {"reason": JobReason.UPGRADE, "priority": Priority.BACKFILL, "force": True}
        await database.queue.enqueue(jobs(2, **backfill), now=NOON)
        order = await database.queue.claim("w", limit=9, lease=LEASE, now=NOON)
        assert [(job.ref.uid, job.priority) for job in order] == [(2, 0), (3, 0), (1, 0)]

    async def test_a_degraded_message_comes_again(self, database: Database) -> None:
        """Its analysis is stored and its job waits for the model, behind new mail; then one row remains."""
        (job,) = await _claimed(database)
        degraded = an_analysis(job.ref, verdict=a_verdict(degraded=True, degraded_reason="model_unavailable"))
        await database.queue.complete(job, degraded, actions=[], now=NOON, again_at=LATER, history=a_message())
        await database.queue.enqueue(jobs(2), now=NOON)
        new, upgrade = await database.queue.claim("w", limit=2, lease=LEASE, now=LATER)
        assert (new.ref.uid, upgrade.ref.uid, upgrade.reason) == (2, 1, JobReason.UPGRADE)
        good = an_analysis(upgrade.ref)
        await database.queue.complete(upgrade, good, actions=[], now=LATER, history=a_message())
        assert (await database.analyses.list(AnalysisQuery())).items == (good,)
        totals = await database.analyses.statistics(AnalysisQuery())
        assert (totals.total, totals.degraded, totals.per_category) == (1, 0, {"meeting": 1, "personal": 1})
        assert (await database.history.sender_history(job.ref.mailbox, "bob@example.com")).seen == 1

    async def test_release_forgets_the_attempt(self, database: Database) -> None:
        """A drained worker's unstarted jobs are as if never claimed."""
        held = await _claimed(database)
        await database.queue.release(held, now=NOON)
        (again,) = await database.queue.claim("w", limit=1, lease=LEASE, now=NOON)
        assert again.attempts == 1

    async def test_force_runs_again(self, database: Database) -> None:
        """A done job runs again only by force; a leased one is left alone."""
        (job,) = await _claimed(database)
        forced = jobs(1, force=True, priority=Priority.ASKED, reason=JobReason.ASKED)
        await database.queue.enqueue(forced, now=NOON)
        assert await database.queue.complete(job, an_analysis(job.ref), actions=[], now=NOON)
        assert await database.queue.enqueue(jobs(1), now=NOON) == 0
        assert await database.queue.claim("w", limit=1, lease=LEASE, now=NOON) == ()
        await database.queue.enqueue(forced, now=NOON)
        (again,) = await database.queue.claim("w", limit=1, lease=LEASE, now=NOON)
        assert (again.force, again.reason) == (True, JobReason.ASKED)

    async def test_arrival_moves_the_cursor_with_the_jobs(self, database: Database) -> None:
        """Jobs and cursor are stored together."""
        cursor = Cursor(uid_validity=7, last_uid=2)
        where = {"mailbox": "ann@example.org", "folder": "INBOX"}
        assert await database.queue.arrived(jobs(1, 2), cursor=cursor, now=NOON, **where) == 2
        assert await database.cursors.get_cursor(**where) == cursor

    async def test_a_person_steers_the_queue(self, database: Database) -> None:
        """Cancelling takes pending jobs out, retrying brings them back; running and finished ones stay."""
        (running,) = await _claimed(database)
        await database.queue.enqueue(jobs(2), now=NOON)
        ids = [job.id for job in await database.queue.jobs()]
        assert await database.queue.set_state(ids, state=JobState.CANCELLED, now=NOON) == 1
        assert (await database.queue.jobs(state=JobState.LEASED)) == (running,)
        assert await database.queue.set_state(ids, state=JobState.PENDING, now=NOON) == 1

    async def test_a_key_sees_its_own_jobs(self, database: Database) -> None:
        """Depth and lists are restricted by mailbox or domain; an empty restriction shows nothing."""
        await database.queue.enqueue([*jobs(1), *jobs(2, mailbox="eve@other.example")], now=NOON)
        seen = [await database.queue.jobs(domains=["other.example"]), await database.queue.jobs(mailboxes=[])]
        assert [[job.ref.uid for job in part] for part in seen] == [[2], []]
        depth = await database.queue.depth(now=LATER, mailboxes=["ann@example.org"])
        assert depth == QueueDepth(pending=1, oldest_seconds=31.0)


def _in_folder(name: str) -> list[NewJob]:
    return [NewJob(ref=a_ref(1, folder=name))]


async def _claimed(database: Database) -> tuple[Job, ...]:
    await database.queue.enqueue(jobs(1), now=NOON)
    return await database.queue.claim("one", limit=1, lease=LEASE, now=NOON)
