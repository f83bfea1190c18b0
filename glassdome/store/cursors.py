"""Stores the reading position in each folder."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.schema import cursors
from glassdome.store.upsert import upsert
from glassdome.values.refs import Cursor

__all__ = ["Cursors", "locked_cursor", "write_cursor"]


async def write_cursor(
    connection: AsyncConnection, mailbox: str, folder: str, cursor: Cursor, *, now: datetime
) -> None:
    """Store a cursor."""
    row = {"mailbox": mailbox, "folder": folder, "updated_at": now}
    row |= {"uid_validity": cursor.uid_validity, "last_uid": cursor.last_uid}
    changes = ("uid_validity", "last_uid", "updated_at")
    await upsert(connection, cursors, [row], keys=("mailbox", "folder"), replace=changes)


async def locked_cursor(connection: AsyncConnection, mailbox: str, folder: str) -> Cursor | None:
    """Return the cursor, and keep others from moving it until the transaction ends."""
    found = select(cursors).where(cursors.c.mailbox == mailbox, cursors.c.folder == folder).with_for_update()
    row = (await connection.execute(found)).first()
    return None if row is None else Cursor(uid_validity=row.uid_validity, last_uid=row.last_uid)


class Cursors(Store):
    """The reading position in each folder."""

    async def get_cursor(self, mailbox: str, folder: str) -> Cursor | None:
        """Return the cursor, None at first sight."""
        row = await self._db.row(select(cursors).where(cursors.c.mailbox == mailbox, cursors.c.folder == folder))
        return None if row is None else Cursor(uid_validity=row.uid_validity, last_uid=row.last_uid)

    async def set_cursor(self, mailbox: str, folder: str, cursor: Cursor, *, now: datetime) -> None:
        """Store the cursor."""
        await self._db.write(lambda c: write_cursor(c, mailbox, folder, cursor, now=now))

    async def reserve_slot(self, name: str, *, lasting: timedelta, now: datetime) -> datetime:
        """Take so much time of something that all processes share, if it is free, and return `now`; else when it will be."""

        async def work(connection: AsyncConnection) -> datetime:
            # The row holds when the turns taken so far are over, in milliseconds since 1970.
            taken = await locked_cursor(connection, "", name)
            free = datetime.fromtimestamp(taken.last_uid / 1000, UTC) if taken is not None else now
            if free <= now:
                await write_cursor(connection, "", name, _until(now + lasting), now=now)
            return max(now, free)

        return await self._db.write(work)

    async def shorten_slot(self, name: str, *, unused: timedelta, now: datetime) -> None:
        """Give back what was taken and not needed."""

        async def work(connection: AsyncConnection) -> None:
            taken = await locked_cursor(connection, "", name)
            if taken is not None and unused:
                ends = datetime.fromtimestamp(taken.last_uid / 1000, UTC) - unused
                await write_cursor(connection, "", name, _until(ends), now=now)

        await self._db.write(work)


def _until(moment: datetime) -> Cursor:
    return Cursor(uid_validity=1, last_uid=math.ceil(moment.timestamp() * 1000))
