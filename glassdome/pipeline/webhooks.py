"""Delivers events to their receivers; several processes may, since each delivery is leased."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock, wait_interval
from glassdome.core.errors import GlassdomeError
from glassdome.core.log import get_logger
from glassdome.core.metrics import Metrics
from glassdome.core.unexpected import wrap_unexpected
from glassdome.pipeline.webhook_letters import again_at, letter
from glassdome.ports.webhooks import EventPoster
from glassdome.values.webhook import Delivery, Webhook

if TYPE_CHECKING:
    from glassdome.store.deliveries import Deliveries
    from glassdome.store.webhooks import Webhooks

__all__ = ["LEASE", "WebhookLoop"]

_log = get_logger(__name__)
#: Seconds between two looks where nothing is on its way.
_EVERY: Final = 1.0
#: Deliveries of one receiver at the same time.
_AT_ONCE: Final = 8
#: How long a claimed delivery is left alone; longer than a request may take.
LEASE: Final = timedelta(seconds=60)
#: How long events are kept after their delivery, and dead letters after they were given up.
_KEEP: Final = timedelta(days=7)
_KEEP_DEAD: Final = timedelta(days=30)
#: Time between two rounds of forgetting.
_FORGET_EVERY: Final = timedelta(hours=1)


class WebhookLoop:
    """Runs until `stop`."""

    def __init__(
        self,
        webhooks: Webhooks,
        deliveries: Deliveries,
        poster: EventPoster,
        *,
        clock: Clock,
        metrics: Metrics,
        lease: timedelta = LEASE,
    ) -> None:
        """`lease` is longer than a request may take."""
        self._webhooks, self._deliveries, self._poster = webhooks, deliveries, poster
        self._clock, self._metrics, self._lease = clock, metrics, lease
        self._stopping = asyncio.Event()
        self._forget_at = clock.now()

    def stop(self) -> None:
        """Ask it to end."""
        self._stopping.set()

    async def run(self) -> None:
        """Deliver until `stop`."""
        while not self._stopping.is_set():
            try:
                busy = await self.step()
            except GlassdomeError as exc:
                _log.warning("webhooks_postponed", code=exc.code, problem=exc.public_message)
                busy = 0
            if not busy:
                await wait_interval(self._stopping, lambda: _EVERY)

    async def step(self) -> int:
        """Give new events their deliveries and send those that are due; return how many were either."""
        now = self._clock.now()
        receivers = [webhook for webhook in await self._webhooks.list(now=now) if webhook.enabled]
        done = await self._deliveries.spread(receivers, now=now)
        done += sum(await asyncio.gather(*(self._send_due(receiver) for receiver in receivers)))
        await self._observe()
        if now >= self._forget_at:
            self._forget_at = now + _FORGET_EVERY
            await self._deliveries.forget(delivered_before=now - _KEEP, dead_before=now - _KEEP_DEAD)
        return done

    async def _send_due(self, receiver: Webhook) -> int:
        now = self._clock.now()
        if receiver.rests_until is not None and receiver.rests_until > now:
            return 0
        due = await self._deliveries.claim(receiver, limit=_AT_ONCE, lease=self._lease, now=now)
        await self._send_all(due)
        return len(due)

    async def _send_all(self, due: Sequence[Delivery]) -> None:
        await asyncio.gather(*(self._send(item) for item in due))

    async def _send(self, item: Delivery) -> None:
        webhook = item.webhook
        request = letter(item.event, url=webhook.url, secrets=webhook.secrets, now=self._clock.now())
        try:
            status = await wrap_unexpected("A webhook", partial(self._poster.post, request))
        except GlassdomeError as exc:
            await self._failed(item, exc.code, None)
        else:
            if 200 <= status < 300:
                await self._deliveries.delivered(item, status=status, now=self._clock.now())
                self._metrics.webhook_deliveries.labels("delivered").inc()
            else:
                await self._failed(item, "redirected" if 300 <= status < 400 else "refused", status)

    async def _failed(self, item: Delivery, error: str, status: int | None) -> None:
        now = self._clock.now()
        again = again_at(attempts=item.attempts, first_at=item.first_at, now=now)
        await self._deliveries.failed(item, error=error, status=status, again_at=again, now=now)
        self._metrics.webhook_deliveries.labels("failed" if again else "dead").inc()
        if again is None:
            _log.warning("webhook_given_up", webhook=item.webhook.id, webhook_event=item.event.name, code=error)

    async def _observe(self) -> None:
        figures = await self._deliveries.figures()
        self._metrics.webhook_waiting.labels("waiting").set(figures.waiting)
        self._metrics.webhook_waiting.labels("dead").set(figures.dead)
        age = (self._clock.now() - figures.oldest).total_seconds() if figures.oldest else 0.0
        self._metrics.webhook_oldest_seconds.set(max(age, 0.0))
