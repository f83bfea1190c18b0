"""The summaries of threads by a language model: claimed when they are due, stored, or given up."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.schema import thread_turns, threads
from glassdome.store.thread_rows import turn_of_row
from glassdome.values.thread_mail import DueProse

__all__ = ["ThreadProses"]

#: Mails told in one call, the newest; the first call of a long thread would not end otherwise.
MAX_TOLD: Final = 20


class ThreadProses(Store):
    """The summaries of all mailboxes.

    A plan stands in its thread's row from the transaction that stored the mail until the text is stored.
    """

    async def claim(self, *, now: datetime, until: datetime) -> DueProse | None:
        """Return a due thread, the longest due first, and leave it to the caller `until` then; None where none is due."""
        due = select(threads).where(threads.c.prose_due <= now, threads.c.state != "")
        oldest = due.order_by(threads.c.prose_due, threads.c.id).limit(1)

        async def work(connection: AsyncConnection) -> DueProse | None:
            row = (await connection.execute(oldest)).first()
            if row is None:
                return None
            this = (threads.c.id == row.id, threads.c.prose_due == row.prose_due)
            taken = await connection.execute(update(threads).where(*this).values(prose_due=until))
            return await _due(connection, row) if taken.rowcount == 1 else None

        return await self._db.write(work)

    async def store(self, due: DueProse, text: str, *, by: str) -> bool:
        """Store the text, which an empty one ends; False, with nothing stored, where the thread's mails changed meanwhile."""
        told: dict[str, Any] = {"prose": text, "prose_by": by, "prose_turn": due.last} if text else dict(_NONE)
        if text == due.before:
            told.pop("prose_by")  # the one who wrote it stays
        this = (threads.c.id == due.id, threads.c.revision == due.revision)

        async def work(connection: AsyncConnection) -> bool:
            changed = await connection.execute(update(threads).where(*this).values(**told, prose_due=None))
            return changed.rowcount == 1

        return await self._db.write(work)


_NONE: Final[dict[str, Any]] = {"prose": None, "prose_by": None, "prose_turn": None}


async def _due(connection: AsyncConnection, row: Row[Any]) -> DueProse:
    here = thread_turns.c.thread == row.id
    untold = select(thread_turns).where(here, thread_turns.c.id > (row.prose_turn or 0))
    found = (await connection.execute(untold.order_by(thread_turns.c.id.desc()).limit(MAX_TOLD))).all()
    others = select(thread_turns.c.id).where(here, thread_turns.c.mine.is_(False)).limit(1)
    turns = sorted((turn_of_row(one) for one in found), key=lambda turn: turn.at)
    return DueProse(
        id=row.id,
        mailbox=row.mailbox,
        subject=row.subject,
        revision=row.revision,
        mails=row.mails,
        before=row.prose or "",
        turns=tuple(turns),
        last=found[0].id if found else row.prose_turn or 0,
        others=(await connection.execute(others)).first() is not None,
    )
