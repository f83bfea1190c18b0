"""Builds the API's services from the running parts."""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial

from glassdome import __version__
from glassdome.bootstrap.app import App
from glassdome.bootstrap.live_model import LiveModel
from glassdome.core.clock import Clock, SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import SandboxMissing, TransportError
from glassdome.core.limits import MAX_SCAN_FILES_SECONDS
from glassdome.desk.services import Classify, Services
from glassdome.engine.builtin import BuiltinEngine
from glassdome.files.meaning import has_encoder
from glassdome.files.opening import open_files
from glassdome.pipeline.context import for_scan
from glassdome.pipeline.own_model import builtin_engine
from glassdome.pipeline.plugins import Extended, extended
from glassdome.pipeline.process import JudgeOptions, classify_read
from glassdome.ports.files import FileReader
from glassdome.store import Database
from glassdome.values.speed import ModelSpeed
from glassdome.values.verdict import Verdict

__all__ = ["services_of", "services_without"]


def services_of(app: App) -> Services:
    """Return the API's services over an app."""

    async def reload() -> None:
        await app.settings.refresh(force=True)

    judge = _judge(app.settings.current, app.clock, app.builtin, app.extended, app.files)
    return replace(
        _services(app.database, app.settings.current, app.clock, judge),
        metrics=app.metrics,
        source=app.source,
        undoer=app.undoer,
        models=app.models,
        probes=_probes(app),
        teach=app.teach,
        has_mailbox=app.has_mailbox,
        check_login=app.check_login,
        check_mailcow_key=app.check_mailcow_key,
        provider=app.provider,
        encoder=app.files is not None and has_encoder(),
        backfills=app.backfills,
        try_warning=app.try_warning,
        poster=app.poster,
        wake=app.worker.wake if app.worker is not None else lambda: None,
        rescan=app.watcher.rescan if app.watcher is not None else lambda: None,
        doorbell=app.watcher.ring if app.watcher is not None else lambda mailbox, folder: None,
        role=app.roles.state,
        speed=partial(_speed, app),
        reload=reload,
    )


@asynccontextmanager
async def services_without(settings: Settings, database: Database) -> AsyncIterator[Services]:
    """Yield the API's services while the database is away: they say so, and judge what needs no database."""
    clock, models = SystemClock(), LiveModel(lambda: settings)
    builtin = await asyncio.to_thread(builtin_engine, settings)
    plugins = await asyncio.to_thread(extended, settings)
    await models.follow(settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(models.aclose)
        files = await stack.enter_async_context(open_files(settings, warm=True))
        judge = _judge(lambda: settings, clock, builtin, plugins, files)
        yield replace(_services(database, lambda: settings, clock, judge), models=models, probes=models.probes)


def _services(database: Database, settings: Callable[[], Settings], clock: Clock, judge: Classify) -> Services:
    """Return services of the stores and the judge alone."""
    return Services(
        settings=settings,
        clock=clock,
        owners=database.owners,
        queue=database.queue,
        analyses=database.analyses,
        preferences=database.preferences,
        answer_rules=database.answer_rules,
        config=database.config,
        history=database.history,
        actions=database.actions,
        sessions=database.sessions,
        keys=database.api_keys,
        threads=database.threads,
        events=database.events,
        webhooks=database.webhooks,
        deliveries=database.deliveries,
        commands=database.commands,
        classify=judge,
        version=__version__,
    )


def _judge(
    settings: Callable[[], Settings],
    clock: Clock,
    builtin: BuiltinEngine | None,
    plugins: Extended,
    files: FileReader | None,
) -> Classify:
    async def judge(raw: bytes) -> Verdict:
        current = settings()
        context = for_scan(current, now=clock.now())
        options = JudgeOptions(
            builtin=builtin, extended=plugins, authserv_ids=current.authserv_ids, clock=clock, files=files,
            meaning=has_encoder(),
        )  # fmt: skip
        return await classify_read(raw, context, options=options, seconds=MAX_SCAN_FILES_SECONDS)

    return judge


def _probes(app: App) -> Mapping[str, Callable[[], Awaitable[None]]]:
    found = dict(app.probes)
    if app.worker is not None:
        found["worker"] = app.worker.probe
    if app.files is not None:
        found["files"] = partial(_reads_files, app.files)
    if app.watcher is not None:
        found["imap"] = _imap_probe(app, app.probes["imap"])
    # The model's probe comes and goes with the settings.
    return ChainMap(found, app.models.probes)


async def _speed(app: App) -> ModelSpeed | None:
    if app.engine is None:
        return None
    return await app.database.model_speeds.speed(app.engine.model, now=app.clock.now())


async def _reads_files(files: FileReader) -> None:
    if files.problem:
        raise SandboxMissing(files.problem)


def _imap_probe(app: App, greeted: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def probe() -> None:
        states = app.watcher.states() if app.watcher is not None else ()
        if not states:  # no mailbox is watched, or none was polled yet
            await greeted()
        bad = [s for s in states if s.failures]
        if bad and len(bad) == len(states):
            raise TransportError("No watched mailbox can be read.")

    return probe
