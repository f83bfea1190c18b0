"""Polls the command mailbox: what arrived since the last poll, oldest first, without a trace in the mailbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

from glassdome.agents.commands.handler import CommandMail
from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.core.clock import Clock
from glassdome.core.errors import Broken, LoginRefused, MessageTooLarge
from glassdome.core.limits import MAX_COMMAND_BYTES
from glassdome.core.log import get_logger
from glassdome.core.unexpected import wrap_unexpected
from glassdome.ports.imap import ImapSession
from glassdome.values.folder import FetchedMessage
from glassdome.values.refs import INBOX, Cursor, MessageRef

__all__ = ["CommandInbox"]

_log = get_logger(__name__)
#: The cursor of commands is not that of monitoring: both read the same mailbox at their own pace.
_KEY: Final = "//commands/"
#: Mails handled in one poll; the rest waits for the next.
_PER_POLL: Final = 20

Handle = Callable[[CommandMail], Awaitable[Any]]


class CommandInbox:
    """The INBOX of the command mailbox. The cursor moves behind each mail that was handled."""

    def __init__(self, agent: MailcowAgent, mailbox: str, *, clock: Clock) -> None:
        """Use the agent's connections and stores."""
        self._agent, self.mailbox, self._clock = agent, mailbox, clock

    async def poll(self, handle: Handle) -> int:
        """Handle new mail and return how many there were; raises GlassdomeError, and skips mail that breaks the handler.

        At first sight, and in a rebuilt folder, only unread mail counts; the ledger has the commands that ran already.
        """
        stores = await self._agent.memory.stores()
        registered = await stores.mailboxes.get(self.mailbox)
        if registered is None:
            raise LoginRefused(
                f"No password is known for {self.mailbox}.", fix="Set GLASSDOME_OVERSEER_PASSWORD or register it."
            )
        before = await stores.cursors.get_cursor(self.mailbox, _KEY + INBOX)
        rule = self._agent.reader.unread_first
        async with self._agent.client.session(self.mailbox, registered.credentials) as session:
            found = await rule.new(session, self.mailbox, before, reader=_KEY, limit=_PER_POLL)
            validity = found.cursor.uid_validity
            facts = await session.facts(found.uids) if found.uids else ()
            mails = [await self._fetch(session, validity, fact) for fact in facts]
        for mail in mails:
            if mail is not None:
                with suppress(Broken):  # it would break again, and stand before every later mail
                    await wrap_unexpected(f"The handling of {mail.ref}", partial(handle, mail))
                await self._move(Cursor(uid_validity=validity, last_uid=mail.ref.uid))
        await self._move(found.cursor)
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
