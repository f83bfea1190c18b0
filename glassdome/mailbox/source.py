"""Reads mail by IMAP without leaving a trace. Implements `ports.mail.MailSource`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from glassdome.core.clock import Clock, SystemClock
from glassdome.core.errors import Disconnected, ImapRefused, InvalidQuery, NotFound, UidValidityChanged
from glassdome.core.limits import IMAP_IDLE_SECONDS
from glassdome.mailbox.new_mail import compare, found_for_sure
from glassdome.mailbox.search import quoted, search_date
from glassdome.mailbox.settling import Settling
from glassdome.mailbox.special_use import folder_for
from glassdome.ports.imap import ImapSession, ImapSessions
from glassdome.values.folder import FolderStatus
from glassdome.values.refs import Cursor, MessageRef, NewUids

__all__ = ["ImapSource", "with_retry"]

T = TypeVar("T")

#: Seconds between polls of a watched folder whose server has no IDLE.
_POLL_SECONDS = 30.0
#: Looks without IDLE after a server refused it, a quarter of an hour: what it lacked for a moment it may have again.
_LOOKS_WITHOUT_IDLE = 30
#: First width of the UID window in which older mail is looked for, as a multiple of what is wanted.
_WINDOW = 4


async def with_retry(sessions: ImapSessions, mailbox: str, ask: Callable[[ImapSession], Awaitable[T]]) -> T:
    """Run a reading operation; once more on a new connection when the old one turns out to be closed."""
    try:
        async with sessions.session(mailbox) as session:
            return await ask(session)
    except Disconnected:
        async with sessions.session(mailbox) as session:
            return await ask(session)


class ImapSource:
    """Mail of many mailboxes on one server, read with EXAMINE and BODY.PEEK[] only."""

    def __init__(
        self,
        sessions: ImapSessions,
        *,
        clock: Clock | None = None,
        settling: Settling | None = None,
        poll_seconds: float = _POLL_SECONDS,
    ) -> None:
        """`sessions` is owned from here on: `aclose` closes it."""
        self._sessions = sessions
        self._clock = clock or SystemClock()
        self._settling = settling or Settling(self._clock)
        self._poll_seconds = poll_seconds

    async def folders(self, mailbox: str) -> tuple[str, ...]:
        """List the folders that can be selected, INBOX first."""
        found = await self._run(mailbox, lambda session: session.folders())
        return tuple(info.name for info in found if info.selectable)

    async def new_uids(self, mailbox: str, folder: str, cursor: Cursor | None) -> NewUids:
        """Find what arrived since `cursor`: one STATUS where nothing did, one SEARCH more where something did."""
        return await self._run(mailbox, lambda session: self._new_uids(session, mailbox, folder, cursor))

    async def older_uids(self, mailbox: str, folder: str, *, before: int, limit: int) -> NewUids:
        """Return at most `limit` UIDs below `before`, newest first; the cursor tells the lowest of them."""
        return await self._run(mailbox, lambda session: _older_uids(session, folder, before, limit))

    async def fetch(self, ref: MessageRef, *, max_bytes: int) -> bytes:
        """Return the raw message; raises as the port says."""
        return await self._run(ref.mailbox, lambda session: self._fetch(session, ref, max_bytes))

    async def find(self, mailbox: str, folder: str, message_id: str) -> MessageRef:
        """Return the newest message with that Message-ID."""
        if not message_id.strip("<> "):
            raise InvalidQuery("A Message-ID is needed.")
        return await self._run(mailbox, lambda session: _find(session, mailbox, folder, message_id))

    async def resolve(self, mailbox: str, folder: str, uid: int) -> MessageRef:
        """Complete a UID with the folder's present UIDVALIDITY."""
        return await self._run(mailbox, lambda session: _resolve(session, mailbox, folder, uid))

    async def watch(self, mailbox: str, folder: str) -> AsyncGenerator[None, None]:
        """Yield whenever the folder may have changed, and once at the start, when watching has begun.

        A server without IDLE is asked every half minute, and so for a quarter of an hour is one that refused it.
        """
        looks = 0
        while True:
            async with self._sessions.session(mailbox) as session:
                await session.examine(folder)
                able = "IDLE" in session.capabilities
                yield
                while (changed := await self._heard(session, idle=able and not looks)) is not None:
                    looks = max(0, looks - 1)
                    if changed:
                        yield
            looks = _LOOKS_WITHOUT_IDLE  # by another connection: a BAD ended this one

    async def aclose(self) -> None:
        """Log out everywhere."""
        await self._sessions.aclose()

    async def _heard(self, session: ImapSession, *, idle: bool) -> bool | None:
        """Return whether the open folder changed, after a while where it did not; None where IDLE is refused."""
        # NOOP first: some servers tell in IDLE only of what happens after it began.
        if await session.noop():
            return True
        if not idle:
            await asyncio.sleep(self._poll_seconds)
            return False
        try:
            return await session.idle(IMAP_IDLE_SECONDS)
        except ImapRefused:
            return None

    async def _run(self, mailbox: str, ask: Callable[[ImapSession], Awaitable[T]]) -> T:
        return await with_retry(self._sessions, mailbox, ask)

    async def _fetch(self, session: ImapSession, ref: MessageRef, max_bytes: int) -> bytes:
        status = await self._settling.examine(session, ref.mailbox, ref.folder, known=ref.uid_validity)
        if status.uid_validity != ref.uid_validity:
            raise UidValidityChanged(f"{ref.folder} of {ref.mailbox} was rebuilt: {ref} names nothing any more.")
        raw = await session.body(ref.uid, max_bytes=max_bytes)
        if raw is None:
            raise NotFound(f"{ref} is not there any more.")
        return raw

    async def _new_uids(self, session: ImapSession, mailbox: str, folder: str, cursor: Cursor | None) -> NewUids:
        found = await compare(session, self._settling, mailbox, folder, cursor)
        if cursor is not None and found.end is None:
            return NewUids(uids=found.uids, cursor=cursor.moved_to(max(found.uids, default=0)))
        uids, reset = tuple[int, ...](), False
        if cursor is not None and cursor.starts_at is not None:
            uids = await _arrived_since(session, found.status, cursor.starts_at)
        elif cursor is not None:
            since = search_date(self._clock.now() - timedelta(days=1))
            uids, reset = await found_for_sure(session, found.status, f"SINCE {since}"), True
        place = Cursor(uid_validity=found.status.uid_validity, last_uid=max(found.end or 0, *uids, 0))
        return NewUids(uids=uids, cursor=place, reset=reset)


