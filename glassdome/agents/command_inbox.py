"""Reads the command mailbox: what arrived since the last look, oldest first, without a trace in the mailbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

from glassdome.agents.commands.handler import CommandMail
from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.agents.monitoring import arrived
from glassdome.core.clock import Clock
from glassdome.core.contained import contained
from glassdome.core.errors import Broken, LoginRefused, MessageTooLarge
from glassdome.core.limits import MAX_COMMAND_BYTES
from glassdome.core.log import get_logger
from glassdome.ports.imap import ImapSession
from glassdome.source.arrived import last_uid
from glassdome.source.settling import Settling
from glassdome.values.folder import FetchedMessage
from glassdome.values.refs import INBOX, Cursor, MessageRef

__all__ = ["CommandInbox"]

_log = get_logger(__name__)
#: The cursor of commands is not that of monitoring: both read the same mailbox at their own pace.
_KEY: Final = "commands:"
#: Mails handled in one look; the rest waits for the next.
_PER_LOOK: Final = 20

Handle = Callable[[CommandMail], Awaitable[Any]]


class CommandInbox:
    """The INBOX of the command mailbox. The cursor moves behind each mail that was handled."""

    def __init__(self, agent: MailcowAgent, mailbox: str, *, clock: Clock) -> None:
        """Use the agent's connections and stores."""
        self._agent, self.mailbox, self._clock = agent, mailbox, clock
        self._settling = Settling(clock)

    async def look(self, handle: Handle) -> int:
        """Handle what is new and return how many mails that were; raises GlassdomeError, and passes over what breaks it.

        At first sight, and in a rebuilt folder, only unread mail counts; the ledger knows what was run already.
        """
        stores = await self._agent.memory.stores()
        registered = await stores.mailboxes.get(self.mailbox)
        if registered is None:
            raise LoginRefused(
                f"No password is known for {self.mailbox}.", fix="Set GLASSDOME_OVERSEER_PASSWORD or register it."
            )
        cursor = await stores.cursors.get_cursor(self.mailbox, _KEY + INBOX)
        async with self._agent.client.session(self.mailbox, registered.credentials) as session:
            status = await session.status(INBOX)
            unread_to = 0
            if cursor is None or cursor.uid_validity != status.uid_validity:
                known = cursor.uid_validity if cursor is not None else 0
                status = await self._settling.examine(session, self.mailbox, INBOX, known=known)
            if cursor is None or cursor.uid_validity != status.uid_validity:
                cursor, unread_to = (
                    Cursor(uid_validity=status.uid_validity, last_uid=0),
                    await last_uid(session, INBOX, status),
                )
            uids, reached = await arrived(session, status, cursor, limit=_PER_LOOK, unread_to=unread_to)
            mails = [await self._fetch(session, status.uid_validity, fact) for fact in await session.facts(uids)]
        for mail in mails:
            if mail is not None:
                with suppress(Broken):  # it would break again, and stand before every later mail
                    await contained(f"The handling of {mail.ref}", partial(handle, mail))
                await self._move(cursor.moved_to(mail.ref.uid))
        await self._move(reached)
        return len(mails)

    async def _move(self, cursor: Cursor) -> None:
        stores = await self._agent.memory.stores()
        await stores.cursors.set_cursor(self.mailbox, _KEY + INBOX, cursor, now=self._clock.now())

    async def _fetch(self, session: ImapSession, validity: int, fact: FetchedMessage) -> CommandMail | None:
        ref = MessageRef(mailbox=self.mailbox, folder=INBOX, uid_validity=validity, uid=fact.uid)
        try:
            raw = await session.body(fact.uid, max_bytes=MAX_COMMAND_BYTES)
        except MessageTooLarge:
            _log.info("mail_command", decision="too_large", ref=str(ref))
            return None
        return CommandMail(ref=ref, raw=raw, received=fact.received) if raw is not None else None
