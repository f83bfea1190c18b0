"""Writing profiles of owners, one row per mailbox and language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.schema_replies import profiles
from glassdome.values.profile import WritingProfile

__all__ = ["Profiles"]

_FIELDS = tuple(each.name for each in fields(WritingProfile))


class Profiles(Store):
    """The writing profiles."""

    async def of(self, mailbox: str) -> Mapping[str, WritingProfile]:
        """Return language -> profile of one mailbox."""
        rows = await self._db.rows(select(profiles).where(profiles.c.mailbox == mailbox))
        return {row.language: WritingProfile(**{name: getattr(row, name) for name in _FIELDS}) for row in rows}

    async def learned_at(self, mailbox: str) -> datetime | None:
        """Return when the mailbox's profile was learned, None where there is none."""
        found = select(profiles.c.updated_at).where(profiles.c.mailbox == mailbox).limit(1)
        row = await self._db.row(found)
        return None if row is None else row.updated_at

    async def replace(self, mailbox: str, learned: Sequence[WritingProfile], *, now: datetime) -> None:
        """Store these profiles in the place of the earlier ones."""
        rows = [
            {"mailbox": mailbox, "updated_at": now} | {name: getattr(each, name) for name in _FIELDS}
            for each in learned
        ]

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(profiles).where(profiles.c.mailbox == mailbox))
            if rows:
                await connection.execute(insert(profiles), rows)

        await self._db.write(work)

    async def forget(self, mailbox: str) -> int:
        """Erase the profiles of a mailbox and return how many there were."""
        return await self._db.change(delete(profiles).where(profiles.c.mailbox == mailbox))
