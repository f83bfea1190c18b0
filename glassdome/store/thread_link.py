"""Puts a mail into its thread: by the Message-IDs it refers to, else by subject and people (RFC 5256 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.rows import is_ref
from glassdome.store.schema import preferences, thread_names, thread_turns, threads
from glassdome.store.thread_rows import (
    message_key,
    name_keys,
    new_thread_row,
    people_of,
    place_key,
    subject_key,
    turn_row,
)
from glassdome.store.upsert import upsert
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Turn
from glassdome.values.thread_mail import ThreadMail

__all__ = ["AT_ONCE", "UNTOLD", "correct", "lock_mailbox", "stale", "take"]

#: A moment that has come.
AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: A thread whose model's summary must be written from its mails again; the one so far may cover mails that are gone.
UNTOLD: Final[dict[str, Any]] = {"prose": None, "prose_by": None, "prose_turn": None, "prose_due": AT_ONCE}
#: How far apart two mails of one subject may lie and still be one conversation.
_SAME_TALK: Final = timedelta(days=30)
#: Threads of one subject that are looked at, the newest.
_CANDIDATES: Final = 20


async def lock_mailbox(connection: AsyncConnection, mailbox: str) -> bool:
    """Keep others from linking mails of this mailbox until the transaction ends; return whether its owner wants threads."""
    own = select(preferences.c.threads, preferences.c.chosen).where(preferences.c.username == mailbox)
    row = (await connection.execute(own.with_for_update())).first()
    return row is not None and row.threads and row.chosen


async def take(connection: AsyncConnection, mail: ThreadMail, *, now: datetime) -> bool:
    """Store a mail's turn and say that its thread's state must be computed; False where nothing is new.

    The caller holds `lock_mailbox`. A mail under the Message-ID of another one's is a mail of its own.
    """
    key = message_key(mail.turn)
    old = await _turn(connection, mail.turn, key)
    if old is not None and (old.author, old.mine) != (mail.turn.author.lower(), mail.turn.mine):
        key = place_key(mail.turn.ref)
        old = await _turn(connection, mail.turn, key)
    if old is not None and old.turn == mail.turn:
        return False
    row = turn_row(mail, key)
    if old is not None:
        await connection.execute(update(thread_turns).where(thread_turns.c.id == old.id).values(**row))
        await _grow(connection, old.thread, mail.turn, now=now, by=0)
        return True
    thread = await _thread_for(connection, mail, key, now=now)
    await connection.execute(insert(thread_turns).values(**row, thread=thread))
    named = [{"mailbox": mail.turn.ref.mailbox, "name_key": name, "thread": thread} for name in name_keys(mail, key)]
    await upsert(connection, thread_names, named, keys=("mailbox", "name_key"))
    await _grow(connection, thread, mail.turn, now=now, by=1)
    return True


async def correct(connection: AsyncConnection, ref: MessageRef, *, suspected: bool) -> None:
    """Let a mail that a person calls junk count for nothing in its thread, or count again as it was read."""
    rows = (await connection.execute(select(thread_turns).where(is_ref(thread_turns, ref)))).all()
    for row in rows:
        if row.turn.suspected is not suspected:
            turn = replace(row.turn, suspected=suspected)
            await connection.execute(update(thread_turns).where(thread_turns.c.id == row.id).values(turn=turn))
            await stale(connection, [row.thread])
            await connection.execute(update(threads).where(threads.c.id == row.thread).values(**UNTOLD))


async def stale(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Say that the states of these threads must be computed, since their turns changed."""
    values = {"revision": threads.c.revision + 1, "look_at": AT_ONCE}
    await connection.execute(update(threads).where(threads.c.id.in_(ids)).values(**values))


async def _turn(connection: AsyncConnection, turn: Turn, key: str) -> Row[Any] | None:
    here = (thread_turns.c.mailbox == turn.ref.mailbox, thread_turns.c.message_key == key)
    return (await connection.execute(select(thread_turns).where(*here))).first()


async def _grow(connection: AsyncConnection, thread: int, turn: Turn, *, now: datetime, by: int) -> None:
    found = (await connection.execute(select(threads).where(threads.c.id == thread))).one()
    values: dict[str, Any] = {"mails": found.mails + by, "people": people_of(turn, found.people)}
    values |= {
        "last_at": max(found.last_at, turn.at),
        "revision": found.revision + 1,
        "look_at": AT_ONCE,
        "updated_at": now,
        **({"prose_due": now} if by else UNTOLD),
    }
    await connection.execute(update(threads).where(threads.c.id == thread).values(**values))


async def _thread_for(connection: AsyncConnection, mail: ThreadMail, key: str, *, now: datetime) -> int:
    found = await _by_names(connection, mail, key) or await _by_subject(connection, mail)
    if not found:
        new = new_thread_row(mail, key) | {"updated_at": now}
        made = await connection.execute(insert(threads).values(**new))
        return int((made.inserted_primary_key or (0,))[0])
    joined = [row for row in found if _takes_part(mail.turn, row)] or found[:1]
    for row in joined[1:]:
        await _merge(connection, row, into=joined[0])
    return int(joined[0].id)


async def _by_names(connection: AsyncConnection, mail: ThreadMail, key: str) -> Sequence[Row[Any]]:
    """Return the threads of the Message-IDs that link the mail, the oldest first."""
    here = (thread_names.c.mailbox == mail.turn.ref.mailbox, thread_names.c.name_key.in_(name_keys(mail, key)))
    named = select(thread_names.c.thread).where(*here)
    return (await connection.execute(select(threads).where(threads.c.id.in_(named)).order_by(threads.c.id))).all()


async def _by_subject(connection: AsyncConnection, mail: ThreadMail) -> Sequence[Row[Any]]:
    """Return the newest thread of that subject that the author belongs to, where one of both answers a mail unknown to us."""
    key = subject_key(mail.subject)
    if not key:
        return ()
    same = (threads.c.mailbox == mail.turn.ref.mailbox, threads.c.subject_key == key)
    rows = await connection.execute(select(threads).where(*same).order_by(threads.c.last_at.desc()).limit(_CANDIDATES))
    for row in rows.all():
        near = abs(row.last_at - mail.turn.at) <= _SAME_TALK
        if near and (mail.reply or row.begun_by_reply) and _takes_part(mail.turn, row):
            return (row,)
    return ()


def _takes_part(turn: Turn, row: Row[Any]) -> bool:
    """Return whether the author belongs to the thread: a stranger's mail joins no threads, whatever it refers to."""
    people = set(row.people)
    return bool(people & set(people_of(turn))) if turn.mine else turn.author.lower() in people


async def _merge(connection: AsyncConnection, row: Row[Any], *, into: Row[Any]) -> None:
    for table in (thread_turns, thread_names):
        await connection.execute(update(table).where(table.c.thread == row.id).values(thread=into.id))
    kept = (await connection.execute(select(threads).where(threads.c.id == into.id))).one()
    values: dict[str, Any] = {"marks": (*kept.marks, *row.marks), "mails": kept.mails + row.mails}
    values |= {"last_at": max(kept.last_at, row.last_at), "people": tuple(dict.fromkeys((*kept.people, *row.people)))}
    await connection.execute(update(threads).where(threads.c.id == into.id).values(**values, **UNTOLD))
    await connection.execute(delete(threads).where(threads.c.id == row.id))