async def _arrived_since(session: ImapSession, status: FolderStatus, since: datetime) -> tuple[int, ...]:
    """Return what arrived since then, by INTERNALDATE; servers search by days of their own time zone (RFC 9051 6.4.4)."""
    uids = await found_for_sure(session, status, f"SINCE {search_date(since - timedelta(days=1))}")
    facts = await session.facts(uids) if uids else ()
    return tuple(fact.uid for fact in facts if fact.received is None or fact.received >= since)


async def _older_uids(session: ImapSession, folder: str, before: int, limit: int) -> NewUids:
    status = await session.examine(folder)
    width, found = limit * _WINDOW, tuple[int, ...]()
    high = before - 1
    while high >= 1 and len(found) < limit:
        low = max(1, high - width + 1)
        found = await session.search(f"UID {low}:{high}") + found
        high, width = low - 1, width * 2
    uids = found[::-1][:limit]
    return NewUids(uids=uids, cursor=Cursor(uid_validity=status.uid_validity, last_uid=min(uids, default=1) - 1))


async def _find(session: ImapSession, mailbox: str, folder: str, message_id: str) -> MessageRef:
    folder = await folder_for(session, folder)
    status = await session.examine(folder)
    found = await session.search(f"HEADER Message-ID {quoted(message_id)}")
    if not found:
        raise NotFound(f"No message in {folder} of {mailbox} has the Message-ID {message_id}.")
    return MessageRef(mailbox=mailbox, folder=folder, uid_validity=status.uid_validity, uid=found[-1])


async def _resolve(session: ImapSession, mailbox: str, folder: str, uid: int) -> MessageRef:
    status = await session.examine(folder)
    if uid not in await session.search(f"UID {uid}"):
        raise NotFound(f"There is no message with UID {uid} in {folder} of {mailbox}.")
    return MessageRef(mailbox=mailbox, folder=folder, uid_validity=status.uid_validity, uid=uid)
