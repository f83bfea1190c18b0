"""Lends sessions to tasks: kept warm per mailbox, bounded in number. Implements `ports.imap.ImapSessions`."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Final, cast

from glassdome.core.errors import (
    ConfigError,
    ConnectFailed,
    GlassdomeError,
    LoginRefused,
    LoginUnsupported,
    TransportError,
)
from glassdome.core.limits import (
    IMAP_KEEP_SECONDS,
    IMAP_TRUST_SECONDS,
    KEPT_MAIL_SECONDS,
    LOGIN_AGAIN_SECONDS,
    LOGIN_DOUBT_SECONDS,
    LOGIN_LONGEST_SECONDS,
    LOGIN_WINDOW_SECONDS,
    MAX_IMAP_CONNECTIONS,
    MAX_KEPT_FETCHED_BYTES,
    MAX_REFUSED_LOGINS,
    MAX_REFUSED_TRIES,
)
from glassdome.core.recent import Recent
from glassdome.integrations.imap.login import ImapServer, log_in
from glassdome.integrations.imap.session import Session
from glassdome.ports.imap import MailboxLogins
from glassdome.values.credentials import Credentials

__all__ = ["ImapPool"]

#: Seconds for which a row of refusals is remembered after its last pause.
_REMEMBERED: Final = 2 * LOGIN_LONGEST_SECONDS


@dataclass(slots=True)
class _Resting:
    """An idle session, and since when (event loop time).

    `own` says that its login is the one that the pool knows of the mailbox.
    """

    mailbox: str
    login: Credentials
    own: bool
    session: Session
    since: float


@dataclass(slots=True, kw_only=True)
class _Refused:
    """Logins of one mailbox that were refused in a row: when the last was, how many, and what the server said."""

    at: float
    tries: int
    error: GlassdomeError

    @property
    def until(self) -> float:
        """Until when it is not tried again: longer each time, and briefly where it may be a server's moment."""
        if not isinstance(self.error, LoginRefused):
            return self.at + LOGIN_DOUBT_SECONDS
        return self.at + min(LOGIN_LONGEST_SECONDS, LOGIN_AGAIN_SECONDS * 2.0 ** min(self.tries - 1, 16))


@dataclass(slots=True)
class _Room:
    """The sessions and state of one event loop; no other loop can use its sessions."""

    loop: asyncio.AbstractEventLoop
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    resting: list[_Resting] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    refused: dict[tuple[str, Credentials], _Refused] = field(default_factory=dict)
    worked: set[tuple[str, Credentials]] = field(default_factory=set)
    keeper: AsyncGenerator[None, None] | None = None


class ImapPool:
    """Sessions of many mailboxes on one server; an async context manager."""

    def __init__(
        self,
        server: ImapServer,
        logins: MailboxLogins,
        *,
        max_connections: int = MAX_IMAP_CONNECTIONS,
    ) -> None:
        """At most `max_connections` are open at once, and of each mailbox as many as `server` says; who comes then waits, or takes the place of one that rests."""
        self._server = server
        self.logins = logins
        self._max = max_connections
        self.max_per_mailbox = server.connections
        self._room: _Room | None = None
        self._kept = Recent[bytes](most_bytes=MAX_KEPT_FETCHED_BYTES, seconds=KEPT_MAIL_SECONDS)

    async def __aenter__(self) -> ImapPool:
        """Return the pool."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Log out everywhere."""
        await self.aclose()

    @contextlib.asynccontextmanager
    async def session(
        self, mailbox: str, login: Credentials | None = None, *, fresh: bool = False
    ) -> AsyncIterator[Session]:
        """Lend a session; one whose connection failed is not lent again. Raises as `login.log_in`.

        `login` replaces what the pool's logins know of the mailbox; a session is lent to any caller with its login.
        `fresh` makes a new login, so that the server checks the password now. Raises ConfigError where no server is set.
        """
        if not self._server.host:
            raise ConfigError("No IMAP server is set.", fix="Set GLASSDOME_IMAP_HOST.")
        room = await self._enter()
        taken = await self._take(room, mailbox, login, fresh=fresh)
        try:
            yield taken.session
        finally:
            await self._give_back(room, taken)

    @property
    def open_connections(self) -> int:
        """The number of connections that are open or being opened."""
        return self._room.open.total() if self._room else 0

    async def aclose(self) -> None:
        """Log out of every session that rests; those in use close when they are given back."""
        room, self._room = self._room, None
        if room is not None and room.loop is asyncio.get_running_loop():
            await _close_all(room)
            if room.keeper is not None:
                await room.keeper.aclose()

    # -- inside

    async def _enter(self) -> _Room:
        loop = asyncio.get_running_loop()
        if self._room is None or self._room.loop is not loop:
            self._room = _Room(loop)
            # `asyncio.run` closes asynchronous generators before its loop ends: the last moment to log out cleanly
            # for callers who use one loop per call.
            self._room.keeper = _keep(self._room)
            await anext(self._room.keeper)
        return self._room

    async def _take(self, room: _Room, mailbox: str, given: Credentials | None, *, fresh: bool) -> _Resting:
        own, login = given is None, given
        if login is None and not any(r.own and r.mailbox == mailbox for r in room.resting):
            login = await self.logins.login_for(mailbox)
        while (rested := await self._admit(room, mailbox, login, reuse=not fresh)) is not None:
            if await _is_alive(room, rested):
                rested.own |= own
                return rested
            rested.session.abort()
            await self._left(room, mailbox)
        try:
            login = login or await self.logins.login_for(mailbox)
            session = await self._log_in(room, mailbox, login, fresh=fresh)
        except BaseException:
            await self._left(room, mailbox)
            raise
        session.share(self._kept, login.user)
        return _Resting(mailbox, login, own, session, room.loop.time())

    async def _admit(self, room: _Room, mailbox: str, login: Credentials | None, *, reuse: bool) -> _Resting | None:
        """Wait for a place and take a resting session of that login, or an own one; None: open a new one."""
        async with room.changed:
            while True:
                _drop_stale(room)
                for index in range(len(room.resting) - 1, -1, -1) if reuse else ():
                    rested = room.resting[index]
                    if rested.mailbox == mailbox and (rested.own if login is None else rested.login == login):
                        return room.resting.pop(index)
                if room.open[mailbox] >= self.max_per_mailbox:
                    _drop_first(room, mailbox)
                if room.open[mailbox] < self.max_per_mailbox:
                    if room.open.total() >= self._max:
                        _drop_first(room)
                    if room.open.total() < self._max:
                        room.open[mailbox] += 1
                        return None
                await room.changed.wait()

    async def _log_in(self, room: _Room, mailbox: str, login: Credentials, *, fresh: bool) -> Session:
        key = (mailbox, login)
        _spare_the_server(room, key, fresh=fresh)
        try:
            session = await log_in(self._server, login)
        except LoginUnsupported:
            raise  # no password was sent, so no server holds it against us
        except LoginRefused as exc:
            raise _refused(room, key, exc, fresh=fresh) from exc
        room.refused.pop(key, None)
        room.worked.add(key)
        return session

    async def _give_back(self, room: _Room, taken: _Resting) -> None:
        if taken.session.broken or room is not self._room:
            taken.session.abort()
            await self._left(room, taken.mailbox)
            return
        taken.since = room.loop.time()
        async with room.changed:
            room.resting.append(taken)
            room.changed.notify_all()

    async def _left(self, room: _Room, mailbox: str) -> None:
        async with room.changed:
            _forget(room, mailbox)
            room.changed.notify_all()


