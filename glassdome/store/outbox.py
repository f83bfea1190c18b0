"""Everything sent: a mail goes out at most once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.rows import key_of
from glassdome.store.schema import outbox
from glassdome.values.agent import OutboxEntry, OutboxState

__all__ = ["OutboxTable"]

_FIELDS = (
    "message_id",
    "mailbox",
    "recipients",
    "subject",
    "purpose",
    "detail",
    "created_at",
    "updated_at",
)


class OutboxTable(Store):
    """Everything sent, by Message-ID: at most once, and an outcome that was never learned stays visible."""

    async def plan(self, entry: OutboxEntry) -> bool:
        """Store an entry in state `planned`; False when its Message-ID is already there."""
        key = key_of(entry.message_id)
        row = {name: getattr(entry, name) for name in _FIELDS} | {"message_key": key, "state": entry.state.value}

        async def work(connection: AsyncConnection) -> bool:
            known = select(outbox.c.id).where(outbox.c.message_key == key).with_for_update()
            if (await connection.execute(known)).first() is not None:
                return False
            await connection.execute(insert(outbox).values(**row))
            return True

        return await self._db.write(work)

    async def begin(self, message_id: str, *, now: datetime) -> bool:
        """Take the right to send it (planned or failed -> begun); False when another has it or it went out."""
        free = outbox.c.state.in_([OutboxState.PLANNED.value, OutboxState.FAILED.value])
        this = and_(outbox.c.message_key == key_of(message_id), free)
        return (
            await self._db.change(update(outbox).where(this).values(state=OutboxState.BEGUN.value, updated_at=now)) == 1
        )

    async def finish(self, message_id: str, *, state: OutboxState, now: datetime, detail: str = "") -> None:
        """Record the outcome of a begun entry: sent, failed or unknown."""
        this = and_(outbox.c.message_key == key_of(message_id), outbox.c.state == OutboxState.BEGUN.value)
        await self._db.change(update(outbox).where(this).values(state=state.value, detail=detail, updated_at=now))

    async def get(self, message_id: str) -> OutboxEntry | None:
        """Return one entry."""
        row = await self._db.row(select(outbox).where(outbox.c.message_key == key_of(message_id)))
        return None if row is None else _entry_of(row)

    async def list(
        self, *, mailbox: str = "", state: OutboxState | None = None, limit: int = 100
    ) -> tuple[OutboxEntry, ...]:
        """Return entries, newest first."""
        found = select(outbox).order_by(outbox.c.created_at.desc(), outbox.c.id.desc()).limit(limit)
        if mailbox:
            found = found.where(outbox.c.mailbox == mailbox)
        if state is not None:
            found = found.where(outbox.c.state == state.value)
        return tuple(_entry_of(row) for row in await self._db.rows(found))

    async def count(self, *, mailbox: str, since: datetime, recipient: str = "", purpose: str = "") -> int:
        """Count the mails planned since then that did not fail, for rate limits (RFC 3834 2)."""
        found = select(outbox.c.recipients).where(outbox.c.mailbox == mailbox, outbox.c.created_at >= since)
        found = found.where(outbox.c.state != OutboxState.FAILED.value)
        if purpose:
            found = found.where(outbox.c.purpose == purpose)
        rows = await self._db.rows(found)
        return sum(1 for row in rows if not recipient or recipient.lower() in (r.lower() for r in row.recipients))

    async def abandon(self, *, begun_before: datetime, now: datetime) -> int:
        """Turn entries begun before then into `unknown` (their process died); return how many."""
        stale = and_(outbox.c.state == OutboxState.BEGUN.value, outbox.c.updated_at < begun_before)
        detail = "The process ended while sending; the mail may or may not have gone out."
        values = {"state": OutboxState.UNKNOWN.value, "detail": detail, "updated_at": now}
        return await self._db.change(update(outbox).where(stale).values(**values))


def _entry_of(row: Row[Any]) -> OutboxEntry:
    return OutboxEntry(**{name: getattr(row, name) for name in _FIELDS}, state=OutboxState(row.state))
