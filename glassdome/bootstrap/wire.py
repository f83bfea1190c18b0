"""The whole service, wired."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from glassdome.bootstrap.app import App
from glassdome.bootstrap.chores import add_chores
from glassdome.bootstrap.judging import live_engine
from glassdome.bootstrap.mail import add_mail
from glassdome.bootstrap.mailboxes import chosen_by_settings, open_store
from glassdome.bootstrap.models import builtin_engine, language_model, probe_of
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.metrics import Metrics
from glassdome.integrations.ollama.model import OllamaModel
from glassdome.pipeline.live import LiveSettings
from glassdome.store import Database

__all__ = ["open_app"]


@asynccontextmanager
async def open_app(settings: Settings, *, clock: Clock, metrics: Metrics | None = None) -> AsyncIterator[App]:
    """Yield the service that the settings describe; nothing runs yet.

    Raises ConfigError, StoreUnavailable, SchemaMismatch. A mail or model server that is away does not matter here.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_store(settings))
        live = LiveSettings(settings, database.config, clock=clock)
        await live.refresh(force=True)
        await _choose(database, settings, clock)
        # In a thread: the client of a model server is imported only where it is used.
        model = await asyncio.to_thread(language_model, live.current())
        app = App(
            settings=live,
            clock=clock,
            database=database,
            metrics=metrics or Metrics(),
            model=model,
            engine=live_engine(model, live),
            builtin=await asyncio.to_thread(builtin_engine, settings),
            library=model if isinstance(model, OllamaModel) else None,
        )
        if model is not None:
            stack.push_async_callback(model.aclose)
            app.probes[settings.engine_name] = probe_of(model)
        if settings.imap_host:
            await add_mail(app, stack)
        await add_chores(app, stack)
        yield app


async def _choose(database: Database, settings: Settings, clock: Clock) -> None:
    """Mark the mailboxes of GLASSDOME_MAILBOXES as chosen; an owner's `auto_analysis: false` stays in force."""
    for mailbox in chosen_by_settings(settings):
        wishes = await database.preferences.get_preferences(mailbox)
        if not wishes.chosen:
            await database.preferences.set_preferences(replace(wishes, chosen=True), now=clock.now())
