"""The queue: each method is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.core.errors import InputError
from glassdome.ports.store import QueuePage, Rendering
from glassdome.store import claims, completion, enqueue
from glassdome.store.connections import Connections
from glassdome.store.counters import queue_depth
from glassdome.store.courses import read_flow
from glassdome.store.cursors import write_cursor
from glassdome.store.events import record_events
from glassdome.store.job_list import JOB, job_text, listed
from glassdome.store.restrict import names_of
from glassdome.store.rows import is_ref, job_of
from glassdome.store.schema import nonces, queue
from glassdome.store.upsert import upsert
from glassdome.values.action import Action
from glassdome.values.analysis import Analysis
from glassdome.values.course import QueueFlow
from glassdome.values.event import failed_event
from glassdome.values.job import NO_TRIES, Job, JobReason, JobState, ModelTries, NewJob, QueueDepth
from glassdome.values.message import Message
from glassdome.values.refs import Cursor, MessageRef
from glassdome.values.thread_mail import ThreadMail

__all__ = ["Queue"]

_ERROR_CHARS = 1000


class Queue:
    """The queue; a job is unique by its MessageRef."""

    def __init__(self, connections: Connections, rendering: Rendering) -> None:
        """Share the store's connections; `rendering` makes the texts of analyses and of jobs."""
        self._db = connections
        self._rendering = rendering
        self._text = job_text(rendering.job)

    async def enqueue(self, jobs: Sequence[NewJob], *, now: datetime) -> int:
        """Add jobs in one transaction and return how many are new; a known ref is left as it is unless `force`.

        With `force` a known job that is not leased returns to pending with the new reason and priority. Without, a job
        that waits takes the more urgent priority and runs at once.
        """
        return await self._db.write(lambda c: enqueue.enqueue(c, jobs, now=now)) if jobs else 0

    async def pulse(self, *, now: datetime) -> None:
        """Write something that means nothing; raises StoreUnavailable where nothing can be written."""
        row = {"nonce_key": "pulse", "expires_at": now}

        async def work(connection: AsyncConnection) -> None:
            await upsert(connection, nonces, [row], keys=("nonce_key",), replace=("expires_at",))

        await self._db.write(work)

    async def arrived(self, jobs: Sequence[NewJob], *, mailbox: str, folder: str, cursor: Cursor, now: datetime) -> int:
        """Enqueue and move the folder's cursor in one transaction, so that a crash repeats and never loses."""

        async def work(connection: AsyncConnection) -> int:
            added = await enqueue.enqueue(connection, jobs, now=now)
            await write_cursor(connection, mailbox, folder, cursor, now=now)
            return added

        return await self._db.write(work)

    async def claim(
        self, owner: str, *, limit: int, lease: timedelta, now: datetime, idle: bool = True
    ) -> tuple[Job, ...]:
        """Lease up to `limit` jobs that may run now, fair between mailboxes; each attempt is counted here.

        One that is suspected of ending workers is leased alone, and only to a worker that is `idle`.
        """
        return await self._db.write(lambda c: claims.claim(c, owner, limit=limit, lease=lease, now=now, idle=idle))

    async def renew(self, jobs: Sequence[Job], *, lease: timedelta, now: datetime) -> frozenset[int]:
        """Extend leases; return the ids still ours (a lost lease means: stop and drop the result)."""
        return await self._db.write(lambda c: claims.renew(c, jobs, lease=lease, now=now)) if jobs else frozenset()

    async def complete(
        self,
        job: Job,
        analysis: Analysis,
        *,
        actions: Sequence[Action],
        now: datetime,
        again_at: datetime | None = None,
        again: JobReason = JobReason.UPGRADE,
        history: Message | None = None,
        instead_of: MessageRef | None = None,
        thread_mail: ThreadMail | None = None,
        tries: ModelTries = NO_TRIES,
        why: tuple[str, str] = ("", ""),
    ) -> bool:
        """Store analysis, planned actions, sender history and the job's end in one transaction, fenced by the token.

        `thread_mail` goes into its thread, where the owner wants threads.
        `instead_of` is the same message under a name that is void: its records move over, and its analysis ends.
        With `again_at` the job returns to pending with the reason `again`: upgrade after a degraded verdict, or draft.
        `tries` are those of the model that the mail had in vain, `why` the code and the sentence that say so.
        False: the lease was lost, and nothing was stored.
        """
        return await self._db.write(
            lambda c: completion.complete(
                c,
                job,
                analysis,
                actions=actions,
                now=now,
                again_at=again_at,
                again=again,
                history=history,
                instead_of=instead_of,
                thread_mail=thread_mail,
                tries=tries,
                why=(why[0], why[1][:_ERROR_CHARS]),
                rendering=self._rendering,
            )
        )

    async def retry_later(
        self, job: Job, *, code: str, sentence: str, not_before: datetime, now: datetime, counted: bool = True
    ) -> bool:
        """Put the job back with its reason; False when the lease was lost.

        Without `counted` the attempt is forgotten: a server was away, the message is not to blame.
        """
        uncounted = case((queue.c.attempts > 0, queue.c.attempts - 1), else_=0)
        back = {"state": JobState.PENDING.value, "not_before": not_before, "wake_at": not_before, "updated_at": now}
        back |= {"error_code": code, "error": sentence[:_ERROR_CHARS], "lease_owner": "", "lease_token": ""}
        statement = update(queue).where(claims.held(job)).values(**back, lease_until=None)
        return await self._db.change(statement if counted else statement.values(attempts=uncounted)) == 1

    async def fail(self, job: Job, *, code: str, sentence: str, now: datetime) -> bool:
        """End the job as failed with its reason; False when the lease was lost."""
        return await self._end(job, JobState.FAILED, code, sentence, now)

    async def cancel(self, job: Job, *, code: str, sentence: str, now: datetime) -> bool:
        """End a leased job as cancelled: its message is gone; False when the lease was lost."""
        return await self._end(job, JobState.CANCELLED, code, sentence, now)

    async def _end(self, job: Job, state: JobState, code: str, sentence: str, now: datetime) -> bool:
        text = sentence[:_ERROR_CHARS]

        async def work(connection: AsyncConnection) -> bool:
            held = claims.held(job)
            ended = await claims.end(connection, held, state, code=code, sentence=text, now=now) == 1
            if ended and state is JobState.FAILED:
                await record_events(connection, [failed_event(job.ref, code=code, now=now)])
            return ended

        return await self._db.write(work)

    async def release(self, jobs: Sequence[Job], *, now: datetime) -> None:
        """Give unstarted jobs back without counting the attempt (graceful drain)."""
        if jobs:
            await self._db.write(lambda c: claims.release(c, jobs, now=now))

    async def get(self, ref: MessageRef) -> Job | None:
        """Return the job of one message."""
        row = await self._db.row(select(queue).where(is_ref(queue, ref)))
        return None if row is None else job_of(row)

    async def jobs(
        self,
        *,
        state: JobState | None = None,
        mailbox: str = "",
        limit: int = 100,
        after_id: int = 0,
        ids: Sequence[int] | None = None,
        mailboxes: Sequence[str] | None = None,
        domains: Sequence[str] | None = None,
    ) -> tuple[Job, ...]:
        """List jobs by id; `ids` keeps only those, `mailboxes` and `domains` restrict as in `AnalysisQuery`."""
        seen = names_of(mailboxes, domains)
        found = listed(*JOB, state=state, mailbox=mailbox, after_id=after_id, limit=limit, **seen)
        if ids is not None:
            found = found.where(queue.c.id.in_(ids))
        return tuple(job_of(row) for row in await self._db.rows(found))

    async def page(
        self,
        *,
        now: datetime,
        state: JobState | None = None,
        mailbox: str = "",
        limit: int = 100,
        after_id: int = 0,
        mailboxes: Sequence[str] | None = None,
        domains: Sequence[str] | None = None,
    ) -> QueuePage:
        """Return `depth` and `jobs` of one moment."""
        seen = names_of(mailboxes, domains)
        # One more than is shown tells whether another page follows.
        found = listed(*self._text, state=state, mailbox=mailbox, after_id=after_id, limit=limit + 1, **seen)

        async def work(connection: AsyncConnection) -> QueuePage:
            whole = await queue_depth.depth(connection, now=now, **seen)
            rows = (await connection.execute(found)).all()
            shown = rows[:limit]
            following = shown[-1].id if len(rows) > limit else None
            return QueuePage(depth=whole, jobs=tuple(row.text for row in shown), next_after_id=following)

        return await self._db.read(work)

    async def set_state(self, ids: Sequence[int], *, state: JobState, now: datetime) -> int:
        """Retry (failed or cancelled -> pending) or cancel (pending or failed -> cancelled); return how many moved."""
        allowed_from = {
            JobState.PENDING: (JobState.FAILED, JobState.CANCELLED),
            JobState.CANCELLED: (JobState.PENDING, JobState.FAILED),
        }
        if state not in allowed_from:
            raise InputError("A job can only be retried (pending) or cancelled.")
        movable = and_(queue.c.id.in_(ids), queue.c.state.in_([s.value for s in allowed_from[state]]))
        values = {"state": state.value, "wake_at": None, "updated_at": now}
        if state is JobState.PENDING:
            values |= enqueue.RUN_AGAIN | {"not_before": now}
        return await self._db.change(update(queue).where(movable).values(**values))

    async def forget_ended(self, *, before: datetime) -> int:
        """Remove jobs that failed or were cancelled before then, and return how many."""
        ended = queue.c.state.in_([JobState.FAILED.value, JobState.CANCELLED.value])
        return await self._db.change(delete(queue).where(ended, queue.c.updated_at < before))

    async def depth(
        self, *, now: datetime, mailboxes: Sequence[str] | None = None, domains: Sequence[str] | None = None
    ) -> QueueDepth:
        """Count jobs by state, those done as messages with an analysis, even if they wait for another.

        `mailboxes` and `domains` restrict as in `AnalysisQuery`.
        """
        return await self._db.read(lambda c: queue_depth.depth(c, now=now, mailboxes=mailboxes, domains=domains))

    async def flow(
        self,
        *,
        now: datetime,
        since: datetime,
        mailboxes: Sequence[str] | None = None,
        domains: Sequence[str] | None = None,
    ) -> QueueFlow:
        """Return how many jobs came and went since then, for a plot; restricted as `depth`."""
        return await self._db.read(lambda c: read_flow(c, now=now, since=since, mailboxes=mailboxes, domains=domains))
