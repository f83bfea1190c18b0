"""How far each folder was read (`ports.store.CursorStore`)."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Connections
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


class Cursors:
    """Implements `ports.store.CursorStore`."""

    def __init__(self, connections: Connections) -> None:
        """Share the store's connections."""
        self._db = connections

    async def get_cursor(self, mailbox: str, folder: str) -> Cursor | None:
        """Return the cursor, None at first sight."""
        row = await self._db.row(select(cursors).where(cursors.c.mailbox == mailbox, cursors.c.folder == folder))
        return None if row is None else Cursor(uid_validity=row.uid_validity, last_uid=row.last_uid)

    async def set_cursor(self, mailbox: str, folder: str, cursor: Cursor, *, now: datetime) -> None:
        """Store the cursor."""
        await self._db.write(lambda c: write_cursor(c, mailbox, folder, cursor, now=now))

    async def take_turn(self, name: str, *, lasting: timedelta, now: datetime) -> datetime:
        """Reserve time of something that all processes share, and return when it begins: now, or behind the others'."""

        async def work(connection: AsyncConnection) -> datetime:
            # The row holds when the turns taken so far are over, in milliseconds since 1970.
            taken = await locked_cursor(connection, "", name)
            free = datetime.fromtimestamp(taken.last_uid / 1000, UTC) if taken is not None else now
            begins = max(now, free)
            ends = Cursor(uid_validity=1, last_uid=math.ceil((begins + lasting).timestamp() * 1000))
            await write_cursor(connection, "", name, ends, now=now)
            return begins

        return await self._db.write(work)
