"""Events: written together with their cause, read by pages that follow along."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.restrict import visible_to
from glassdome.store.rows import domain_of, key_of
from glassdome.store.schema_events import events
from glassdome.store.upsert import upsert
from glassdome.values.event import Event, EventKind, NewEvent
from glassdome.values.refs import MessageRef

__all__ = ["Events", "event_of", "forget_events_of", "record_events"]

#: Letters of the key that name an event to receivers.
_NAME: Final = 32


async def record_events(connection: AsyncConnection, new: Sequence[NewEvent]) -> None:
    """Write events in the caller's transaction; one that is there stays as it is."""
    rows = [
        {
            "event_key": key_of(event.key),
            "kind": event.kind.value,
            "subject_key": key_of(event.subject),
            "mailbox": event.mailbox,
            "domain": domain_of(event.mailbox),
            "data": dict(event.data),
            "spread": False,
            "at": event.at,
        }
        for event in new
    ]
    await upsert(connection, events, rows, keys=("event_key",))


async def forget_events_of(
    connection: AsyncConnection, refs: Collection[MessageRef], *mine: ColumnElement[bool]
) -> None:
    """Forget what happened to those messages, as far as `mine` allows."""
    theirs = events.c.subject_key.in_([key_of(str(ref)) for ref in refs])
    await connection.execute(delete(events).where(theirs, *mine))


class Events(Store):
    """The events of some days."""

    async def record(self, *new: NewEvent) -> None:
        """Write events that belong to no other transaction; their keys keep a repeated one from being written twice."""
        await self._db.write(lambda connection: record_events(connection, new))

    async def newest_id(self) -> int:
        """Return the id of the newest event, 0 without any: where a new reader begins."""
        row = await self._db.row(select(func.max(events.c.id).label("id")))
        return int(row.id or 0) if row is not None else 0

    async def after(
        self,
        id: int,
        *,
        mailboxes: Sequence[str] | None = None,
        domains: Sequence[str] | None = None,
        kinds: Collection[EventKind] = (),
        limit: int = 100,
    ) -> tuple[Event, ...]:
        """Return the events behind `id` in their order; `mailboxes` and `domains` restrict as in `AnalysisQuery`.

        On MariaDB an event whose transaction ends late may get an id below one that was read; who must miss none reads
        deliveries. Events of the whole service, of no mailbox, are for unrestricted readers.
        """
        rows = await self._db.rows(_after(id, mailboxes, domains, kinds, limit))
        return tuple(event_of(row) for row in rows)


def _after(
    id: int,
    mailboxes: Sequence[str] | None,
    domains: Sequence[str] | None,
    kinds: Collection[EventKind],
    limit: int,
) -> Select[Any]:
    mine = visible_to(events.c.mailbox, mailboxes, domains, events.c.domain)
    found = select(events).where(events.c.id > id, *mine).order_by(events.c.id).limit(limit)
    return found.where(events.c.kind.in_([kind.value for kind in kinds])) if kinds else found


def event_of(row: Row[Any]) -> Event:
    """Read an event."""
    return Event(
        id=row.id,
        name=f"evt_{row.event_key[:_NAME]}",
        kind=EventKind(row.kind),
        mailbox=row.mailbox,
        at=row.at,
        data=row.data,
    )
