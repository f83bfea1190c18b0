"""The stores of an agent, all in one database, opened on first use in any event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from glassdome.core.config import Settings
from glassdome.core.errors import LoginRefused
from glassdome.core.per_loop import PerLoop
from glassdome.core.secrets import secret_box
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.credentials import Credentials

__all__ = ["AgentStores", "RegisteredLogins"]


class AgentStores:
    """The database that the settings name; its schema is brought up to date when it is opened."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is opened yet."""
        self._settings = settings
        self._database = PerLoop(self._open)

    async def stores(self) -> Database:
        """Return the stores; raises StoreUnavailable, SchemaMismatch, ConfigError."""
        return await self._database.get()

    async def aclose(self) -> None:
        """Close the database; it may be used again."""
        await self._database.aclose()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Database]:
        await migrate(self._settings.database)
        box = await asyncio.to_thread(secret_box, self._settings)
        async with open_database(self._settings.database, box=box, rendering=RENDERING) as database:
            yield database


class RegisteredLogins:
    """The logins of registered mailboxes. Implements `ports.imap.MailboxLogins`."""

    def __init__(self, stores: AgentStores) -> None:
        """Passwords are read when they are needed."""
        self._stores = stores

    async def login_for(self, mailbox: str) -> Credentials:
        """Return the login; raises LoginRefused where the mailbox is not registered."""
        registered = await (await self._stores.stores()).mailboxes.get(mailbox)
        if registered is None:
            raise LoginRefused(
                f"No password is known for {mailbox}.",
                fix="Give it once with the task, or run: glassdome mailbox register.",
            )
        return registered.credentials
