"""API keys that people made on the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.schema_access import api_keys
from glassdome.values.person import MadeKey, Person, SignedInBy

__all__ = ["ApiKeyTable"]


class ApiKeyTable(Store):
    """The keys by their hash; no key itself is ever stored."""

    async def add_key(self, key: MadeKey, *, most: int) -> bool:
        """Store a key, and forget those that expired; False where its owner has `most` already."""
        row = {
            "digest": key.digest,
            "label": key.label,
            "scope": "rw" if key.writes else "ro",
            "mailboxes": key.mailboxes,
            "domains": key.domains,
            "owner": key.owner.name,
            "owner_by": key.owner.by.value,
            "owner_everything": key.owner.everything,
            "owner_domains": key.owner.domains,
            "created_at": key.created_at,
            "expires_at": key.expires_at,
        }
        held = select(func.count()).where(api_keys.c.owner == key.owner.name)

        async def work(connection: AsyncConnection) -> bool:
            await connection.execute(delete(api_keys).where(api_keys.c.expires_at <= key.created_at))
            if int((await connection.execute(held)).scalar_one()) >= most:
                return False
            await connection.execute(insert(api_keys).values(**row))
            return True

        return await self._db.write(work)

    async def key_of(self, digest: str, *, now: datetime) -> MadeKey | None:
        """Return the key with that hash, unless it expired or was revoked."""
        row = await self._db.row(select(api_keys).where(api_keys.c.digest == digest, api_keys.c.expires_at > now))
        return None if row is None else _key(row)

    async def keys_of(self, owner: str | None, *, now: datetime) -> tuple[MadeKey, ...]:
        """Return the keys of an owner, or of all, the newest first."""
        whose = [] if owner is None else [api_keys.c.owner == owner]
        found = select(api_keys).where(api_keys.c.expires_at > now, *whose).order_by(api_keys.c.id.desc())
        return tuple(map(_key, await self._db.rows(found)))

    async def use_key(self, id: int, *, now: datetime) -> None:
        """Note that the key was used."""
        await self._db.change(update(api_keys).where(api_keys.c.id == id).values(used_at=now))

    async def revoke_key(self, id: int, *, owner: str | None) -> bool:
        """Forget a key, of that owner or of anybody; False where there is none."""
        whose = [] if owner is None else [api_keys.c.owner == owner]
        return bool(await self._db.change(delete(api_keys).where(api_keys.c.id == id, *whose)))


def _key(row: Row[Any]) -> MadeKey:
    by, domains = SignedInBy(row.owner_by), tuple(row.owner_domains)
    return MadeKey(
        id=row.id,
        digest=row.digest,
        label=row.label,
        writes=row.scope == "rw",
        mailboxes=row.mailboxes,
        domains=row.domains,
        owner=Person(by=by, name=row.owner, everything=row.owner_everything, domains=domains),
        created_at=row.created_at,
        used_at=row.used_at,
        expires_at=row.expires_at,
    )
