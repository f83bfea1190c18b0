"""Sessions of the web UI."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.keys import key_of
from glassdome.store.schema import sessions

__all__ = ["SessionTable"]


class SessionTable(Store):
    """The sessions that were begun and have not ended. A token is kept as its hash only."""

    async def begin_session(self, token: str, *, who: str, now: datetime, until: datetime) -> None:
        """Store a session, and forget those whose time is over."""
        row = {"session_key": key_of(token), "who": who, "begun_at": now, "expires_at": until}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            await connection.execute(insert(sessions).values(**row))

        await self._db.write(work)

    async def holds_session(self, token: str, *, now: datetime) -> bool:
        """Return whether the session was begun, not signed out of, and is not over."""
        found = select(sessions.c.who).where(sessions.c.session_key == key_of(token), sessions.c.expires_at > now)
        return await self._db.row(found) is not None

    async def end_session(self, token: str) -> None:
        """Forget the session: no copy of its cookie opens anything from now on."""
        await self._db.change(delete(sessions).where(sessions.c.session_key == key_of(token)))
