"""Stores the last opt-in of each mailbox, as mailcow and the settings gave it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.schema import opt_ins
from glassdome.store.upsert import upsert

__all__ = ["OptIns"]


#: Stands before the mailbox where the word is the settings'; no address begins so.
_SETTINGS: Final = "//settings/"


class OptIns(Store):
    """The last opt-in of each mailbox, as mailcow and the settings gave it."""

    async def opt_ins(self, *, by_settings: bool = False) -> Mapping[str, bool]:
        """Return mailbox -> the last word of one of the two."""
        rows = await self._db.rows(select(opt_ins))
        theirs = [row for row in rows if row.mailbox.startswith(_SETTINGS) is by_settings]
        return {row.mailbox.removeprefix(_SETTINGS): row.wanted for row in theirs}

    async def set_opt_in(self, mailbox: str, *, wanted: bool, now: datetime, by_settings: bool = False) -> None:
        """Store the word."""
        row = {"mailbox": f"{_SETTINGS}{mailbox}" if by_settings else mailbox, "wanted": wanted, "updated_at": now}

        async def work(connection: AsyncConnection) -> None:
            await upsert(connection, opt_ins, [row], keys=("mailbox",), replace=("wanted", "updated_at"))

        await self._db.write(work)
