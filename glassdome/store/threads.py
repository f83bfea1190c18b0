"""Stores threads and the turns of their mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.threads import ThreadPage, ThreadQuery
from glassdome.store import thread_forget
from glassdome.store.actions import key_of
from glassdome.store.connections import Store
from glassdome.store.cursors import locked_cursor, write_cursor
from glassdome.store.events import record_events
from glassdome.store.keywords import plan_keyword, replan_removed
from glassdome.store.paging import after, cursor_of, place_of
from glassdome.store.reminders import plan_reminder
from glassdome.store.restrict import visible_to
from glassdome.store.rows import ref_of, ref_row
from glassdome.store.schema import preferences, progress, thread_names, thread_turns, threads
from glassdome.store.thread_forget import READ
from glassdome.store.thread_link import lock_mailbox, stale, take
from glassdome.store.thread_rows import stored_thread, thread_values, turn_of_row
from glassdome.store.upsert import upsert
from glassdome.values.event import waiting_event
from glassdome.values.refs import Cursor, MessageRef
from glassdome.values.thread import Owner, Thread, Turn
from glassdome.values.thread_mail import DueThread, Mark, Placed, Reminder, StoredThread, ThreadMail

__all__ = ["Threads"]

#: Turns of a thread that are read, the newest; longer threads are lists.
MAX_TURNS: Final = 200
#: Addresses of an owner that are known from sent mail.
_MAX_OWN: Final = 20


class Threads(Store):
    """The threads of the mailboxes whose owners want them."""

    async def mailboxes(self) -> tuple[str, ...]:
        """Return the mailboxes whose threads are followed."""
        on = (preferences.c.chosen.is_(True), preferences.c.auto_analysis.is_(True), preferences.c.threads.is_(True))
        rows = await self._db.rows(select(preferences.c.username).where(*on).order_by(preferences.c.username))
        return tuple(row.username for row in rows)

    async def owner(self, mailbox: str) -> Owner:
        """Return the addresses that the owner was seen to write from, the mailbox's own among them."""
        mine = and_(thread_turns.c.mailbox == mailbox, thread_turns.c.mine.is_(True))
        times = func.count().label("times")
        found = select(thread_turns.c.author, times).where(mine).group_by(thread_turns.c.author)
        rows = await self._db.rows(found.order_by(times.desc()).limit(_MAX_OWN))
        newest = select(thread_turns.c.turn).where(mine).order_by(thread_turns.c.id.desc()).limit(1)
        last = await self._db.row(newest)
        addresses = frozenset({mailbox.lower(), *(row.author for row in rows)} - {""})
        return Owner(addresses=addresses, name=turn_of_row(last).author_name if last is not None else "")

    async def known(self, mailbox: str, message_ids: Sequence[str]) -> Mapping[str, Turn]:
        """Return the turns that are there under these Message-IDs."""
        keys = [key_of(message_id) for message_id in message_ids if message_id]
        here = (thread_turns.c.mailbox == mailbox, thread_turns.c.message_key.in_(keys))
        return {row.message_id: turn_of_row(row) for row in await self._db.rows(select(thread_turns).where(*here))}

    async def read(
        self,
        mailbox: str,
        mails: Sequence[ThreadMail],
        placed: Sequence[Placed],
        *,
        key: str,
        before: Cursor | None,
        after: Cursor,
        now: datetime,
    ) -> bool:
        """Store what a folder holds and move its cursor `key` from `before` to `after` in one transaction.

        False, with nothing stored, where the cursor is not at `before` any more, or the owner wants no threads.
        """

        async def work(connection: AsyncConnection) -> bool:
            if not await lock_mailbox(connection, mailbox):
                return False
            if await locked_cursor(connection, mailbox, key) != before:
                return False
            for mail in mails:
                await take(connection, mail, now=now)
            for place in placed:
                await _place(connection, place, now=now)
            await write_cursor(connection, mailbox, key, after, now=now)
            return True

        return await self._db.write(work)

    async def is_read(self, mailbox: str) -> bool:
        """Return whether all folders of the mailbox were read once."""
        there = (progress.c.mailbox == mailbox, progress.c.task == READ)
        return await self._db.row(select(progress.c.reached).where(*there)) is not None

    async def all_read(self, mailbox: str, *, now: datetime) -> None:
        """Say that the folders were read once: from now on the states of threads are computed."""
        row = {"mailbox": mailbox, "task": READ, "reached": 1, "updated_at": now}

        async def work(connection: AsyncConnection) -> None:
            if await lock_mailbox(connection, mailbox):
                await upsert(connection, progress, [row], keys=("mailbox", "task"))

        await self._db.write(work)

    async def due(self, *, now: datetime, limit: int, mailbox: str = "") -> tuple[DueThread, ...]:
        """Return threads whose state must be computed, longest due first."""
        ready = select(progress.c.mailbox).where(progress.c.task == READ)
        found = select(threads).where(threads.c.look_at <= now, threads.c.mailbox.in_(ready))
        if mailbox:
            found = found.where(threads.c.mailbox == mailbox)

        async def work(connection: AsyncConnection) -> tuple[DueThread, ...]:
            rows = (await connection.execute(found.order_by(threads.c.look_at, threads.c.id).limit(limit))).all()
            return tuple([_due(row, await _turns(connection, row.id)) for row in rows])

        return await self._db.read(work)

    async def settle(
        self,
        due: DueThread,
        thread: Thread,
        *,
        message: MessageRef | None,
        marks: Sequence[Mark],
        look_at: datetime | None,
        reminder: Reminder | None = None,
        now: datetime,
    ) -> bool:
        """Store the state that was computed, and plan the keywords by which it differs from the one before.

        A reminder is planned unless there was one since the others' last mail.

        False, with nothing stored, where the turns changed meanwhile.
        """
        this = (threads.c.id == due.id, threads.c.revision == due.revision)
        values = thread_values(thread, message) | {"marks": tuple(marks), "look_at": look_at, "updated_at": now}

        async def work(connection: AsyncConnection) -> bool:
            if (await connection.execute(update(threads).where(*this).values(**values))).rowcount != 1:
                return False
            for mark, add in _changes(due, marks):
                await plan_keyword(connection, mark.ref, mark.keyword, add=add, message_id=mark.message_id, now=now)
            if reminder is not None:
                await plan_reminder(connection, reminder, now=now)
            if thread.debt is not None:
                await record_events(connection, [waiting_event(thread, mailbox=due.mailbox, now=now)])
            return True

        return await self._db.write(work)

    async def drop(self, due: DueThread) -> None:
        """Take away a thread that has no turns left."""
        empty = ~select(thread_turns.c.id).where(thread_turns.c.thread == due.id).exists()
        this = (threads.c.id == due.id, threads.c.revision == due.revision, empty)

        async def work(connection: AsyncConnection) -> None:
            if (await connection.execute(delete(threads).where(*this))).rowcount:
                await connection.execute(delete(thread_names).where(thread_names.c.thread == due.id))

        await self._db.write(work)

    async def list(self, query: ThreadQuery) -> ThreadPage:
        """Return one page; raises InvalidQuery for a cursor that is not ours."""
        rows = await self._db.rows(_page(query))
        shown = rows[: query.limit]
        following = cursor_of(shown[-1].last_at, shown[-1].id) if len(rows) > query.limit else ""
        return ThreadPage(items=tuple(stored_thread(row) for row in shown), next_cursor=following)

    async def get(self, mailbox: str, thread_id: str) -> tuple[StoredThread, tuple[Turn, ...]] | None:
        """Return the thread of that name, or of which a mail with that Message-ID is, with its turns, oldest first."""
        named = select(thread_names.c.thread).where(
            thread_names.c.mailbox == mailbox, thread_names.c.name_key.in_([key_of(thread_id), thread_id])
        )

        async def work(connection: AsyncConnection) -> tuple[StoredThread, tuple[Turn, ...]] | None:
            row = (
                await connection.execute(select(threads).where(threads.c.id.in_(named), threads.c.state != ""))
            ).first()
            return None if row is None else (stored_thread(row), await _turns(connection, row.id))

        return await self._db.read(work)

    async def forget(self, *, before: datetime) -> int:
        """Erase the turns of mail older than that, and threads without any; return how many turns went."""
        return await thread_forget.forget_before(self._db, before)


