"""The speed of language models: each answer to a mail is counted, in spans of ten minutes that all workers share."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Connections
from glassdome.store.schema import model_speeds, queue
from glassdome.store.upsert import upsert
from glassdome.values.job import JobState, Priority
from glassdome.values.speed import ModelSpeed

__all__ = ["ModelSpeeds"]

_SPAN: Final = timedelta(minutes=10)
_HOUR: Final = timedelta(hours=1)
#: Older spans are erased.
_KEPT: Final = timedelta(days=1)


class ModelSpeeds:
    """Counts by the model's name."""

    def __init__(self, connections: Connections) -> None:
        """Share the store's connections."""
        self._db = connections

    async def count(self, model: str, *, answered: bool, seconds: float, now: datetime) -> None:
        """Count one mail, answered or given up as too slow; `seconds` is how long the call took."""
        span = now - timedelta(seconds=now.timestamp() % _SPAN.total_seconds())
        row = {"model": model, "span_at": span.replace(microsecond=0), "begun_at": now - timedelta(seconds=seconds)}
        row |= {"answered": int(answered), "too_slow": int(not answered)}
        keys, add = ("model", "span_at"), ("answered", "too_slow")

        async def work(connection: AsyncConnection) -> None:
            await upsert(connection, model_speeds, [row], keys=keys, add=add)
            await connection.execute(delete(model_speeds).where(model_speeds.c.span_at < now - _KEPT))

        await self._db.write(work)

    async def speed(self, model: str, *, now: datetime) -> ModelSpeed:
        """Return the speed in the last hour, and the mail that waits for a model."""
        c = model_speeds.c
        lately = select(func.sum(c.answered), func.sum(c.too_slow), func.min(c.begun_at))
        lately = lately.where(c.model == model, c.span_at > now - _HOUR)
        # Mail that was judged without the model, and mail that may be judged now, apart from old mail.
        fresh = and_(queue.c.wake_at.is_(None), queue.c.priority.in_((int(Priority.ASKED), int(Priority.NEW))))
        wanted = or_(queue.c.priority == int(Priority.UPGRADE), fresh)
        waits = select(func.count(), func.min(queue.c.enqueued_at))
        waits = waits.where(queue.c.state == JobState.PENDING.value, wanted)

        async def work(connection: AsyncConnection) -> ModelSpeed:
            answered, too_slow, begun = (await connection.execute(lately)).one()
            waiting, oldest = (await connection.execute(waits)).one()
            return ModelSpeed(
                answered=int(answered or 0),
                too_slow=int(too_slow or 0),
                seconds=min(max(0.0, (now - (begun or now)).total_seconds()), _HOUR.total_seconds()),
                waiting=waiting,
                oldest_seconds=max(0.0, (now - (oldest or now)).total_seconds()),
            )

        return await self._db.read(work)
