"""The deliveries of events: at least once, in the order of each message, given up visibly."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.columns import Instant
from glassdome.store.connections import Store
from glassdome.store.events import event_of
from glassdome.store.schema import deliveries, events, webhooks
from glassdome.values.event import EventKind
from glassdome.values.webhook import (
    DeadLetter,
    Delivery,
    DeliveryState,
    LastDelivery,
    Webhook,
    WebhookCounts,
    WebhookFigures,
)

__all__ = ["Deliveries"]

_WAITING: Final = deliveries.c.state == DeliveryState.WAITING.value
_DEAD: Final = deliveries.c.state == DeliveryState.DEAD.value
#: Events that get their deliveries in one transaction.
_STEP: Final = 500
#: Failures in a row after which a receiver counts as away: its return makes all that waits due at once.
_AWAY: Final = 3
_earlier = deliveries.alias("earlier")


class Deliveries(Store):
    """The events on their way to receivers."""

    async def spread(self, receivers: Sequence[Webhook], *, now: datetime) -> int:
        """Give new events a delivery for each receiver that wants them; return how many events there were.

        Spreaders wait for each other: an event that overtook an earlier one of its message would be delivered first.
        """
        new = select(events).where(events.c.spread.is_(False)).order_by(events.c.id).limit(_STEP)
        if await self._db.row(select(events.c.id).where(events.c.spread.is_(False)).limit(1)) is None:
            return 0

        async def work(connection: AsyncConnection) -> int:
            rows = (await connection.execute(new.with_for_update())).all()
            # One that was removed since must get none: a later one may have its id.
            there = set((await connection.execute(select(webhooks.c.id))).scalars())
            known = [receiver for receiver in receivers if receiver.id in there]
            made = [_new(w, row, now) for row in rows for w in known if w.wants(EventKind(row.kind), row.mailbox)]
            if made:
                await connection.execute(insert(deliveries), made)
            ids = [row.id for row in rows]
            await connection.execute(update(events).where(events.c.id.in_(ids)).values(spread=True))
            return len(rows)

        return await self._db.write(work)

    async def claim(self, receiver: Webhook, *, limit: int, lease: timedelta, now: datetime) -> tuple[Delivery, ...]:
        """Take deliveries that are due and the first of their message; each attempt is counted here.

        A sender that ends before it tells the outcome loses none: they are due again when the lease ends.
        """
        if await self._db.row(_due(receiver.id, now, 1)) is None:
            return ()
        token = secrets.token_hex(16)

        async def work(connection: AsyncConnection) -> Sequence[Row[Any]]:
            rows = (await connection.execute(_due(receiver.id, now, limit).with_for_update(skip_locked=True))).all()
            mine = deliveries.c.id.in_([row.id for row in rows])
            first = func.coalesce(deliveries.c.first_at, literal(now, Instant()))
            values = {"token": token, "attempts": deliveries.c.attempts + 1, "next_at": now + lease, "first_at": first}
            await connection.execute(update(deliveries).where(mine).values(**values))
            both = select(deliveries.c.id.label("delivery"), deliveries.c.attempts, deliveries.c.first_at, events)
            joined = both.join(events, events.c.id == deliveries.c.event_id).where(mine)
            return (await connection.execute(joined.order_by(deliveries.c.event_id))).all()

        rows = await self._db.write(work)
        return tuple(
            Delivery(
                id=row.delivery,
                webhook=receiver,
                event=event_of(row),
                attempts=row.attempts,
                first_at=row.first_at,
                token=token,
            )
            for row in rows
        )

    async def delivered(self, item: Delivery, *, status: int, now: datetime) -> None:
        """Record that the receiver took it; one that was away gets all that waits for it at once."""
        ended = {"state": DeliveryState.DELIVERED.value, "token": "", "error": "", "status": status, "updated_at": now}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(update(deliveries).where(_mine(item)).values(**ended))
            this = webhooks.c.id == item.webhook.id
            failures = (await connection.execute(select(webhooks.c.failures).where(this).with_for_update())).scalar()
            well = {"failures": 0, "rests_until": None, "last_error": "", "last_status": status, "delivered_at": now}
            await connection.execute(update(webhooks).where(this).values(**well))
            if (failures or 0) >= _AWAY:
                waits = (deliveries.c.webhook_id == item.webhook.id, _WAITING, deliveries.c.token == "")
                await connection.execute(update(deliveries).where(*waits).values(next_at=now))

        await self._db.write(work)

    async def failed(
        self, item: Delivery, *, error: str, status: int | None, again_at: datetime | None, now: datetime
    ) -> None:
        """Record a failed attempt, to be repeated at `again_at`; None gives it up, and it is a dead letter."""
        state = DeliveryState.WAITING if again_at is not None else DeliveryState.DEAD
        values = {"state": state.value, "token": "", "error": error, "status": status, "updated_at": now}
        if again_at is not None:
            values["next_at"] = again_at

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(update(deliveries).where(_mine(item)).values(**values))
            this = webhooks.c.id == item.webhook.id
            failures = (await connection.execute(select(webhooks.c.failures).where(this).with_for_update())).scalar()
            count = (failures or 0) + 1
            rests = now + timedelta(seconds=min(60, 5 * 2 ** min(count - _AWAY, 8))) if count >= _AWAY else None
            worse = {"failures": count, "rests_until": rests, "last_error": error, "last_status": status}
            await connection.execute(update(webhooks).where(this).values(**worse))

        await self._db.write(work)

    async def dead(self, *, webhook_ids: Sequence[int], limit: int = 100) -> tuple[DeadLetter, ...]:
        """Return the dead letters of those receivers, newest first."""
        columns = select(
            deliveries.c.id.label("delivery"),
            deliveries.c.webhook_id,
            deliveries.c.attempts,
            deliveries.c.updated_at,
            deliveries.c.error,
            deliveries.c.status,
            events,
        ).join(events, events.c.id == deliveries.c.event_id)
        found = columns.where(_DEAD, deliveries.c.webhook_id.in_(webhook_ids))
        order = (deliveries.c.updated_at.desc(), deliveries.c.id.desc())
        return tuple(_dead_of(row) for row in await self._db.rows(found.order_by(*order).limit(limit)))

    async def last(self, webhook_id: int, *, limit: int = 10) -> tuple[LastDelivery, ...]:
        """Return the newest deliveries of a receiver, newest event first."""
        names = ("webhook_id", "state", "attempts", "error", "status")
        columns = select(*(deliveries.c[name] for name in names), events)
        found = columns.join(events, events.c.id == deliveries.c.event_id).where(deliveries.c.webhook_id == webhook_id)
        rows = await self._db.rows(found.order_by(deliveries.c.event_id.desc()).limit(limit))
        return tuple(
            LastDelivery(
                event=event_of(row),
                state=DeliveryState(row.state),
                **{name: getattr(row, name) for name in names if name != "state"},
            )
            for row in rows
        )

    async def resend(self, webhook_id: int, ids: Sequence[int] | None, *, now: datetime) -> int:
        """Send dead letters of a receiver again, these or all; return how many."""
        which: list[ColumnElement[bool]] = [deliveries.c.webhook_id == webhook_id, _DEAD]
        if ids is not None:
            which.append(deliveries.c.id.in_(ids))
        fresh = {"state": DeliveryState.WAITING.value, "next_at": now, "first_at": None, "updated_at": now}
        return await self._db.change(update(deliveries).where(*which).values(**fresh, attempts=0))

    async def counts(self) -> dict[int, WebhookCounts]:
        """Count what waits and is dead, by receiver."""
        number = func.count().label("number")
        open_ = deliveries.c.state.in_([DeliveryState.WAITING.value, DeliveryState.DEAD.value])
        grouped = select(deliveries.c.webhook_id, deliveries.c.state, number).where(open_)
        found: dict[int, dict[str, int]] = {}
        for row in await self._db.rows(grouped.group_by(deliveries.c.webhook_id, deliveries.c.state)):
            found.setdefault(row.webhook_id, {})[row.state] = row.number
        return {id: WebhookCounts(**states) for id, states in found.items()}

    async def figures(self) -> WebhookFigures:
        """Return the figures of all receivers."""
        counts = (await self.counts()).values()
        oldest = select(events.c.at).join(deliveries, deliveries.c.event_id == events.c.id).where(_WAITING)
        row = await self._db.row(oldest.order_by(deliveries.c.event_id).limit(1))
        return WebhookFigures(
            waiting=sum(c.waiting for c in counts), dead=sum(c.dead for c in counts), oldest=row.at if row else None
        )

    async def forget(self, *, delivered_before: datetime, dead_before: datetime) -> int:
        """Forget what was delivered or given up before then, and old events that have no delivery left; return how many."""

        async def work(connection: AsyncConnection) -> int:
            done = deliveries.c.state == DeliveryState.DELIVERED.value
            for state, before in ((done, delivered_before), (_DEAD, dead_before)):
                await connection.execute(delete(deliveries).where(state, deliveries.c.updated_at < before))
            # An erased message's events are gone: nothing of it may go out any more.
            there = select(events.c.id).where(events.c.id == deliveries.c.event_id).exists()
            await connection.execute(delete(deliveries).where(~there))
            wanted = select(deliveries.c.id).where(deliveries.c.event_id == events.c.id).exists()
            old = (events.c.at < delivered_before, events.c.spread.is_(True), ~wanted)
            return int((await connection.execute(delete(events).where(*old))).rowcount)

        return await self._db.write(work)


def _new(receiver: Webhook, event: Row[Any], now: datetime) -> dict[str, Any]:
    place = {"webhook_id": receiver.id, "event_id": event.id, "subject_key": event.subject_key}
    fresh = {"state": DeliveryState.WAITING.value, "attempts": 0, "next_at": now, "token": "", "error": ""}
    return place | fresh | {"updated_at": now}


def _due(webhook_id: int, now: datetime, limit: int) -> Select[Any]:
    same = (
        _earlier.c.webhook_id == deliveries.c.webhook_id,
        _earlier.c.subject_key == deliveries.c.subject_key,
        _earlier.c.state == DeliveryState.WAITING.value,
        _earlier.c.event_id < deliveries.c.event_id,
    )
    due = (deliveries.c.webhook_id == webhook_id, _WAITING, deliveries.c.next_at <= now)
    free = ~select(_earlier.c.id).where(*same).exists()
    return select(deliveries.c.id).where(*due, free).order_by(deliveries.c.next_at, deliveries.c.id).limit(limit)


def _mine(item: Delivery) -> ColumnElement[bool]:
    return (deliveries.c.id == item.id) & (deliveries.c.token == item.token) & _WAITING


def _dead_of(row: Row[Any]) -> DeadLetter:
    return DeadLetter(
        id=row.delivery,
        webhook_id=row.webhook_id,
        event=event_of(row),
        attempts=row.attempts,
        given_up_at=row.updated_at,
        error=row.error,
        status=row.status,
    )
