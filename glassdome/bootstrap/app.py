"""The parts of the service, and the selection of them that one process runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from glassdome.act import Undoer
from glassdome.agents.digest.sender import DigestSender
from glassdome.bootstrap.live_model import LiveModel
from glassdome.core.clock import Clock
from glassdome.core.metrics import Metrics
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.llm.engine import LlmEngine
from glassdome.mailbox.reader import MailboxReader
from glassdome.mailbox.source import ImapSource
from glassdome.mailbox.watcher import Watcher
from glassdome.pipeline.actions import ActionLoop
from glassdome.pipeline.backfills import Backfills
from glassdome.pipeline.canaries.roles import Roles
from glassdome.pipeline.live import LiveSettings
from glassdome.pipeline.periodic import PeriodicTask
from glassdome.pipeline.plugins import Extended
from glassdome.pipeline.threads.following import ThreadFollowing
from glassdome.pipeline.webhooks import WebhookLoop
from glassdome.pipeline.worker import Worker
from glassdome.ports.addresses import OwnAddressBook
from glassdome.ports.files import FileReader
from glassdome.ports.sign_in import IdentityProvider
from glassdome.ports.webhooks import EventPoster
from glassdome.store import Database
from glassdome.values.credentials import Credentials
from glassdome.values.feedback import Feedback
from glassdome.values.person import SignedInBy

__all__ = ["App"]

Part: TypeAlias = Watcher | ActionLoop | Backfills | PeriodicTask | WebhookLoop | Worker


@dataclass(kw_only=True)
class App:
    """Everything there is. `reader`, `worker`, `watcher` and what goes with them are None without a mail server.

    `follow` keeps the settings fresh, in every process, and `role_steps` the role of the model. `probes` are the checks of
    `/health` other than the model server's.
    """

    settings: LiveSettings
    clock: Clock
    database: Database
    metrics: Metrics
    models: LiveModel
    builtin: BuiltinEngine | None
    extended: Extended
    follow: PeriodicTask
    roles: Roles
    role_steps: PeriodicTask
    reader: MailboxReader | None = None
    undoer: Undoer | None = None
    worker: Worker | None = None
    watcher: Watcher | None = None
    actions: ActionLoop | None = None
    retention: PeriodicTask | None = None
    #: Delivers events, and the way to their receivers.
    webhooks: WebhookLoop | None = None
    poster: EventPoster | None = None
    teach: Callable[[Feedback], Awaitable[None]] | None = None
    #: Returns whether the mail server has a mailbox; None without a server that could tell.
    has_mailbox: Callable[[str], Awaitable[bool]] | None = None
    #: Returns whether the mail server takes a login.
    check_login: Callable[[Credentials], Awaitable[bool]] | None = None
    #: Returns what an API key of mailcow proves that an address brings.
    check_mailcow_key: Callable[[str, str], Awaitable[SignedInBy | None]] | None = None
    #: Knows owners' addresses.
    addresses: OwnAddressBook | None = None
    #: The identity provider that people may sign in through.
    provider: IdentityProvider | None = None
    #: Carries out the backfills asked for on pages.
    backfills: Backfills | None = None
    #: Sends a mailbox a warning that says it is a test.
    try_warning: Callable[[str], Awaitable[None]] | None = None
    #: Sends digests; None where no mailbox is set that they are sent from.
    digests: DigestSender | None = None
    #: Follows the threads of those who want that.
    threads: ThreadFollowing | None = None
    periodic_tasks: list[PeriodicTask] = field(default_factory=list)
    #: Reads attached files; None where the settings want that not.
    files: FileReader | None = None
    probes: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    @property
    def source(self) -> ImapSource | None:
        """The way to fetch mail, None without a mail server."""
        return self.reader.source if self.reader is not None else None

    @property
    def engine(self) -> LlmEngine | None:
        """The engine of the moment, None for the built-in one alone."""
        return self.models.engine

    def only_api(self) -> None:
        """Watch and judge nothing here. Retention still runs: it is a promise about the database."""
        self.worker = self.watcher = self.actions = None
        self.roles.may_test = False
        self.periodic_tasks.clear()

    def only_worker(self) -> None:
        """Take jobs and finish actions; the tasks that run once per installation are left to the process that watches."""
        self.watcher = self.retention = self.backfills = self.webhooks = None
        self.roles.may_test = False
        self.periodic_tasks.clear()

    async def work(self) -> None:
        """Run the parts until `stop`; one that fails ends the others and is raised."""
        async with asyncio.TaskGroup() as tasks:
            for part in self._parts():
                tasks.create_task(part.run())

    def stop(self) -> None:
        """Ask `work` to finish what it began and return; an answer of a model inside Glassdome is not waited for."""
        self.models.interrupt()
        for part in self._parts():
            part.stop()

    def _parts(self) -> list[Part]:
        every = (
            self.follow,
            self.role_steps,
            self.watcher,
            self.actions,
            self.retention,
            self.webhooks,
            self.backfills,
            *self.periodic_tasks,
            self.worker,
        )
        return [part for part in every if part is not None]
