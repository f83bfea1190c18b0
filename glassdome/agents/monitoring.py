"""Watches registered mailboxes with a memory: each pass answers what arrived since the last one ended well."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from glassdome.agents.results import failure
from glassdome.agents.stores import AgentStores
from glassdome.core.clock import Clock
from glassdome.core.contained import contained
from glassdome.core.errors import ConfigError, GlassdomeError
from glassdome.integrations.mailcow.reading import read_row
from glassdome.integrations.mailcow_client import MailcowClient, row_of
from glassdome.ports.imap import ImapSession
from glassdome.source.arrived import last_uid, uids_after
from glassdome.source.settling import Settling
from glassdome.store import Database
from glassdome.values.credentials import Credentials
from glassdome.values.folder import FolderStatus
from glassdome.values.refs import INBOX, Cursor

__all__ = ["Monitor", "arrived"]

#: Mailboxes looked at at the same time: enough to hide the round trips, few enough for any server.
_AT_ONCE: Final = 20
#: Messages of one mailbox answered in one pass; the rest comes with the next pass.
_PER_PASS: Final = 200
#: The cursor of monitoring is not the processor's: both read the same folder at their own pace.
_KEY: Final = "monitor:"


class Monitor:
    """One pass over many mailboxes; connections are kept between passes, cursors between runs.

    The cursor moves when the *next* pass begins: a caller that crashes over a message is given it again.
    """

    def __init__(self, client: MailcowClient, memory: AgentStores, *, clock: Clock) -> None:
        """Share the agent's client and memory."""
        self._client, self._memory, self._clock = client, memory, clock
        self._settling = Settling(clock)
        self._answered: dict[str, Cursor] = {}
        self._stored: dict[str, Cursor] = {}
        self._backlog: dict[str, int] = {}

    async def all(self) -> dict[str, Any]:
        """Look at every registered mailbox; one that fails or breaks has its own failure and spoils nothing else."""
        stores = await self._memory.stores()
        await self.settle(stores)
        mailboxes = await stores.mailboxes.list()
        logins = await self._logins(stores)
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(mailbox: str) -> dict[str, Any]:
            async with places:
                try:
                    look = partial(self._one, mailbox, stores, logins.get(mailbox))
                    return await contained(f"The look at {mailbox}", look)
                except GlassdomeError as exc:
                    return failure(exc, mailbox=mailbox, count=0, messages=[])

        results = await asyncio.gather(*(one(mailbox) for mailbox in mailboxes))
        return {
            "success": True,
            "mailboxes_checked": len(mailboxes),
            "results": dict(zip(mailboxes, results, strict=True)),
        }

    def forget(self, mailbox: str) -> None:
        """Drop what is kept of a mailbox that is no longer registered."""
        for kept in (self._answered, self._stored, self._backlog):
            kept.pop(mailbox, None)

    async def settle(self, stores: Database) -> None:
        """Store the cursors of the pass before: its messages were taken."""
        answered, self._answered = self._answered, {}
        for mailbox, cursor in answered.items():
            await stores.cursors.set_cursor(mailbox, _KEY + INBOX, cursor, now=self._clock.now())
            self._stored[mailbox] = cursor

    @staticmethod
    async def _logins(stores: Database) -> dict[str, Credentials]:
        """Read all passwords at once; where one cannot be decrypted, none is here, and each is asked for by itself."""
        try:
            return {known.address: known.credentials for known in await stores.mailboxes.all()}
        except ConfigError:
            return {}

    async def _one(self, mailbox: str, stores: Database, login: Credentials | None) -> dict[str, Any]:
        if login is None and (registered := await stores.mailboxes.get(mailbox)) is not None:
            login = registered.credentials
        if login is None:
            return {"success": True, "mailbox": mailbox, "count": 0, "messages": []}
        if mailbox not in self._stored and (found := await stores.cursors.get_cursor(mailbox, _KEY + INBOX)):
            self._stored[mailbox] = found
        messages = await self._new(mailbox, login)
        return {"success": True, "mailbox": mailbox, "count": len(messages), "messages": messages}

    async def _new(self, mailbox: str, login: Credentials) -> list[dict[str, Any]]:
        """Return the messages since the cursor; at first sight, or in a rebuilt folder, the unread ones."""
        cursor = self._stored.get(mailbox)
        async with self._client.session(mailbox, login) as session:
            status = await session.status(INBOX)
            if cursor is None or cursor.uid_validity != status.uid_validity:
                known = cursor.uid_validity if cursor is not None else 0
                status = await self._settling.examine(session, mailbox, INBOX, known=known)
            if cursor is None or cursor.uid_validity != status.uid_validity:
                cursor = Cursor(uid_validity=status.uid_validity, last_uid=0)
                self._backlog[mailbox] = await last_uid(session, INBOX, status)
            uids, reached = await arrived(
                session, status, cursor, limit=_PER_PASS, unread_to=self._backlog.get(mailbox, 0)
            )
            messages = await self._read(session, status.uid_validity, uids)
        if reached.last_uid >= self._backlog.get(mailbox, 0):
            self._backlog.pop(mailbox, None)
        if reached != self._stored.get(mailbox):
            self._answered[mailbox] = reached
        return messages

    @staticmethod
    async def _read(session: ImapSession, validity: int, uids: Sequence[int]) -> list[dict[str, Any]]:
        facts = await session.facts(uids) if uids else ()
        rows = [await read_row(session, INBOX, validity, fact, row_of) for fact in facts]
        return [row for row in rows if row is not None]


async def arrived(
    session: ImapSession, status: FolderStatus, cursor: Cursor, *, limit: int, unread_to: int = 0
) -> tuple[tuple[int, ...], Cursor]:
    """Return at most `limit` UIDs of INBOX past the cursor, oldest first, and the cursor behind them; INBOX is opened.

    What is new is the watcher's to say (`source.arrived`); of that, what is marked as deleted is left out, and up to the
    UID `unread_to` what was read: that was there before anybody watched.
    """
    found = await uids_after(session, INBOX, status, cursor.last_uid)
    if not found:
        return (), cursor
    # Asked for what is to be left out: a server that keeps silent hides nothing.
    left_out = set(await session.search(f"DELETED UID {found[0]}:{found[-1]}"))
    if found[0] <= unread_to:
        left_out.update(await session.search(f"SEEN UID {found[0]}:{min(found[-1], unread_to)}"))
    uids = tuple(uid for uid in found if uid not in left_out)
    if len(uids) > limit:
        return uids[:limit], cursor.moved_to(uids[limit - 1])
    return uids, cursor.moved_to(found[-1])
