"""Wires the delivery of events."""

from __future__ import annotations

from contextlib import AsyncExitStack

from glassdome.bootstrap.app import App
from glassdome.integrations.webhooks import HttpPoster
from glassdome.pipeline.webhooks import WebhookLoop

__all__ = ["add_webhooks"]


def add_webhooks(app: App, stack: AsyncExitStack) -> None:
    """Give the app the loop that delivers events, and the poster that a test uses too."""
    poster = HttpPoster(app.settings.current)
    stack.push_async_callback(poster.aclose)
    app.poster = poster
    store = app.database
    app.webhooks = WebhookLoop(store.webhooks, store.deliveries, poster, clock=app.clock, metrics=app.metrics)
