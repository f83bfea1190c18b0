"""The whole service, wired."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

from glassdome.act import Performer, plan_feedback
from glassdome.agents.alert_mail import open_alerts
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.log import get_logger
from glassdome.core.metrics import Metrics
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.gate import parse_policies
from glassdome.engine.llm.engine import LlmEngine
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.mailcow.directory import MailcowDirectory
from glassdome.integrations.mailcow_client import MailcowClient
from glassdome.integrations.ollama.model import OllamaModel
from glassdome.integrations.rspamd.controller import RspamdController
from glassdome.integrations.rspamd.teacher import RspamdTeacher
from glassdome.integrations.tls import tls_policy
from glassdome.pipeline.actions import ActionLoop
from glassdome.pipeline.arrivals import Arrivals
from glassdome.pipeline.chore import Chore
from glassdome.pipeline.context import ContextLoader
from glassdome.pipeline.drafts import Drafts
from glassdome.pipeline.habits import Habits
from glassdome.pipeline.job import JobRunner
from glassdome.pipeline.junked import JunkMoves
from glassdome.pipeline.learning import LEARNING_EVERY, Learning
from glassdome.pipeline.live import LiveSettings
from glassdome.pipeline.opt_in import OptIn
from glassdome.pipeline.owner_rules import OwnerRules
from glassdome.pipeline.process import Stages
from glassdome.pipeline.repeats import Repeats
from glassdome.pipeline.reprocess import Reprocess
from glassdome.pipeline.retention import RETENTION_EVERY, Retention
from glassdome.pipeline.sweep import Sweep
from glassdome.pipeline.watch_book import WatchBook
from glassdome.pipeline.watcher import Watcher
from glassdome.pipeline.worker import Worker
from glassdome.ports.agent import SpamTeacher
from glassdome.ports.model import Engine, ModelLibrary
from glassdome.source.imap_editor import ImapEditor
from glassdome.source.imap_observer import ImapObserver
from glassdome.source.imap_source import ImapSource
from glassdome.store import Database
from glassdome.values.feedback import Feedback

__all__ = ["App", "open_app"]

from glassdome.bootstrap.mailboxes import chosen_by_settings, mail_logins, open_store
from glassdome.bootstrap.models import Model, builtin_engine, language_model, probe_of

_log = get_logger(__name__)


@dataclass(kw_only=True)
class App:
    """Everything that runs. `source`, `worker` and `watcher` are None where no mail server is configured."""

    settings: LiveSettings
    clock: Clock
    database: Database
    metrics: Metrics
    model: Model | None
    library: ModelLibrary | None = None
    builtin: BuiltinEngine | None = None
    source: ImapSource | None = None
    editor: ImapEditor | None = None
    worker: Worker | None = None
    watcher: Watcher | None = None
    actions: ActionLoop | None = None
    teach: Callable[[Feedback], Awaitable[None]] | None = None
    chores: list[Chore] = field(default_factory=list)
    probes: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    async def work(self) -> None:
        """Run worker, watcher and actions until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            for part in (self.worker, self.watcher, self.actions, *self.chores):
                if part is not None:
                    tasks.create_task(part.run())

    def stop(self) -> None:
        """Ask `work` to finish what it began and return."""
        for part in (self.watcher, self.actions, *self.chores, self.worker):
            if part is not None:
                part.stop()


@asynccontextmanager
async def open_app(settings: Settings, *, clock: Clock, metrics: Metrics | None = None) -> AsyncIterator[App]:
    """Yield the service that the settings describe; nothing runs yet.

    Raises ConfigError, StoreUnavailable, SchemaMismatch. A mail or model server that is away does not matter here.
    """
    metrics = metrics or Metrics()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_store(settings))
        live = LiveSettings(settings, database.config, clock=clock)
        await live.refresh(force=True)
        await _choose(database, settings, clock)
        model = language_model(live.current())
        app = App(settings=live, clock=clock, database=database, metrics=metrics, model=model)
        app.builtin = await asyncio.to_thread(builtin_engine, settings)
        if isinstance(model, OllamaModel):
            app.library = model
        if model is not None:
            stack.push_async_callback(model.aclose)
            app.probes[settings.engine_name] = probe_of(model)
        if settings.imap_host:
            await _add_mail(app, stack)
        yield app


async def _choose(database: Database, settings: Settings, clock: Clock) -> None:
    """Mark the mailboxes of GLASSDOME_MAILBOXES as chosen; an owner's `auto_analysis: false` stays in force."""
    for mailbox in chosen_by_settings(settings):
        wishes = await database.preferences.get_preferences(mailbox)
        if not wishes.chosen:
            await database.preferences.set_preferences(replace(wishes, chosen=True), now=clock.now())


