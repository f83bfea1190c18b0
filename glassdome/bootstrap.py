"""Wires concrete parts together: the only file, beside the seed-fixed agent and client, that names them."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import SecretStr

from glassdome.act import Performer, plan_feedback
from glassdome.agents.alert_mail import open_alerts
from glassdome.agents.memory import secret_box
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, GlassdomeError, LoginRefused, ModelUnavailable
from glassdome.core.log import get_logger
from glassdome.core.metrics import Metrics
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.builtin.classifier import read_classifier
from glassdome.engine.gate import parse_policies
from glassdome.engine.llm.engine import LlmEngine
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import MasterLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.llamacpp import LlamaCpp
from glassdome.integrations.mailcow.directory import MailcowDirectory
from glassdome.integrations.mailcow_client import MailcowClient
from glassdome.integrations.ollama.hosts import parse_hosts
from glassdome.integrations.ollama.model import OllamaModel
from glassdome.integrations.openai_server.model import OpenAiServer
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
from glassdome.ports.agent import MailboxRegistry, SpamTeacher
from glassdome.ports.imap import MailboxLogins
from glassdome.ports.model import Engine, LanguageModel, ModelLibrary
from glassdome.source.imap_editor import ImapEditor
from glassdome.source.imap_observer import ImapObserver
from glassdome.source.imap_source import ImapSource
from glassdome.store import Database, check_schema, migrate, open_database
from glassdome.values.credentials import Credentials
from glassdome.values.feedback import Feedback

__all__ = [
    "App",
    "Model",
    "builtin_engine",
    "chosen_by_settings",
    "language_model",
    "mail_logins",
    "open_app",
    "open_engine",
    "open_store",
    "stages",
]

_log = get_logger(__name__)
#: Every language model we ship also lists what its server holds; only Ollama can pull.
Model = OllamaModel | OpenAiServer | LlamaCpp


# -- language models


def language_model(settings: Settings) -> Model | None:
    """Return the way to the configured model, None for the built-in engine alone; raises ConfigError, EngineError."""
    match settings.engine_name:
        case "ollama":
            return OllamaModel(
                settings.ollama_model,
                hosts=parse_hosts(settings.ollama_host or "127.0.0.1:11434"),
                num_ctx=settings.ollama_num_ctx,
                keep_alive=settings.ollama_keep_alive,
                timeout=settings.model_timeout,
                slots=settings.model_concurrency or 1,
            )
        case "openai":
            if not settings.openai_url:
                raise ConfigError(
                    "GLASSDOME_OPENAI_URL is not set.", fix="Write the server's base URL, http://gpu:8000/v1."
                )
            key = settings.openai_key.get_secret_value() if settings.openai_key else ""
            return OpenAiServer(
                settings.openai_url,
                model=settings.model,
                key=key,
                timeout=settings.model_timeout,
                concurrency=settings.model_concurrency,
            )
        case "llamacpp":
            if not settings.model:
                raise ConfigError("GLASSDOME_MODEL is not set.", fix="Write the path of a GGUF file.")
            return LlamaCpp(Path(settings.model), num_ctx=settings.ollama_num_ctx)
        case _:
            return None


def engine_of(model: LanguageModel, settings: Settings) -> LlmEngine:
    """Return the engine over a model."""
    return LlmEngine(model, name=settings.engine_name, mail_chars=settings.max_email_size)


@asynccontextmanager
async def open_engine(settings: Settings) -> AsyncIterator[Engine | None]:
    """Yield the engine that the settings choose, None for the built-in one alone."""
    model = language_model(settings)
    if model is None:
        yield None
        return
    try:
        yield engine_of(model, settings)
    finally:
        await model.aclose()


def builtin_engine(settings: Settings) -> BuiltinEngine | None:
    """Return the built-in engine with the owner's own classifier, None for the shipped one; raises ConfigError."""
    if settings.text_model is None:
        return None
    return BuiltinEngine(read_classifier(settings.text_model))


def stages(settings: Settings, *, engine: Engine | None, clock: Clock) -> Stages:
    """Return how messages outside a mailbox are judged."""
    return Stages(
        engine=engine, authserv_ids=settings.authserv_ids, clock=clock, policies=parse_policies(settings.engine_skip)
    )


# -- mailboxes


def chosen_by_settings(settings: Settings) -> dict[str, SecretStr | None]:
    """Return the mailboxes of GLASSDOME_MAILBOXES with their passwords; raises ConfigError for what is no address."""
    found: dict[str, SecretStr | None] = {}
    for part in filter(None, (p.strip() for p in settings.mailboxes.split(","))):
        address, colon, password = part.partition(":")
        if "@" not in address.strip("@"):
            raise ConfigError(
                f"GLASSDOME_MAILBOXES: {address!r} is not the address of a mailbox.",
                fix="Write a@example.org or a@example.org:password, separated by commas.",
            )
        # Lower case, as the API and the doorbell name mailboxes.
        found[address.lower()] = SecretStr(password) if colon else None
    return found


class _Logins:
    """The mailbox's own password from the settings or the registry, else the master user."""

    def __init__(self, settings: Settings, registry: MailboxRegistry) -> None:
        self._own = {k: v for k, v in chosen_by_settings(settings).items() if v is not None}
        self._registry = registry
        self._master: MailboxLogins | None = None
        if settings.imap_master_user and settings.imap_master_password:
            self._master = MasterLogins(settings.imap_master_user, settings.imap_master_password)

    async def login_for(self, mailbox: str) -> Credentials:
        if password := self._own.get(mailbox.lower()):
            return Credentials(user=mailbox, password=password)
        if registered := await self._registry.get(mailbox):
            return Credentials(user=mailbox, password=registered.password)
        if self._master is not None:
            return await self._master.login_for(mailbox)
        raise LoginRefused(
            f"No password is known for {mailbox}.",
            fix="Add it to GLASSDOME_MAILBOXES, register the mailbox with the agent, or configure a master user.",
        )


def mail_logins(settings: Settings, registry: MailboxRegistry) -> MailboxLogins:
    """Return how to log in to each mailbox."""
    return _Logins(settings, registry)


@asynccontextmanager
async def open_store(settings: Settings, *, migrated: bool = True) -> AsyncIterator[Database]:
    """Yield the database, its schema brought up to date (or only checked); raises StoreUnavailable, SchemaMismatch."""
    await (migrate if migrated else check_schema)(settings.database)
    box = await asyncio.to_thread(secret_box, settings)
    async with open_database(settings.database, box=box) as database:
        yield database


# -- the whole


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
            app.probes[settings.engine_name] = _probe(model)
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
    pool = ImapPool(server, _Logins(settings, database.mailboxes))
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


def _probe(model: Model) -> Callable[[], Awaitable[None]]:
    async def probe() -> None:
        try:
            await model.facts()
        except GlassdomeError as exc:
            raise ModelUnavailable(exc.message, fix=exc.fix) from exc

    return probe
