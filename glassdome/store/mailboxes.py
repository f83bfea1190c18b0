"""Mailboxes the agent may log in to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Row, delete, select

from glassdome.core.errors import ConfigError
from glassdome.core.secrets import SecretBox
from glassdome.store.connections import Connections
from glassdome.store.schema import mailboxes
from glassdome.store.upsert import upsert
from glassdome.values.agent import RegisteredMailbox

__all__ = ["Mailboxes"]


class Mailboxes:
    """The mailboxes the agent may log in to; passwords are stored encrypted."""

    def __init__(self, connections: Connections, box: SecretBox | None) -> None:
        """`box` encrypts the passwords; without one, none can be stored or read."""
        self._db, self._box = connections, box

    async def add(self, address: str, password: SecretStr, *, now: datetime, name: str = "", login: str = "") -> None:
        """Register a mailbox, or replace name, login and password of a registered one; no `login`: the address."""
        sealed = self._secrets.encrypt(password)
        row = {"address": address, "name": name, "login": login, "password": sealed, "updated_at": now}
        changes = ("name", "login", "password", "updated_at")
        await self._db.write(lambda c: upsert(c, mailboxes, [row], keys=("address",), replace=changes))

    async def get(self, address: str) -> RegisteredMailbox | None:
        """Return the mailbox with its password; raises ConfigError when another key encrypted it."""
        row = await self._db.row(select(mailboxes).where(mailboxes.c.address == address))
        if row is None:
            return None
        return _read(row, self._secrets)

    async def all(self) -> tuple[RegisteredMailbox, ...]:
        """Return every mailbox with its password, sorted, by one query; raises ConfigError as `get` does."""
        rows = await self._db.rows(select(mailboxes).order_by(mailboxes.c.address))
        box = self._secrets
        return tuple(_read(row, box) for row in rows)

    async def list(self) -> tuple[str, ...]:
        """Return the addresses, sorted."""
        rows = await self._db.rows(select(mailboxes.c.address).order_by(mailboxes.c.address))
        return tuple(row.address for row in rows)

    async def forget(self, address: str) -> bool:
        """Remove a mailbox; return whether it was there."""
        return await self._db.change(delete(mailboxes).where(mailboxes.c.address == address)) == 1

    @property
    def _secrets(self) -> SecretBox:
        if self._box is None:
            raise ConfigError("Passwords need a key.", fix="Set GLASSDOME_SECRET_KEY or GLASSDOME_SECRET_KEY_FILE.")
        return self._box


def _read(row: Row[Any], box: SecretBox) -> RegisteredMailbox:
    return RegisteredMailbox(address=row.address, name=row.name, login=row.login, password=box.decrypt(row.password))
