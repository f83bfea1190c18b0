"""Erases threads: of messages, of a mailbox, of a person, by age.

A thread that loses a mail loses every word at once; its state is computed again from the mails left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Connections
from glassdome.store.keywords import plan_keyword
from glassdome.store.schema import cursors, progress, thread_names, thread_turns, threads
from glassdome.store.thread_link import UNTOLD, stale

__all__ = ["CURSORS", "READ", "forget_before", "forget_mailbox", "forget_person", "forget_turns", "stop_reading"]

#: Names of the reading positions of threads, and the task of `llm_progress` that says that all folders were read once.
CURSORS: Final = "//threads/"
READ: Final = "threads"
#: Rows of one transaction, so that workers wait for milliseconds.
STEP: Final = 200
_BLANK: Final = {
    "state": "", "debt": None, "message": None, "due": None, "why": "", "summary": "", "asked_of_me": None,
    "asked_of_them": None, **UNTOLD,
}  # fmt: skip


async def forget_turns(connection: AsyncConnection, *which: ColumnElement[bool]) -> int:
    """Erase these turns and every word of theirs in their threads; return how many there were."""
    rows = (await connection.execute(select(thread_turns.c.id, thread_turns.c.thread).where(*which))).all()
    ids, touched = [row.id for row in rows], sorted({row.thread for row in rows})
    for start in range(0, len(ids), STEP):
        await connection.execute(delete(thread_turns).where(thread_turns.c.id.in_(ids[start : start + STEP])))
    left = set(await connection.scalars(select(thread_turns.c.thread).where(thread_turns.c.thread.in_(touched))))
    await _forget_threads(connection, [thread for thread in touched if thread not in left])
    kept = [thread for thread in touched if thread in left]
    await connection.execute(update(threads).where(threads.c.id.in_(kept)).values(**_BLANK))
    await stale(connection, kept)
    return len(ids)


async def forget_before(db: Connections, before: datetime) -> int:
    """Erase the turns of mail older than that, in small steps; return how many there were."""
    gone = 0
    oldest = select(thread_turns.c.id).where(thread_turns.c.at < before).order_by(thread_turns.c.at).limit(STEP)

    async def work(connection: AsyncConnection) -> int:
        ids = list(await connection.scalars(oldest))
        return await forget_turns(connection, thread_turns.c.id.in_(ids)) if ids else 0

    while step := await db.write(work):
        gone += step
    return gone


async def forget_mailbox(connection: AsyncConnection, mailbox: str, *, now: datetime) -> None:
    """Erase the threads of a mailbox and take their keywords away; nothing of it is read any more."""
    for marks in await connection.scalars(select(threads.c.marks).where(threads.c.mailbox == mailbox)):
        for mark in marks:
            await plan_keyword(connection, mark.ref, mark.keyword, add=False, message_id=mark.message_id, now=now)
    for table in (thread_turns, thread_names, threads):
        await connection.execute(delete(table).where(table.c.mailbox == mailbox))
    await stop_reading(connection, mailbox)


async def stop_reading(connection: AsyncConnection, mailbox: str) -> None:
    """Forget how far the folders were read."""
    ours = (cursors.c.mailbox == mailbox, cursors.c.folder.like(f"{CURSORS}%"))
    await connection.execute(delete(cursors).where(*ours))
    await connection.execute(delete(progress).where(progress.c.mailbox == mailbox, progress.c.task == READ))


async def forget_person(connection: AsyncConnection, person: str, *within: ColumnElement[bool]) -> None:
    """Erase the threads that an address took part in; `within` restricts the table of threads."""
    found = select(threads.c.id, threads.c.people).where(*within).order_by(threads.c.id).limit(STEP)
    last = 0
    while rows := (await connection.execute(found.where(threads.c.id > last))).all():
        last = rows[-1].id
        ids = [row.id for row in rows]
        wrote = select(thread_turns.c.thread).where(thread_turns.c.thread.in_(ids), thread_turns.c.author == person)
        theirs = set(await connection.scalars(wrote)) | {row.id for row in rows if person in row.people}
        await _forget_threads(connection, sorted(theirs))


async def _forget_threads(connection: AsyncConnection, ids: Sequence[int]) -> None:
    for table, column in ((thread_turns, thread_turns.c.thread), (thread_names, thread_names.c.thread)):
        await connection.execute(delete(table).where(column.in_(ids)))
    await connection.execute(delete(threads).where(threads.c.id.in_(ids)))
