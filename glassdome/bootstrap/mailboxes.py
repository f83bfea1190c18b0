"""Builds the enabled mailboxes, their logins and the store from the settings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from glassdome.core.config import Settings
from glassdome.core.config.checks import NamedMailbox, read_mailboxes
from glassdome.core.errors import ConfigError, LoginRefused
from glassdome.core.secrets import secret_box
from glassdome.integrations.imap.logins import MasterLogins
from glassdome.ports.imap import MailboxLogins
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, check_schema, migrate, open_database
from glassdome.values.credentials import Credentials

if TYPE_CHECKING:
    from glassdome.store.mailboxes import Mailboxes

__all__ = ["chosen_by_settings", "login_of_settings", "mail_logins", "master_logins", "open_store"]


def chosen_by_settings(settings: Settings) -> dict[str, NamedMailbox]:
    """Return the mailboxes of GLASSDOME_MAILBOXES by their addresses; raises ConfigError for an invalid address."""
    try:
        return {named.address: named for named in read_mailboxes(settings.mailboxes)}
    except ValueError as exc:
        raise ConfigError(f"GLASSDOME_MAILBOXES: {exc}.", fix="Separate the entries by commas.") from exc


def login_of_settings(settings: Settings, mailbox: str) -> Credentials | None:
    """Return the mailbox's own login where the settings have its password."""
    named = chosen_by_settings(settings).get(mailbox.lower())
    if named is None or not named.password:
        return None
    return Credentials(user=named.login or mailbox, password=named.password)


def master_logins(settings: Settings) -> MasterLogins | None:
    """Return the logins of the master user, None where none is set."""
    user, password = settings.imap_master_user, settings.imap_master_password
    return MasterLogins(user, password) if user and password else None


class _Logins:
    """The mailbox's own password from the settings or the registry, else the master user."""

    def __init__(self, settings: Callable[[], Settings], registry: Mailboxes) -> None:
        self._settings, self._registry = settings, registry
        self._master = master_logins(settings())

    async def login_for(self, mailbox: str) -> Credentials:
        if own := login_of_settings(self._settings(), mailbox):
            return own
        if registered := await self._registry.get(mailbox):
            return registered.credentials
        if self._master is not None:
            return await self._master.login_for(mailbox)
        raise LoginRefused(
            f"No password is known for {mailbox}.",
            fix="Add it to GLASSDOME_MAILBOXES, register the mailbox with the agent, or configure a master user.",
        )


def mail_logins(settings: Callable[[], Settings], registry: Mailboxes) -> MailboxLogins:
    """Return how to log in to each mailbox; `settings` returns the current settings."""
    return _Logins(settings, registry)


@asynccontextmanager
async def open_store(settings: Settings, *, migrated: bool = True) -> AsyncIterator[Database]:
    """Yield the database, its schema brought up to date (or only checked); raises StoreUnavailable, SchemaMismatch."""
    await (migrate if migrated else check_schema)(settings.database)
    box = await asyncio.to_thread(secret_box, settings)
    async with open_database(settings.database, box=box, rendering=RENDERING) as database:
        yield database
