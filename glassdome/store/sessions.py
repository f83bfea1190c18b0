"""Sessions of the web UI."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.actions import key_of
from glassdome.store.connections import Store
from glassdome.store.schema import sessions
from glassdome.values.person import AccountMark, KnownSession, Person, SignedInBy

__all__ = ["SessionTable"]


class SessionTable(Store):
    """The sessions that were begun and have not ended. A token is kept as its hash only."""

    async def begin_session(
        self, token: str, *, person: Person, browser: str, now: datetime, until: datetime, idle_since: datetime
    ) -> None:
        """Store a session, and forget those that ended or were last used at `idle_since` or before."""
        row = {
            "session_key": key_of(token),
            "who": person.name,
            "signed_in_by": person.by.value,
            "everything": person.everything,
            "domains": person.domains,
            "browser": browser,
            "begun_at": now,
            "used_at": now,
            "expires_at": until,
        }
        over = or_(sessions.c.expires_at <= now, sessions.c.used_at <= idle_since)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(sessions).where(over))
            await connection.execute(insert(sessions).values(**row))

        await self._db.write(work)

    async def session_of(self, token: str, *, now: datetime, idle_since: datetime) -> KnownSession | None:
        """Return the session of a token that was begun, not signed out of, and is not over."""
        found = select(sessions).where(sessions.c.session_key == key_of(token), *_live(now, idle_since))
        row = await self._db.row(found)
        return None if row is None else _session(row)

    async def sessions_of(self, name: str, *, now: datetime, idle_since: datetime) -> tuple[KnownSession, ...]:
        """Return a person's sessions, the one used last first."""
        found = select(sessions).where(sessions.c.who == name, *_live(now, idle_since))
        rows = await self._db.rows(found.order_by(sessions.c.used_at.desc(), sessions.c.session_key))
        return tuple(map(_session, rows))

    async def sessions_of_owners(self, *, now: datetime, idle_since: datetime) -> tuple[KnownSession, ...]:
        """Return the sessions of owners of mailboxes, each owner's together."""
        ways = (SignedInBy.MAILBOX.value, SignedInBy.PROVIDER.value)
        owned = (sessions.c.signed_in_by.in_(ways), sessions.c.who.contains("@", autoescape=True))
        found = select(sessions).where(*owned, *_live(now, idle_since))
        return tuple(map(_session, await self._db.rows(found.order_by(sessions.c.who, sessions.c.session_key))))

    async def note_account(self, id: str, account: AccountMark) -> None:
        """Store the state of a session's account, unless one is there."""
        this = (sessions.c.session_key == id, sessions.c.account.is_(None))
        await self._db.change(update(sessions).where(*this).values(account=account))

    async def use_session(self, token: str, *, now: datetime) -> None:
        """Note that the session was used."""
        await self._db.change(update(sessions).where(sessions.c.session_key == key_of(token)).values(used_at=now))

    async def end_session(self, token: str) -> None:
        """Forget the session: no copy of its cookie opens anything from now on."""
        await self._db.change(delete(sessions).where(sessions.c.session_key == key_of(token)))

    async def end_sessions(self, name: str, *, session: str = "") -> int:
        """Forget all sessions of a person, or the one of theirs with that id; return how many there were."""
        which = [sessions.c.who == name, *([sessions.c.session_key == session] if session else [])]
        return await self._db.change(delete(sessions).where(*which))


def _live(now: datetime, idle_since: datetime) -> tuple[Any, ...]:
    return sessions.c.expires_at > now, sessions.c.used_at > idle_since


def _session(row: Row[Any]) -> KnownSession:
    by = SignedInBy(row.signed_in_by)
    return KnownSession(
        id=row.session_key,
        person=Person(by=by, name=row.who, everything=row.everything, domains=tuple(row.domains)),
        browser=row.browser,
        begun_at=row.begun_at,
        used_at=row.used_at,
        expires_at=row.expires_at,
        account=row.account,
    )