def _refused(room: _Room, key: tuple[str, Credentials], exc: LoginRefused, *, fresh: bool) -> GlassdomeError:
    """Note a refused login; one that worked before is in doubt at first, since servers in trouble refuse good passwords.

    A person who asks (`fresh`) is told at once.
    """
    before, error = room.refused.get(key), cast("GlassdomeError", exc)
    tries = before.tries if before is not None else 0
    worked = key in room.worked
    room.worked.discard(key)
    if worked and not fresh:
        error = ConnectFailed(f"{exc.message} It took that login before, so it is asked again.", fix=exc.fix)
    room.refused[key] = _Refused(at=room.loop.time(), tries=tries + 1, error=error)
    return error


def _spare_the_server(room: _Room, key: tuple[str, Credentials], *, fresh: bool) -> None:
    """Raise the last refusal where one more try is hopeless or could get our address banned.

    A person who asks (`fresh`) waits no longer after many refusals than after one.
    """
    now = room.loop.time()
    room.refused = {k: known for k, known in room.refused.items() if now < max(known.until, known.at + _REMEMBERED)}
    known = room.refused.get(key)
    if known is not None and now < (min(known.until, known.at + LOGIN_AGAIN_SECONDS) if fresh else known.until):
        raise type(known.error)(known.error.message, fix=known.error.fix) from known.error
    lately = [known for known in room.refused.values() if now - known.at < LOGIN_WINDOW_SECONDS]
    tries = sum(min(known.tries, 2) for known in lately)
    if len(lately) >= MAX_REFUSED_LOGINS or tries >= MAX_REFUSED_TRIES:
        raise LoginRefused(
            f"{len(lately)} logins were refused lately, so none is tried for {key[0]} now.",
            fix=f"Correct the passwords; the next try is made within {LOGIN_WINDOW_SECONDS / 60:.0f} minutes.",
        )


async def _is_alive(room: _Room, rested: _Resting) -> bool:
    if rested.session.broken:
        return False
    if room.loop.time() - rested.since < IMAP_TRUST_SECONDS:
        return True
    try:
        await rested.session.noop()
    except TransportError:
        return False
    return True


def _drop_stale(room: _Room) -> None:
    for rested in [r for r in room.resting if room.loop.time() - r.since > IMAP_KEEP_SECONDS]:
        _drop(room, rested)


def _drop_first(room: _Room, mailbox: str = "") -> None:
    """Close the session that rests longest, of that mailbox where one is named; a new one takes its place."""
    rested = next((r for r in room.resting if mailbox in ("", r.mailbox)), None)
    if rested is not None:
        _drop(room, rested)


def _drop(room: _Room, rested: _Resting) -> None:
    room.resting.remove(rested)
    rested.session.abort()
    _forget(room, rested.mailbox)


def _forget(room: _Room, mailbox: str) -> None:
    room.open[mailbox] -= 1
    if room.open[mailbox] <= 0:
        del room.open[mailbox]


async def _close_all(room: _Room) -> None:
    resting, room.resting = room.resting, []
    for rested in resting:
        _forget(room, rested.mailbox)
    await asyncio.gather(*(_log_out(rested.session) for rested in resting))


async def _log_out(session: Session) -> None:
    with contextlib.suppress(TransportError):
        await session.log_out()


async def _keep(room: _Room) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await _close_all(room)
