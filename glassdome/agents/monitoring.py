"""Watches registered mailboxes with a memory: each pass answers what arrived since the last one ended well."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from pydantic import SecretStr

from glassdome.agents.memory import Memory
from glassdome.agents.results import failure
from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.integrations.mailcow.reading import message_row
from glassdome.integrations.mailcow_client import MailcowClient
from glassdome.parse import parse_message
from glassdome.store import Database
from glassdome.values.folder import FetchedMessage
from glassdome.values.refs import INBOX, Cursor

__all__ = ["Monitor"]

#: Mailboxes looked at at the same time: enough to hide the round trips, few enough for any server.
_AT_ONCE: Final = 20
#: Messages of one mailbox answered in one pass; the rest comes with the next pass.
_PER_PASS: Final = 200
#: The cursor of monitoring is not the processor's: both read the same folder at their own pace.
_KEY: Final = "//monitor/"


class Monitor:
    """One pass over many mailboxes; connections are kept between passes, cursors between runs.

    The cursor moves when the *next* pass begins: a caller that crashes over a message is given it again.
    """

    def __init__(self, client: MailcowClient, memory: Memory, *, clock: Clock) -> None:
        """Share the agent's client and memory."""
        self._client, self._memory, self._clock = client, memory, clock
        self._answered: dict[str, Cursor] = {}

    async def all(self) -> dict[str, Any]:
        """Look at every registered mailbox; one that fails has its own failure and spoils nothing else."""
        stores = await self._memory.stores()
        await self._settle(stores)
        mailboxes = await stores.mailboxes.list()
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(mailbox: str) -> dict[str, Any]:
            async with places:
                try:
                    return await self._one(mailbox, stores)
                except GlassdomeError as exc:
                    return failure(exc, mailbox=mailbox, count=0, messages=[])

        results = await asyncio.gather(*(one(mailbox) for mailbox in mailboxes))
        return {
            "success": True,
            "mailboxes_checked": len(mailboxes),
            "results": dict(zip(mailboxes, results, strict=True)),
        }

    async def _settle(self, stores: Database) -> None:
        """Store the cursors of the pass before: its messages were taken."""
        answered, self._answered = self._answered, {}
        for mailbox, cursor in answered.items():
            await stores.cursors.set_cursor(mailbox, _KEY + INBOX, cursor, now=self._clock.now())

    async def _one(self, mailbox: str, stores: Database) -> dict[str, Any]:
        registered = await stores.mailboxes.get(mailbox)
        if registered is None:
            return {"success": True, "mailbox": mailbox, "count": 0, "messages": []}
        cursor = await stores.cursors.get_cursor(mailbox, _KEY + INBOX)
        messages, reached = await self._new(mailbox, registered.password, cursor)
        if reached != cursor:
            self._answered[mailbox] = reached
        return {"success": True, "mailbox": mailbox, "count": len(messages), "messages": messages}

    async def _new(
        self, mailbox: str, password: SecretStr, cursor: Cursor | None
    ) -> tuple[list[dict[str, Any]], Cursor]:
        """Return the messages since `cursor` (at first sight, or in a rebuilt folder, the unread ones), and the new one."""
        async with self._client.session(mailbox, password) as session:
            status = await session.status(INBOX)
            fresh = cursor is None or cursor.uid_validity != status.uid_validity
            if not fresh and cursor is not None and status.uid_next <= cursor.last_uid + 1:
                return [], cursor
            await session.examine(INBOX)
            last = 0 if fresh or cursor is None else cursor.last_uid
            found = await session.search("UNDELETED UNSEEN" if fresh else f"UNDELETED UID {last + 1}:*")
            # `n:*` names the last message even where it is below n (RFC 9051 9, seq-range).
            uids = [uid for uid in found if uid > last]
            uids, more = uids[:_PER_PASS], len(uids) > _PER_PASS
            messages = await self._read(session, status.uid_validity, await session.facts(uids) if uids else ())
            end = uids[-1] if more else max(status.uid_next - 1, *uids, last)
            return messages, Cursor(uid_validity=status.uid_validity, last_uid=end)

    @staticmethod
    async def _read(session: Any, validity: int, facts: Sequence[FetchedMessage]) -> list[dict[str, Any]]:
        rows = []
        for fact in facts:
            if fact.size > MAX_MESSAGE_BYTES:
                rows.append({"id": str(fact.uid), "folder": INBOX, "size": fact.size, "error": "message_too_large"})
                continue
            raw = await session.body(fact.uid, max_bytes=MAX_MESSAGE_BYTES)
            if raw is not None:
                place = {"id": str(fact.uid), "folder": INBOX, "uid_validity": validity}
                rows.append(place | message_row(parse_message(raw)) | {"flags": sorted(fact.flags), "size": fact.size})
        return rows
