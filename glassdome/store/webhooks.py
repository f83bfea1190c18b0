"""The receivers of events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.core.errors import ConfigError, InputError
from glassdome.core.secrets import SecretBox
from glassdome.store.connections import Connections
from glassdome.store.schema import deliveries, webhooks
from glassdome.values.event import EventKind
from glassdome.values.webhook import DeliveryState, Webhook

__all__ = ["MOST_OF_ONE", "MOST_WEBHOOKS", "Webhooks"]

#: Receivers of one installation: each costs a look each second.
MOST_WEBHOOKS: Final = 100
#: Of them, those of one mailbox or domain, and those of all mailboxes and domains: owners leave room for the administrator.
MOST_OF_ONE: Final = 10
_MOST_OF_ALL: Final = 80
#: How long an old secret signs too after a new one was made.
_ROTATION: Final = timedelta(days=1)
_SAME: Final = (
    "id",
    "url",
    "mailbox",
    "domain",
    "enabled",
    "created_at",
    "failures",
    "rests_until",
    "last_error",
    "last_status",
    "delivered_at",
)


def _must_have_room(known: Sequence[tuple[str, str]], place: tuple[str, str]) -> None:
    """Raise InputError where no further receiver may be added for that mailbox or domain."""
    whole = ("", "")
    if len(known) >= MOST_WEBHOOKS or (place != whole and len(known) - known.count(whole) >= _MOST_OF_ALL):
        raise InputError(f"There are {len(known)} webhooks already.", fix="Remove one first.")
    if place != whole and known.count(place) >= MOST_OF_ONE:
        raise InputError(f"There are {MOST_OF_ONE} webhooks of it already.", fix="Remove one first.")


class Webhooks:
    """The receivers; their secrets are stored encrypted."""

    def __init__(self, connections: Connections, box: SecretBox | None) -> None:
        """`box` encrypts the secrets; without one, none can be stored or read."""
        self._db, self._box = connections, box

    async def add(
        self,
        url: str,
        kinds: Sequence[EventKind],
        *,
        secret: SecretStr,
        mailbox: str,
        domain: str,
        now: datetime,
    ) -> int:
        """Store a receiver and return its id; raises InputError where there are too many."""
        row: dict[str, Any] = {
            "url": url,
            "events": tuple(kinds),
            "secret": self._secrets.encrypt(secret),
            "old_secret": "",
        }
        row |= {"mailbox": mailbox, "domain": domain, "enabled": True, "failures": 0, "last_error": ""}

        async def work(connection: AsyncConnection) -> int:
            places = select(webhooks.c.mailbox, webhooks.c.domain).with_for_update()
            known = [(each.mailbox, each.domain) for each in (await connection.execute(places)).all()]
            _must_have_room(known, (mailbox, domain))
            added = await connection.execute(insert(webhooks).values(**row, created_at=now))
            return int((added.inserted_primary_key or (0,))[0])

        return await self._db.write(work)

    async def list(self, *, now: datetime) -> tuple[Webhook, ...]:
        """Return all receivers with the secrets that count now; raises ConfigError when another key encrypted them."""
        rows = await self._db.rows(select(webhooks).order_by(webhooks.c.id))
        return tuple(self._read(row, now) for row in rows)

    async def get(self, id: int, *, now: datetime) -> Webhook | None:
        """Return one receiver."""
        row = await self._db.row(select(webhooks).where(webhooks.c.id == id))
        return None if row is None else self._read(row, now)

    async def change(
        self, id: int, *, url: str | None = None, kinds: Sequence[EventKind] = (), enabled: bool | None = None
    ) -> None:
        """Change the given fields; a changed receiver is tried at once."""
        values: dict[str, Any] = {"failures": 0, "rests_until": None}
        values |= {"url": url} if url is not None else {}
        values |= {"events": tuple(kinds)} if kinds else {}
        values |= {"enabled": enabled} if enabled is not None else {}
        await self._db.change(update(webhooks).where(webhooks.c.id == id).values(**values))

    async def rotate(self, id: int, *, secret: SecretStr, now: datetime) -> None:
        """Sign with a new secret, and for a day with the old one too."""
        values = {"old_secret": webhooks.c.secret, "old_until": now + _ROTATION}
        # Two statements: MariaDB would assign in order, and read the secret it just wrote.
        sealed = self._secrets.encrypt(secret)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(update(webhooks).where(webhooks.c.id == id).values(**values))
            await connection.execute(update(webhooks).where(webhooks.c.id == id).values(secret=sealed))

        await self._db.write(work)

    async def remove(self, id: int) -> int:
        """Remove a receiver with its deliveries; return how many of these were not delivered."""

        async def work(connection: AsyncConnection) -> int:
            await connection.execute(delete(webhooks).where(webhooks.c.id == id))
            mine = deliveries.c.webhook_id == id
            await connection.execute(
                delete(deliveries).where(mine, deliveries.c.state == DeliveryState.DELIVERED.value)
            )
            return int((await connection.execute(delete(deliveries).where(mine))).rowcount)

        return await self._db.write(work)

    def _read(self, row: Row[Any], now: datetime) -> Webhook:
        tokens = [row.secret, *([row.old_secret] if row.old_until is not None and row.old_until > now else [])]
        return Webhook(
            events=tuple(map(EventKind, row.events)),
            secrets=tuple(self._secrets.decrypt(token) for token in tokens),
            **{name: getattr(row, name) for name in _SAME},
        )

    @property
    def _secrets(self) -> SecretBox:
        if self._box is None:
            raise ConfigError("Secrets need a key.", fix="Set GLASSDOME_SECRET_KEY or GLASSDOME_SECRET_KEY_FILE.")
        return self._box