def _page(query: ThreadQuery) -> Select[Any]:
    table = threads.c
    found: list[ColumnElement[bool]] = visible_to(table.mailbox, query.mailboxes, query.domains, table.domain)
    found.append(table.state == query.state.value if query.state is not None else table.state != "")
    if query.mailbox:
        found.append(table.mailbox == query.mailbox)
    if query.cursor:
        found.append(after(place_of(query.cursor), table.last_at, table.id))
    return select(threads).where(*found).order_by(table.last_at.desc(), table.id.desc()).limit(query.limit + 1)


def _due(row: Row[Any], turns: tuple[Turn, ...]) -> DueThread:
    return DueThread(
        id=row.id,
        mailbox=row.mailbox,
        thread_id=row.thread_id,
        subject=row.subject,
        revision=row.revision,
        turns=turns,
        marks=row.marks,
    )


async def _turns(connection: AsyncConnection, thread: int) -> tuple[Turn, ...]:
    newest = select(thread_turns).where(thread_turns.c.thread == thread)
    newest = newest.order_by(thread_turns.c.at.desc(), thread_turns.c.id.desc()).limit(MAX_TURNS)
    return tuple(turn_of_row(row) for row in reversed((await connection.execute(newest)).all()))


async def _place(connection: AsyncConnection, place: Placed, *, now: datetime) -> None:
    """Write down where a mail lies now; the marks of its thread follow when its state is computed."""
    same = (thread_turns.c.mailbox == place.ref.mailbox, thread_turns.c.message_key == key_of(place.message_id))
    row = (await connection.execute(select(thread_turns).where(*same))).first()
    if row is None or ref_of(row) == place.ref:
        return
    moved = ref_row(place.ref) | {"turn": replace(turn_of_row(row), ref=place.ref)}
    await connection.execute(update(thread_turns).where(thread_turns.c.id == row.id).values(**moved))
    await replan_removed(connection, ref_of(row), place.ref, message_id=place.message_id, now=now)
    await stale(connection, [row.thread])


def _changes(due: DueThread, marks: Sequence[Mark]) -> list[tuple[Mark, bool]]:
    """Return the marks to take away, where their mails lie now, and those to set; a mail that moved keeps its mark."""
    places = {turn.message_id: turn.ref for turn in due.turns if turn.message_id}
    kept = {(mark.keyword, mark.message_id) for mark in marks}
    gone = [mark for mark in due.marks if (mark.keyword, mark.message_id) not in kept]
    moved = [replace(mark, ref=places.get(mark.message_id, mark.ref)) for mark in gone]
    return [(mark, False) for mark in moved] + [(mark, True) for mark in marks if mark not in due.marks]
