"""The owners' wishes and the `llm_config` table (`ports.store.ConfigStore`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.schema import config, cursors, preferences, threads
from glassdome.store.thread_forget import forget_mailbox, stop_reading
from glassdome.store.upsert import upsert
from glassdome.values.preferences import DigestEvery, EngineAccess, Preferences
from glassdome.values.refs import INBOX, Cursor

__all__ = ["ConfigTable", "PreferenceTable"]

_CHOICES = tuple(f.name for f in fields(Preferences) if f.name not in ("username", "engine_access", "digest"))


#: Choices by which the state of a thread is told differently.
_OF_THREADS = ("flag_threads", "follow_up_days", "follow_up_drafts", "language", "timezone")


class PreferenceTable(Store):
    """The owners' preferences."""

    async def get_preferences(self, username: str) -> Preferences:
        """Return the mailbox's preferences, or the defaults (`chosen=False`)."""
        row = await self._db.row(select(preferences).where(preferences.c.username == username))
        if row is None:
            return Preferences(username=username)
        choices = {name: getattr(row, name) for name in _CHOICES}
        access, digest = EngineAccess(row.engine_access), DigestEvery(row.digest)
        return Preferences(username=username, engine_access=access, digest=digest, **choices)

    async def set_preferences(self, preferences_: Preferences, *, now: datetime) -> None:
        """Store them; a mailbox that is enabled now keeps that moment, and one that is disabled loses its positions."""
        words = {"engine_access": preferences_.engine_access.value, "digest": preferences_.digest.value}
        row = asdict(preferences_) | words | {"updated_at": now}
        changes = (*_CHOICES, *words, "updated_at")
        read = preferences_.chosen and preferences_.auto_analysis

        async def work(connection: AsyncConnection) -> None:
            await _follow_threads(connection, preferences_, read=read, now=now)
            await upsert(connection, preferences, [row], keys=("username",), replace=changes)
            if read:
                # What arrives before the first poll succeeds counts too, however long that takes.
                start = {"mailbox": preferences_.username, "folder": INBOX, "updated_at": now}
                await upsert(connection, cursors, [start | asdict(Cursor.starting(now))], keys=("mailbox", "folder"))
            else:
                # Cursors under `//` are other readers': a backfill, an agent's monitor.
                of_folders = (cursors.c.mailbox == preferences_.username, cursors.c.folder.not_like("//%"))
                await connection.execute(delete(cursors).where(*of_folders))

        await self._db.write(work)

    async def chosen_mailboxes(self) -> tuple[str, ...]:
        """Return the mailboxes whose analysis was chosen and is switched on."""
        on = (preferences.c.chosen.is_(True), preferences.c.auto_analysis.is_(True))
        rows = await self._db.rows(select(preferences.c.username).where(*on).order_by(preferences.c.username))
        return tuple(row.username for row in rows)

    async def mailboxes_with(self, access: Collection[EngineAccess]) -> tuple[str, ...]:
        """Return the mailboxes whose owners let a model see that much of their mail."""
        wanted = and_(preferences.c.model.is_(True), preferences.c.engine_access.in_([each.value for each in access]))
        if EngineAccess.NEVER in access:
            wanted = or_(wanted, preferences.c.model.is_(False))
        rows = await self._db.rows(select(preferences.c.username).where(wanted).order_by(preferences.c.username))
        return tuple(row.username for row in rows)


async def _follow_threads(connection: AsyncConnection, wanted: Preferences, *, read: bool, now: datetime) -> None:
    """Erase the threads of an owner who wants none any more, and compute their states again for other wishes."""
    own = select(preferences).where(preferences.c.username == wanted.username).with_for_update()
    before = (await connection.execute(own)).first()
    if before is None or not before.threads:
        return
    if not wanted.threads:
        await forget_mailbox(connection, wanted.username, now=now)
        return
    if not read:
        await stop_reading(connection, wanted.username)
    same = (threads.c.mailbox == wanted.username, threads.c.state != "")
    if any(getattr(before, name) != getattr(wanted, name) for name in _OF_THREADS):
        await connection.execute(update(threads).where(*same).values(look_at=now))


class ConfigTable(Store):
    """Implements `ports.store.ConfigStore`."""

    async def read_config(self) -> Mapping[str, str]:
        """Return key -> value."""
        return {row.config_key: row.config_value for row in await self._db.rows(select(config))}

    async def write_config(self, changes: Mapping[str, str | None], *, now: datetime) -> None:
        """Set values; None removes one."""
        kept = [
            {"config_key": key, "config_value": value, "updated_at": now}
            for key, value in sorted(changes.items())
            if value is not None
        ]
        removed = [key for key, value in changes.items() if value is None]

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(config).where(config.c.config_key.in_(removed)))
            await upsert(connection, config, kept, keys=("config_key",), replace=("config_value", "updated_at"))

        await self._db.write(work)
