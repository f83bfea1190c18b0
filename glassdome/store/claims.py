"""Leases: claiming, renewing, giving back, and taking back what a dead worker held."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.core.limits import MAX_ATTEMPTS
from glassdome.store.events import record_events
from glassdome.store.rows import job_of, ref_of
from glassdome.store.schema import queue
from glassdome.values.event import failed_event
from glassdome.values.job import WORKER_ENDED, Job, JobState

__all__ = ["POISON", "claim", "end", "held", "release", "renew"]

#: The error code of a job whose worker died each time it was tried.
POISON: Final = "poison"
#: Leases and back-offs whose end is seen to by one claim, so that its transaction stays short.
_WAKE_BATCH: Final = 200
_FREE: dict[str, Any] = {"lease_owner": "", "lease_token": "", "lease_until": None}


def held(job: Job) -> ColumnElement[bool]:
    """Return the condition that the job is still leased under our token."""
    return and_(queue.c.id == job.id, queue.c.state == JobState.LEASED.value, queue.c.lease_token == job.lease_token)


async def claim(
    connection: AsyncConnection, owner: str, *, limit: int, lease: timedelta, now: datetime, idle: bool
) -> tuple[Job, ...]:
    """Lease up to `limit` jobs; rows that another worker is claiming are skipped, not waited for.

    A suspected job is leased alone, to a worker that has nothing else to do; nothing behind it overtakes it.
    """
    await _wake(connection, now)
    ready = (
        select(queue)
        .where(queue.c.state == JobState.PENDING.value, queue.c.wake_at.is_(None))
        .order_by(queue.c.priority, queue.c.turn, queue.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    waiting = [job_of(row) for row in await connection.execute(ready)]
    found = list(takewhile(lambda job: not job.is_suspected, waiting)) or (waiting[:1] if idle else [])
    if not found:
        return ()
    token, until = secrets.token_hex(16), now + lease
    await connection.execute(
        update(queue)
        .where(queue.c.id.in_([job.id for job in found]))
        .values(
            state=JobState.LEASED.value,
            attempts=queue.c.attempts + 1,
            lease_owner=owner,
            lease_token=token,
            lease_until=until,
            wake_at=until,
            updated_at=now,
        )
    )
    leased: dict[str, Any] = {
        "state": JobState.LEASED,
        "lease_owner": owner,
        "lease_token": token,
        "lease_until": until,
    }
    return tuple(replace(job, **leased, attempts=job.attempts + 1, updated_at=now) for job in found)


async def _wake(connection: AsyncConnection, now: datetime) -> None:
    """Return what waited long enough or lost its worker; a job that killed every worker ends as failed."""
    due = select(queue).where(queue.c.wake_at <= now)
    rows = (await connection.execute(due.limit(_WAKE_BATCH).with_for_update(skip_locked=True))).all()
    poison = [r for r in rows if r.state == JobState.LEASED.value and r.attempts >= MAX_ATTEMPTS]
    lost = [r.id for r in rows if r.state == JobState.LEASED.value and r.attempts < MAX_ATTEMPTS]
    waited = [r.id for r in rows if r.state != JobState.LEASED.value]
    back = {"state": JobState.PENDING.value, "wake_at": None, "updated_at": now}
    ended = {"error_code": WORKER_ENDED, "error": "Its worker ended while analysing this message."}
    for ids, why in ((waited, {}), (lost, ended)):
        if ids:
            await connection.execute(update(queue).where(queue.c.id.in_(ids)).values(**_FREE, **back, **why))
    if poison:
        sentence = f"Its worker ended {MAX_ATTEMPTS} times while analysing this message."
        which = queue.c.id.in_([r.id for r in poison])
        await end(connection, which, JobState.FAILED, code=POISON, sentence=sentence, now=now)
        await record_events(connection, [failed_event(ref_of(r), code=POISON, now=now) for r in poison])


async def end(
    connection: AsyncConnection, which: ColumnElement[bool], state: JobState, *, code: str, sentence: str, now: datetime
) -> int:
    """End jobs with a reason; return how many."""
    over = {"state": state.value, "wake_at": None, "error_code": code, "error": sentence, "updated_at": now}
    return int((await connection.execute(update(queue).where(which).values(**_FREE, **over))).rowcount)


async def renew(connection: AsyncConnection, jobs: Sequence[Job], *, lease: timedelta, now: datetime) -> frozenset[int]:
    """Extend the leases still held and return their ids."""
    tokens = {job.lease_token for job in jobs}
    ours = and_(
        queue.c.id.in_([job.id for job in jobs]),
        queue.c.state == JobState.LEASED.value,
        queue.c.lease_token.in_(tokens),
    )
    until = now + lease
    await connection.execute(update(queue).where(ours).values(lease_until=until, wake_at=until, updated_at=now))
    return frozenset((await connection.execute(select(queue.c.id).where(ours))).scalars())


async def release(connection: AsyncConnection, jobs: Sequence[Job], *, now: datetime) -> None:
    """Give jobs back as if never claimed."""
    for job in jobs:
        uncounted = case((queue.c.attempts > 0, queue.c.attempts - 1), else_=0)
        back = {"state": JobState.PENDING.value, "wake_at": None, "updated_at": now, "attempts": uncounted}
        await connection.execute(update(queue).where(held(job)).values(**_FREE, **back))
