"""The whole service, wired."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial

from glassdome.bootstrap.addresses import own_addresses
from glassdome.bootstrap.app import App
from glassdome.bootstrap.live_model import LiveModel
from glassdome.bootstrap.mail import add_mail
from glassdome.bootstrap.mailboxes import chosen_by_settings, open_store
from glassdome.bootstrap.periodic import add_periodic_tasks
from glassdome.bootstrap.sign_in import add_sign_in
from glassdome.bootstrap.webhooks import add_webhooks
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.log import set_level
from glassdome.core.metrics import Metrics
from glassdome.files.opening import open_files
from glassdome.pipeline.canaries.roles import Roles
from glassdome.pipeline.live import READ_EVERY, Follower, LiveSettings
from glassdome.pipeline.own_model import builtin_engine
from glassdome.pipeline.periodic import PeriodicTask
from glassdome.pipeline.plugins import extended
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
        live.subscribe(_level(settings))
        await live.refresh(force=True)
        await _choose(database, live.current(), clock)
        models = LiveModel(live.current)
        stack.push_async_callback(models.aclose)
        await models.begin(live.current())
        roles = Roles(store=database.model_roles, engine=lambda: models.engine, clock=clock)
        app = App(
            settings=live,
            clock=clock,
            database=database,
            metrics=metrics or Metrics(),
            models=models,
            builtin=await asyncio.to_thread(builtin_engine, settings),
            extended=await asyncio.to_thread(extended, settings),
            follow=PeriodicTask("settings", partial(live.refresh, force=True), every=lambda: READ_EVERY),
            roles=roles,
            role_steps=PeriodicTask("model_roles", roles.step, every=roles.pause),
            files=await stack.enter_async_context(open_files(settings, warm=bool(settings.imap_host))),
        )
        live.subscribe(models.switch)
        live.subscribe(partial(_choose, database, clock=clock))
        if settings.imap_host:
            app.addresses = await own_addresses(live, clock, stack)
            await add_mail(app, stack)
        add_webhooks(app, stack)
        add_sign_in(app, stack)
        await add_periodic_tasks(app, stack)
        yield app


def _level(settings: Settings) -> Follower:
    """Return what follows log.level, and leaves alone what a command chose for its logs while that does not change."""
    level = settings.log_level

    async def follow(new: Settings) -> None:
        nonlocal level
        if new.log_level != level:
            level = new.log_level
            set_level(level)

    return follow


async def _choose(database: Database, settings: Settings, clock: Clock) -> None:
    """Enable the mailboxes that are new in GLASSDOME_MAILBOXES; repeating one at each start does not undo a later opt-out."""
    named, now = set(chosen_by_settings(settings)), clock.now()
    words = await database.opt_ins.opt_ins(by_settings=True)
    before = {mailbox for mailbox, wanted in words.items() if wanted}
    for mailbox in sorted(named - before):
        wishes = await database.preferences.get_preferences(mailbox)
        if not wishes.chosen:
            await database.preferences.set_preferences(replace(wishes, chosen=True), now=now)
            await database.history.audit(actor="settings", action="opt_in", subject=mailbox, facts={}, now=now)
        await database.opt_ins.set_opt_in(mailbox, wanted=True, now=now, by_settings=True)
    for mailbox in sorted(before - named):
        await database.opt_ins.set_opt_in(mailbox, wanted=False, now=now, by_settings=True)
