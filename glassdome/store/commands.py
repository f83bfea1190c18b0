"""Commands in mail: each runs once, one-time values count once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.rows import is_ref, key_of, ref_of, ref_row
from glassdome.store.schema import commands, nonces
from glassdome.values.action import ActionState
from glassdome.values.agent import CommandRecord
from glassdome.values.refs import MessageRef

__all__ = ["Commands"]

_FIELDS = ("message_id", "sender", "command", "detail", "created_at", "updated_at")


class Commands(Store):
    """Commands in mail run once: keyed by MessageRef and by Message-ID, whichever is seen first."""

    async def begin(self, record: CommandRecord) -> bool:
        """Record a command as begun; False when it was seen before. Mail without a Message-ID is known by its ref."""
        key = key_of(record.message_id or str(record.ref))
        row = ref_row(record.ref) | {name: getattr(record, name) for name in _FIELDS}
        row |= {"message_key": key, "state": record.state.value}
        same_id = (commands.c.mailbox == record.ref.mailbox) & (commands.c.message_key == key)

        async def work(connection: AsyncConnection) -> bool:
            seen = select(commands.c.id).where(or_(is_ref(commands, record.ref), same_id))
            if (await connection.execute(seen)).first() is not None:
                return False
            return await _inserted(connection, insert(commands).values(**row))

        return await self._db.write(work)

    async def finish(self, ref: MessageRef, *, state: ActionState, detail: str, now: datetime) -> None:
        """Record the outcome."""
        values = {"state": state.value, "detail": detail, "updated_at": now}
        await self._db.change(update(commands).where(is_ref(commands, ref)).values(**values))

    async def get(self, ref: MessageRef) -> CommandRecord | None:
        """Return the record of one message's command."""
        row = await self._db.row(select(commands).where(is_ref(commands, ref)))
        return None if row is None else _record_of(row)

    async def list(
        self, *, mailbox: str = "", state: ActionState | None = None, limit: int = 100
    ) -> tuple[CommandRecord, ...]:
        """Return commands, newest first, all or those in a state."""
        found = select(commands).order_by(commands.c.created_at.desc(), commands.c.id.desc()).limit(limit)
        found = found.where(commands.c.state == state.value) if state is not None else found
        rows = await self._db.rows(found.where(commands.c.mailbox == mailbox) if mailbox else found)
        return tuple(_record_of(row) for row in rows)

    async def use_nonce(self, nonce: str, *, expires: datetime, now: datetime) -> bool:
        """Use up a one-time value; False when it was used before. Values past `expires` are forgotten."""

        async def work(connection: AsyncConnection) -> bool:
            await connection.execute(delete(nonces).where(nonces.c.expires_at < now))
            return await _inserted(connection, insert(nonces).values(nonce_key=key_of(nonce), expires_at=expires))

        return await self._db.write(work)

    async def was_used(self, nonce: str) -> bool:
        """Return whether a one-time value was used up."""
        return await self._db.row(select(nonces.c.nonce_key).where(nonces.c.nonce_key == key_of(nonce))) is not None


async def _inserted(connection: AsyncConnection, statement: Any) -> bool:
    """Insert, and return whether the keys were free."""
    try:
        async with connection.begin_nested():
            await connection.execute(statement)
    except IntegrityError:
        return False
    return True


def _record_of(row: Row[Any]) -> CommandRecord:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return CommandRecord(ref=ref_of(row), state=ActionState(row.state), **fields)
