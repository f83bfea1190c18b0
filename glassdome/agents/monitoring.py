"""Polls registered mailboxes with a memory: each poll answers what arrived since the last one ended well."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, Final

from glassdome.agents.stores import AgentStores
from glassdome.agents.tasks import failure
from glassdome.core.clock import Clock
from glassdome.core.errors import ConfigError, GlassdomeError
from glassdome.core.unexpected import wrap_unexpected
from glassdome.integrations.mailcow.reading import read_row
from glassdome.integrations.mailcow_client import MailcowClient
from glassdome.mailbox.new_mail import UnreadFirst
from glassdome.ports.imap import ImapSession
from glassdome.store import Database
from glassdome.values.credentials import Credentials
from glassdome.values.refs import INBOX, Cursor, NewUids

__all__ = ["Monitor"]

#: Mailboxes polled at the same time: enough to hide the round trips, few enough for any server.
_AT_ONCE: Final = 20
#: Messages of one mailbox answered in one poll; the rest comes with the next.
_PER_POLL: Final = 200
#: The cursor of monitoring is not the processor's: both read the same folder at their own pace.
_KEY: Final = "//monitor/"


class Monitor:
    """One poll of many mailboxes; connections are kept between polls, cursors between runs.

    The cursor moves when the *next* poll begins: a caller that crashes over a message is given it again.
    """

    def __init__(self, client: MailcowClient, memory: AgentStores, unread_first: UnreadFirst, *, clock: Clock) -> None:
        """Share the agent's client, stores and reader."""
        self._client, self._memory, self._unread_first, self._clock = client, memory, unread_first, clock
        self._answered: dict[str, Cursor] = {}
        self._stored: dict[str, Cursor] = {}

    async def poll_all(self) -> dict[str, Any]:
        """Poll every registered mailbox; one that fails or breaks has its own failure and spoils nothing else."""
        stores = await self._memory.stores()
        await self.settle(stores)
        mailboxes = await stores.mailboxes.list()
        logins = await self._logins(stores)
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(mailbox: str) -> dict[str, Any]:
            async with places:
                try:
                    poll = partial(self._poll, mailbox, stores, logins.get(mailbox))
                    return await wrap_unexpected(f"The poll of {mailbox}", poll)
                except GlassdomeError as exc:
                    return failure(exc, mailbox=mailbox, count=0, messages=[])

        results = await asyncio.gather(*(one(mailbox) for mailbox in mailboxes))
        return {
            "success": True,
            "mailboxes_checked": len(mailboxes),
            "results": dict(zip(mailboxes, results, strict=True)),
        }

    def forget(self, mailbox: str) -> None:
        """Drop the state of a mailbox that is no longer registered."""
        self._unread_first.forget(mailbox)
        for kept in (self._answered, self._stored):
            kept.pop(mailbox, None)

    async def settle(self, stores: Database) -> None:
        """Store the cursors of the poll before: its messages were taken."""
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

    async def _poll(self, mailbox: str, stores: Database, login: Credentials | None) -> dict[str, Any]:
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
            found = await self._unread_first.new(session, mailbox, cursor, reader=_KEY, limit=_PER_POLL)
            messages = await self._read(session, found)
        if found.cursor != cursor:
            self._answered[mailbox] = found.cursor
        return messages

    async def _read(self, session: ImapSession, found: NewUids) -> list[dict[str, Any]]:
        facts = await session.facts(found.uids) if found.uids else ()
        rows = [await read_row(session, INBOX, found.cursor.uid_validity, fact, self._client.row_of) for fact in facts]
        return [row for row in rows if row is not None]
