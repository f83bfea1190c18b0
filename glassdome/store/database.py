"""One database: every store over one pool of connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from glassdome.core.secrets import SecretBox
from glassdome.ports.store import Rendering
from glassdome.store.actions import Actions
from glassdome.store.analyses import Analyses
from glassdome.store.answers import AnswerRules
from glassdome.store.api_keys import ApiKeyTable
from glassdome.store.commands import Commands
from glassdome.store.connections import POOL_SIZE, Connections, make_engine
from glassdome.store.cursors import Cursors
from glassdome.store.deliveries import Deliveries
from glassdome.store.events import Events
from glassdome.store.history import Feedbacks, History
from glassdome.store.mailboxes import Mailboxes
from glassdome.store.model_roles import ModelRoles
from glassdome.store.model_speeds import ModelSpeeds
from glassdome.store.opt_ins import OptIns
from glassdome.store.outbox import OutboxTable
from glassdome.store.owners import Owners
from glassdome.store.preferences import ConfigTable, PreferenceTable
from glassdome.store.profiles import Profiles
from glassdome.store.progress import Progress
from glassdome.store.queue import Queue
from glassdome.store.sessions import SessionTable
from glassdome.store.thread_prose import ThreadProses
from glassdome.store.threads import Threads
from glassdome.store.webhooks import Webhooks

__all__ = ["Database", "open_database"]


class Database:
    """The stores by name."""

    def __init__(self, connections: Connections, *, rendering: Rendering, box: SecretBox | None = None) -> None:
        """`rendering` makes the texts of analyses and jobs that readers get; `box` encrypts registered passwords; without one `mailboxes` raises ConfigError."""
        self.connections = connections
        self.queue = Queue(connections, rendering)
        self.analyses = Analyses(connections, rendering)
        self.cursors = Cursors(connections)
        self.progress = Progress(connections)
        self.profiles = Profiles(connections)
        self.answer_rules = AnswerRules(connections)
        self.preferences = PreferenceTable(connections)
        self.config = ConfigTable(connections)
        self.history = History(connections)
        self.feedback = Feedbacks(connections)
        self.actions = Actions(connections)
        self.events = Events(connections)
        self.owners = Owners(connections)
        self.webhooks = Webhooks(connections, box)
        self.deliveries = Deliveries(connections)
        self.mailboxes = Mailboxes(connections, box)
        self.opt_ins = OptIns(connections)
        self.outbox = OutboxTable(connections)
        self.commands = Commands(connections)
        self.sessions = SessionTable(connections)
        self.api_keys = ApiKeyTable(connections)
        self.model_roles = ModelRoles(connections)
        self.model_speeds = ModelSpeeds(connections)
        self.threads = Threads(connections)
        self.thread_proses = ThreadProses(connections)

    async def ping(self) -> None:
        """Return when the database answers; raises StoreUnavailable."""
        await self.connections.rows(text("SELECT 1"))

    async def aclose(self) -> None:
        """Close all connections."""
        await self.connections.aclose()


@asynccontextmanager
async def open_database(
    url: str, *, rendering: Rendering, box: SecretBox | None = None, pool_size: int = POOL_SIZE
) -> AsyncIterator[Database]:
    """Open the database at `url`; nothing is connected before the first use. Raises ConfigError for a bad URL.

    The schema must be there: see `migrate` and `check_schema`.
    """
    engine = await asyncio.to_thread(make_engine, url, pool_size=pool_size)
    database = Database(Connections(engine), rendering=rendering, box=box)
    try:
        yield database
    finally:
        await database.aclose()
