"""Computes the depth of the queue: waiting and failed jobs from an index, done ones from the running totals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.counters.scopes import VERSION, total_of
from glassdome.store.restrict import Names, names_of, visible_to
from glassdome.store.schema import queue
from glassdome.values.job import JobState, QueueDepth

__all__ = ["counted", "depth", "depth_of"]


async def depth(
    connection: AsyncConnection, *, now: datetime, mailboxes: Sequence[str] | None, domains: Sequence[str] | None
) -> QueueDepth:
    """Count jobs by state; those done are as many as there ever was mail, so they are not counted one by one."""
    return depth_of((await connection.execute(counted(**names_of(mailboxes, domains)))).one(), now)


def depth_of(row: Row[Any], now: datetime) -> QueueDepth:
    """Read the row of `counted`."""
    counts = {state.value: int(getattr(row, state.value)) for state in JobState}
    return QueueDepth(**counts, oldest_seconds=max(0.0, (now - (row.oldest or now)).total_seconds()))


@lru_cache(maxsize=256)
def counted(mailboxes: Names, domains: Names) -> Select[Any]:
    """Return the select of the counts, the oldest runnable job and the totals' version.

    It is kept, since making it costs more than running it.
    """
    mine = visible_to(queue.c.mailbox, mailboxes, domains)
    each = [
        select(func.count()).where(queue.c.state == state.value, *mine).scalar_subquery().label(state.value)
        for state in JobState
        if state is not JobState.DONE
    ]
    runnable = and_(queue.c.state == JobState.PENDING.value, queue.c.wake_at.is_(None))
    oldest = select(queue.c.not_before).where(runnable, *mine).order_by(queue.c.not_before).limit(1)
    done = total_of(mailboxes, domains).scalar_subquery()
    return select(*each, done.label(JobState.DONE.value), oldest.scalar_subquery().label("oldest"), VERSION)
