"""What mailcow last said of each mailbox's opt-in (`ports.store.OptInStore`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Connections
from glassdome.store.schema import opt_ins
from glassdome.store.upsert import upsert

__all__ = ["OptIns"]


class OptIns:
    """Implements `ports.store.OptInStore`."""

    def __init__(self, connections: Connections) -> None:
        """Share the store's connections."""
        self._db = connections

    async def opt_ins(self) -> Mapping[str, bool]:
        """Return mailbox -> the last word."""
        return {row.mailbox: row.wanted for row in await self._db.rows(select(opt_ins))}

    async def set_opt_in(self, mailbox: str, *, wanted: bool, now: datetime) -> None:
        """Store the word."""
        row = {"mailbox": mailbox, "wanted": wanted, "updated_at": now}

        async def work(connection: AsyncConnection) -> None:
            await upsert(connection, opt_ins, [row], keys=("mailbox",), replace=("wanted", "updated_at"))

        await self._db.write(work)
