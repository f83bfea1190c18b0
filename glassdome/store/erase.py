"""Erasing: analyses with all that hangs on them; a whole mailbox; a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Table, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery
from glassdome.store.connections import Connections
from glassdome.store.counters import counters
from glassdome.store.events import forget_events_of
from glassdome.store.read_model import delete_read_model
from glassdome.store.restrict import visible_to
from glassdome.store.rows import is_ref, ref_of
from glassdome.store.schema import (
    actions,
    analyses,
    answer_rules,
    answered,
    categories,
    commands,
    contacts,
    cursors,
    events,
    feedback,
    outbox,
    profiles,
    progress,
    queue,
    statistics,
    thread_names,
    thread_turns,
    threads,
)
from glassdome.store.schema_owners import marks, own_categories, sender_rules
from glassdome.store.search.selection import conditions
from glassdome.store.thread_forget import CURSORS, READ, forget_person, forget_turns
from glassdome.values.agent import OutboxState
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label

__all__ = ["erase"]

#: Analyses erased in one transaction, so that workers wait for milliseconds.
STEP: Final = 200
_OF_A_MESSAGE: Final = (queue, actions, feedback, marks)
_OF_A_MAILBOX: Final = (
    queue, actions, feedback, contacts, cursors, progress, commands, outbox, statistics, events, thread_turns,
    thread_names, threads, profiles, answer_rules, answered,
)  # fmt: skip


async def erase(db: Connections, query: AnalysisQuery) -> int:
    """Erase what matches and return how many analyses went.

    A query for nothing but a mailbox erases everything of it; one for a person also erases the facts learned about them;
    one for a message also erases its job when it never came to an analysis.
    """
    gone = 0
    while step := await db.write(lambda connection: _step(connection, query)):
        gone += step
    if query == replace(AnalysisQuery(mailbox=query.mailbox), **_restrictions(query)) and query.mailbox:
        await db.write(lambda connection: _mailbox(connection, query))
    if query.person:
        await db.write(lambda connection: _person(connection, query))
    if query.ref is not None and not gone:
        ref = query.ref
        await db.write(lambda connection: _message(connection, ref, query))
    return gone


def _restrictions(query: AnalysisQuery) -> dict[str, Any]:
    """Return the fields for the caller and the page, which select no messages."""
    return {name: getattr(query, name) for name in ("mailboxes", "domains", "limit", "offset", "cursor")}


async def _step(connection: AsyncConnection, query: AnalysisQuery) -> int:
    found = select(analyses).where(*conditions(query))
    if query.category:
        in_category = select(categories.c.analysis_id).where(categories.c.category == query.category)
        found = found.where(analyses.c.id.in_(in_category))
    rows = (await connection.execute(found.order_by(analyses.c.id).limit(STEP).with_for_update())).all()
    if not rows:
        return 0
    if query.ref is not None:
        await _unlearn(connection, query.ref)
    ids = [row.id for row in rows]
    await delete_read_model(connection, ids)
    for table in _OF_A_MESSAGE:
        await connection.execute(delete(table).where(_any_of(table, rows)))
    await forget_events_of(connection, [ref_of(row) for row in rows])
    await forget_turns(connection, _any_of(thread_turns, rows))
    await connection.execute(delete(analyses).where(analyses.c.id.in_(ids)))
    await counters.add(connection, [(dict(row._mapping), -1) for row in rows])
    return len(rows)


async def _unlearn(connection: AsyncConnection, ref: MessageRef) -> None:
    """Undo what the correction of one message taught about its author; expiry by age undoes no lesson."""
    label = (await connection.execute(select(feedback.c.label).where(is_ref(feedback, ref)))).scalar()
    if label in (None, Label.HAM.value):
        return
    author = select(analyses.c.person).where(is_ref(analyses, ref)).scalar_subquery()
    own = (contacts.c.mailbox == ref.mailbox, contacts.c.addr == author)
    await connection.execute(update(contacts).where(*own).values(junked=contacts.c.junked - 1))


def _any_of(table: Table, rows: Sequence[Row[Any]]) -> Any:
    folders: dict[tuple[str, str, int], list[int]] = {}
    for ref in map(ref_of, rows):
        folders.setdefault((ref.mailbox, ref.folder, ref.uid_validity), []).append(ref.uid)
    parts = [
        and_(
            table.c.mailbox == mailbox,
            table.c.folder == folder,
            table.c.uid_validity == validity,
            table.c.uid.in_(uids),
        )
        for (mailbox, folder, validity), uids in folders.items()
    ]
    return or_(*parts)


async def _mailbox(connection: AsyncConnection, query: AnalysisQuery) -> None:
    for table in (*_OF_A_MAILBOX, marks, sender_rules, own_categories):
        mine = visible_to(table.c.mailbox, query.mailboxes, query.domains)
        await connection.execute(delete(table).where(table.c.mailbox == query.mailbox, *mine, *_erased_of(table)))


def _erased_of(table: Table) -> list[ColumnElement[bool]]:
    """Keep how far the folders of threads were read: without that, old mail would be read again."""
    if table is progress:
        return [progress.c.task != READ]
    return [cursors.c.folder.not_like(f"{CURSORS}%")] if table is cursors else []


async def _person(connection: AsyncConnection, query: AnalysisQuery) -> None:
    mine = visible_to(contacts.c.mailbox, query.mailboxes, query.domains)
    if query.mailbox:
        mine.append(contacts.c.mailbox == query.mailbox)
    await connection.execute(delete(contacts).where(contacts.c.addr == query.person.lower(), *mine))
    theirs = [commands.c.mailbox == query.mailbox] if query.mailbox else []
    theirs += visible_to(commands.c.mailbox, query.mailboxes, query.domains)
    await connection.execute(delete(commands).where(func.lower(commands.c.sender) == query.person.lower(), *theirs))
    theirs = [answered.c.mailbox == query.mailbox] if query.mailbox else []
    theirs += visible_to(answered.c.mailbox, query.mailboxes, query.domains)
    await connection.execute(delete(answered).where(answered.c.person == query.person.lower(), *theirs))
    await _sent_to(connection, query)
    within = visible_to(threads.c.mailbox, query.mailboxes, query.domains, threads.c.domain)
    within += [threads.c.mailbox == query.mailbox] if query.mailbox else []
    await forget_person(connection, query.person.lower(), *within)


async def _sent_to(connection: AsyncConnection, query: AnalysisQuery) -> None:
    """Forget whom and what about; the row stays, since it says that this mail must not go out again."""
    ours = [outbox.c.mailbox == query.mailbox] if query.mailbox else []
    ours += visible_to(outbox.c.mailbox, query.mailboxes, query.domains)
    over = outbox.c.state.not_in([OutboxState.PLANNED.value, OutboxState.BEGUN.value])
    found = select(outbox.c.id, outbox.c.recipients).where(over, *ours).order_by(outbox.c.id).limit(STEP)
    last = 0
    while rows := (await connection.execute(found.where(outbox.c.id > last))).all():
        last = rows[-1].id
        ids = [row.id for row in rows if query.person.lower() in map(str.lower, row.recipients)]
        if ids:
            blank = update(outbox).where(outbox.c.id.in_(ids)).values(recipients=(), subject="", detail="")
            await connection.execute(blank)


async def _message(connection: AsyncConnection, ref: MessageRef, query: AnalysisQuery) -> None:
    for table in _OF_A_MESSAGE:
        mine = visible_to(table.c.mailbox, query.mailboxes, query.domains)
        await connection.execute(delete(table).where(is_ref(table, ref), *mine))
    await forget_events_of(connection, [ref], *visible_to(events.c.mailbox, query.mailboxes, query.domains))
    turns = visible_to(thread_turns.c.mailbox, query.mailboxes, query.domains)
    await forget_turns(connection, is_ref(thread_turns, ref), *turns)
