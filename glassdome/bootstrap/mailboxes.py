"""From settings to mailboxes: which are chosen, how to log in to them, where everything is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from pydantic import SecretStr

from glassdome.agents.memory import secret_box
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, LoginRefused
from glassdome.integrations.imap.logins import MasterLogins
from glassdome.ports.agent import MailboxRegistry
from glassdome.ports.imap import MailboxLogins
from glassdome.store import Database, check_schema, migrate, open_database
from glassdome.values.credentials import Credentials

__all__ = ["chosen_by_settings", "mail_logins", "open_store"]


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

    def __init__(self, settings: Callable[[], Settings], registry: MailboxRegistry) -> None:
        self._settings, self._registry = settings, registry
        self._master: MailboxLogins | None = None
        if (user := settings().imap_master_user) and (password := settings().imap_master_password):
            self._master = MasterLogins(user, password)

    async def login_for(self, mailbox: str) -> Credentials:
        if password := chosen_by_settings(self._settings()).get(mailbox.lower()):
            return Credentials(user=mailbox, password=password)
        if registered := await self._registry.get(mailbox):
            return Credentials(user=mailbox, password=registered.password)
        if self._master is not None:
            return await self._master.login_for(mailbox)
        raise LoginRefused(
            f"No password is known for {mailbox}.",
            fix="Add it to GLASSDOME_MAILBOXES, register the mailbox with the agent, or configure a master user.",
        )


def mail_logins(settings: Callable[[], Settings], registry: MailboxRegistry) -> MailboxLogins:
    """Return how to log in to each mailbox; `settings` answers those of the moment."""
    return _Logins(settings, registry)


@asynccontextmanager
async def open_store(settings: Settings, *, migrated: bool = True) -> AsyncIterator[Database]:
    """Yield the database, its schema brought up to date (or only checked); raises StoreUnavailable, SchemaMismatch."""
    await (migrate if migrated else check_schema)(settings.database)
    box = await asyncio.to_thread(secret_box, settings)
    async with open_database(settings.database, box=box) as database:
        yield database
