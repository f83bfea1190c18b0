"""Adding jobs: unique by message, mailboxes taking turns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.core.limits import MAX_ENQUEUE_BATCH
from glassdome.store.rows import ref_of, ref_row
from glassdome.store.schema import queue
from glassdome.store.upsert import upsert
from glassdome.values.job import JobState, NewJob
from glassdome.values.refs import MessageRef

__all__ = ["REF", "RUN_AGAIN", "enqueue"]

REF = ("mailbox", "folder", "uid_validity", "uid")
#: What a job forgets when it is to run as if new.
RUN_AGAIN: dict[str, Any] = {
    "state": JobState.PENDING.value,
    "wake_at": None,
    "attempts": 0,
    "lease_owner": "",
    "lease_token": "",
    "lease_until": None,
    "error_code": "",
    "error": "",
    "tried_model": "",
    "model_tries": 0,
}


async def enqueue(connection: AsyncConnection, jobs: Sequence[NewJob], *, now: datetime) -> int:
    """Add jobs and return how many are new.

    A known job stays, but one that waits takes the more urgent priority, and a person's wish ends its back-off;
    `force` runs a known job again, behind what its mailbox has waiting, unless it is running now.
    """
    unique = {job.ref: job for job in jobs}
    added = 0
    for chunk in _chunks(list(unique.values())):
        known = await _known(connection, [job.ref for job in chunk])
        new = [job for job in chunk if job.ref not in known]
        await _insert(connection, new, now)
        for job in chunk:
            if job.ref in known:
                await _again(connection, known[job.ref], job, now)
        added += len(new)
    return added


def _chunks(jobs: list[NewJob]) -> Iterator[list[NewJob]]:
    for start in range(0, len(jobs), MAX_ENQUEUE_BATCH):
        yield jobs[start : start + MAX_ENQUEUE_BATCH]


async def _known(connection: AsyncConnection, refs: Sequence[MessageRef]) -> dict[MessageRef, int]:
    """Find which refs have a job, by folder, so that the unique index answers."""
    folders: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for ref in refs:
        folders[ref.mailbox, ref.folder, ref.uid_validity].append(ref.uid)
    parts = [
        and_(
            queue.c.mailbox == mailbox,
            queue.c.folder == folder,
            queue.c.uid_validity == validity,
            queue.c.uid.in_(uids),
        )
        for (mailbox, folder, validity), uids in folders.items()
    ]
    found = await connection.execute(select(queue.c.id, *(queue.c[k] for k in REF)).where(or_(*parts)))
    return {ref_of(row): row.id for row in found}


async def _insert(connection: AsyncConnection, jobs: Sequence[NewJob], now: datetime) -> None:
    rows = []
    for job, turn in zip(jobs, await _turns(connection, jobs), strict=True):
        row = ref_row(job.ref) | RUN_AGAIN | {"reason": job.reason.value, "priority": int(job.priority), "turn": turn}
        rows.append(row | {"forced": job.force, "not_before": now, "enqueued_at": now, "updated_at": now})
    await upsert(connection, queue, rows, keys=REF)


async def _turns(connection: AsyncConnection, jobs: Sequence[NewJob]) -> list[int]:
    """Number each mailbox's jobs onward from its own backlog, but not before the turn the queue has come to.

    Ordered by these numbers, a mailbox with a thousand jobs and one with a single job alternate (start-time fair
    queueing, Goyal et al. 1996).
    """
    next_turn: dict[tuple[str, int], int] = {}
    turns = []
    for job in jobs:
        key = (job.ref.mailbox, int(job.priority))
        if key not in next_turn:
            next_turn[key] = await _first_turn(connection, *key)
        turns.append(next_turn[key])
        next_turn[key] += 1
    return turns


async def _first_turn(connection: AsyncConnection, mailbox: str, priority: int) -> int:
    waiting = and_(queue.c.state == JobState.PENDING.value, queue.c.priority == priority)
    own = select(func.max(queue.c.turn)).where(waiting, queue.c.mailbox == mailbox)
    reached = select(queue.c.turn).where(waiting, queue.c.wake_at.is_(None)).order_by(queue.c.turn).limit(1)
    last = await connection.scalar(own)
    return max(int(last or 0) + 1, int(await connection.scalar(reached) or 0))


async def _again(connection: AsyncConnection, job_id: int, job: NewJob, now: datetime) -> None:
    asked = {"reason": job.reason.value, "priority": int(job.priority), "updated_at": now}
    this = queue.c.id == job_id
    if job.force:
        anew = RUN_AGAIN | {"forced": True, "not_before": now, "enqueued_at": now}
        urgent = and_(queue.c.state == JobState.PENDING.value, queue.c.priority < int(job.priority))
        idle = and_(queue.c.state != JobState.LEASED.value, not_(urgent))
        turn = await _first_turn(connection, job.ref.mailbox, int(job.priority))
        await connection.execute(update(queue).where(this, urgent).values(**anew, updated_at=now))
        await connection.execute(update(queue).where(this, idle).values(**anew, **asked, turn=turn))
        return
    slower = and_(queue.c.state == JobState.PENDING.value, queue.c.priority > int(job.priority))
    await connection.execute(update(queue).where(this, slower).values(**asked, wake_at=None, not_before=now))
