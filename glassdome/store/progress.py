"""Stores the progress of tasks, and the pace that all processes share. Reading positions are `cursors`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Connections
from glassdome.store.schema import paces, progress
from glassdome.store.upsert import upsert

__all__ = ["Progress"]


class Progress:
    """The progress of a task is a number whose meaning is the task's own, for one mailbox or for all (`""`)."""

    def __init__(self, connections: Connections) -> None:
        """Share the store's connections."""
        self._db = connections

    async def reached(self, task: str, mailbox: str = "") -> int | None:
        """Return how far a task got, None where it never began."""
        row = await self._db.row(select(progress).where(progress.c.mailbox == mailbox, progress.c.task == task))
        return None if row is None else int(row.reached)

    async def set_reached(self, task: str, reached: int, *, mailbox: str = "", now: datetime) -> None:
        """Store how far a task got."""
        row = {"mailbox": mailbox, "task": task, "reached": reached, "updated_at": now}
        changes = ("reached", "updated_at")
        await self._db.write(lambda c: upsert(c, progress, [row], keys=("mailbox", "task"), replace=changes))

    async def reserve_slot(self, name: str, *, lasting: timedelta, now: datetime) -> datetime:
        """Take so much time of something that all processes share, if it is free, and return `now`; else when it will be."""

        async def work(connection: AsyncConnection) -> datetime:
            free = await _free_at(connection, name) or now
            if free <= now:
                await _take(connection, name, now + lasting)
            return max(now, free)

        return await self._db.write(work)

    async def shorten_slot(self, name: str, *, unused: timedelta) -> None:
        """Give back unused slots."""

        async def work(connection: AsyncConnection) -> None:
            free = await _free_at(connection, name)
            if free is not None and unused:
                await _take(connection, name, free - unused)

        await self._db.write(work)


async def _free_at(connection: AsyncConnection, name: str) -> datetime | None:
    """Return when the turns taken so far are over, and keep others from taking one until the transaction ends."""
    row = (await connection.execute(select(paces).where(paces.c.name == name).with_for_update())).first()
    return None if row is None else row.free_at


async def _take(connection: AsyncConnection, name: str, until: datetime) -> None:
    await upsert(connection, paces, [{"name": name, "free_at": until}], keys=("name",), replace=("free_at",))