async def _add_mail(app: App, stack: AsyncExitStack) -> None:
    settings, database, clock = app.settings.current(), app.database, app.clock
    tls = tls_policy(settings)
    tls.warn()
    server = ImapServer(host=settings.imap_host or "", port=settings.mailcow_imap_port, tls=tls)
    pool = ImapPool(server, mail_logins(settings, database.mailboxes))
    source = app.source = ImapSource(pool, clock=clock)
    stack.push_async_callback(source.aclose)
    app.editor = ImapEditor(pool)
    performer = Performer(
        database.actions,
        clock=clock,
        editor=app.editor,
        alerts=await stack.enter_async_context(open_alerts(settings, database.mailboxes, clock=clock)),
        teacher=_spam_teacher(app, source, stack),
    )
    app.actions = ActionLoop(performer)
    engine = _live_engine(app)
    observer = ImapObserver(pool)
    junk = JunkMoves(source, observer, database, clock=clock)
    runner = JobRunner(
        database.queue,
        source,
        database.preferences,
        ContextLoader(
            history=database.history,
            preferences=database.preferences,
            clock=clock,
            settings=app.settings.current,
            rules=OwnerRules(settings.rules_path),
        ),
        stages=_live_stages(app, engine),
        performer=performer,
        took_back=junk.took_back,
        clock=clock,
        metrics=app.metrics,
        drafts=_drafts(app, engine),
    )
    owner = f"{socket.gethostname()}:{os.getpid()}"
    app.worker = Worker(
        database.queue, runner, owner=owner, settings=app.settings.refresh, clock=clock, metrics=app.metrics
    )
    book = WatchBook()
    arrivals = Arrivals(source, database.queue, database.cursors, clock=clock, wake=app.worker.wake)
    app.watcher = Watcher(
        source,
        Sweep(arrivals, book, clock=clock),
        book,
        database.preferences,
        clock=clock,
        interval=lambda: app.settings.current().llm_processing_interval,
    )
    learning = Learning(
        junk=junk,
        habits=Habits(source, observer, database, clock=clock),
        preferences=database.preferences,
        book=book,
        clock=clock,
    )
    app.chores.append(Chore("learning", learning.look, every=lambda: LEARNING_EVERY))
    await _add_chores(app, engine, stack)


async def _add_chores(app: App, engine: Engine | None, stack: AsyncExitStack) -> None:
    settings, database, clock = app.settings.current, app.database, app.clock
    retention = Retention(analyses=database.analyses, queue=database.queue, clock=clock, settings=settings)
    app.chores.append(Chore("retention", retention.forget, every=lambda: RETENTION_EVERY))
    if engine is not None:
        reprocess = Reprocess(
            analyses=database.analyses,
            queue=database.queue,
            cursors=database.cursors,
            engine=engine,
            clock=clock,
            settings=settings,
            wake=app.worker.wake if app.worker is not None else lambda: None,
        )
        app.chores.append(Chore("reprocess", reprocess.step, every=reprocess.pause))
    if settings().mailcow_api_url and settings().mailcow_api_key:
        client = await stack.enter_async_context(MailcowClient.from_settings(settings(), clock=clock))
        opt_in = OptIn(
            directory=MailcowDirectory(client.mailboxes, client.objects),
            said=database.opt_ins,
            preferences=database.preferences,
            history=database.history,
            clock=clock,
            settings=settings,
        )
        app.chores.append(Chore("opt_in", opt_in.sync, every=lambda: settings().llm_processing_interval))


def _spam_teacher(app: App, source: ImapSource, stack: AsyncExitStack) -> SpamTeacher | None:
    """Return Rspamd as a pupil where GLASSDOME_RSPAMD_URL asks for it; from then on corrections are planned for it."""
    settings, database = app.settings.current(), app.database
    if not settings.rspamd_url:
        return None
    controller = RspamdController(settings.rspamd_url, password=settings.rspamd_password)
    stack.push_async_callback(controller.aclose)

    async def teach(feedback: Feedback) -> None:
        await database.actions.plan(plan_feedback(feedback), now=app.clock.now())

    app.teach = teach
    return RspamdTeacher(controller, source)


def _live_engine(app: App) -> LlmEngine | None:
    if app.model is None:
        return None
    name = app.settings.current().engine_name
    return LlmEngine(app.model, name=name, mail_chars=lambda: app.settings.current().max_email_size)


def _drafts(app: App, engine: LlmEngine | None) -> Drafts | None:
    if engine is None:
        return None
    return Drafts(analyses=app.database.analyses, drafter=engine, on=lambda: app.settings.current().engine_drafts)


def _live_stages(app: App, engine: LlmEngine | None) -> Callable[[], Stages]:
    repeats = Repeats(analyses=app.database.analyses)
    observe = app.metrics.stage_seconds

    def current() -> Stages:
        return Stages(
            engine=engine,
            builtin=app.builtin,
            authserv_ids=app.settings.current().authserv_ids,
            clock=app.clock,
            policies=parse_policies(app.settings.current().engine_skip),
            repeat=repeats.find,
            share=repeats.share,
            observe=lambda stage, seconds: observe.labels(stage).observe(seconds),
        )

    return current
