"""A process that delivers events until it is killed: `python -m tests.contract.store.webhook_sender URL HOST KEY`."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.metrics import Metrics
from glassdome.core.secrets import SecretBox
from glassdome.integrations.webhooks import HttpPoster
from glassdome.pipeline.webhooks import WebhookLoop
from glassdome.shapes.rendering import RENDERING
from glassdome.store import open_database

__all__ = ["main"]


async def main(url: str, host: str, key: str) -> None:
    """Deliver with a short lease."""
    settings = Settings.model_construct(webhook_hosts=host, webhook_ca_file=None)
    async with open_database(url, rendering=RENDERING, box=SecretBox(key)) as database:
        poster = HttpPoster(lambda: settings)
        lease = timedelta(seconds=1)
        loop = WebhookLoop(
            database.webhooks, database.deliveries, poster, clock=SystemClock(), metrics=Metrics(), lease=lease
        )
        await loop.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
