"""Stores the reading positions in folders, of every reader."""

from __future__ import annotations

from datetime import datetime

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
