"""An Overseer with its mailbox on real servers, and mails that command it, honest and forged."""

from __future__ import annotations

import asyncio
import email
import email.policy
import imaplib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from glassdome.agents.commands.codes import Codes
from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.agents.overseer import OverseerAgent
from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.store.schema import audit
from tests.servers.dovecot import PASSWORD
from tests.servers.mailcow import Mailcow

__all__ = ["SERVER", "Room", "open_room", "outdated_password", "text_of"]

SERVER = "mail.example.test"
SECRET = SecretStr("a command secret of the tests")


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


async def outdated_password(agent: MailcowAgent, mailbox: str) -> None:
    """Leave an agent with a password that was changed on the server since."""
    stores = await agent.memory.stores()
    await stores.mailboxes.add(mailbox, SecretStr("wrong"), now=datetime.now(UTC))


@dataclass
class Room:
    """The Overseer, its mailbox, and the person who commands it (another mailbox, allow-listed with rw)."""

    mailcow: Mailcow
    overseer: OverseerAgent
    agent: MailcowAgent
    clock: FixedClock
    mailbox: str
    boss: str
    codes: Codes = field(default_factory=lambda: Codes(SECRET))
    sent: int = 0

    @property
    def results(self) -> str:
        """Our own server's field for mail of the boss."""
        return f"Authentication-Results: {SERVER}; dkim=pass header.d=example.test; dmarc=pass header.from=example.test"

    def mail(self, text: str, *, subject: str = "", sender: str = "", extra: str = "", top: str | None = None) -> bytes:
        """Compose a command as it lies in the mailbox: `top` stands above Received, `extra` below it."""
        self.sent += 1
        return "\r\n".join(
            [
                *([self.results] if top is None else [top] if top else []),
                f"Received: from client by {SERVER} with ESMTPS; Sat, 21 Nov 2026 09:00:00 +0000",
                *([extra] if extra else []),
                f"From: {sender or self.boss}",
                f"To: {self.mailbox}",
                f"Subject: {subject or 'a command'}",
                f"Message-ID: <command{self.sent}@example.test>",
                "",
                *text.splitlines(),
                "",
            ]
        ).encode()

    async def put(self, raw: bytes) -> None:
        """Lay a message into the command mailbox as it is (delivery would put a Received field of its own on top)."""

        def work() -> None:
            with self._imap(self.mailbox) as peer:
                peer.append("INBOX", "", imaplib.Time2Internaldate(self.clock.now()), raw)

        await asyncio.to_thread(work)

    async def command(self, text: str, **how: Any) -> list[str]:
        """Put a command and return the decisions of the round that follows."""
        raw = how.pop("raw", None) or self.mail(text, **how)
        before = len(await self.decisions())
        await self.put(raw)
        await self.overseer.round()
        return (await self.decisions())[before:]

    def code(self) -> str:
        """Return the line with the boss's code of this moment; each call moves the clock to the next code."""
        self.clock.advance(30)
        return f"code: {self.codes.code(self.boss, self.clock.now())}"

    async def decisions(self) -> list[str]:
        """Return the decisions in the audit table, oldest first."""
        stores = await self.agent.memory.stores()
        rows = await stores.connections.rows(
            select(audit.c.facts).where(audit.c.action == "mail_command").order_by(audit.c.id)
        )
        return [str(row.facts["decision"]) for row in rows]

    async def answers(self, count: int, *, mailbox: str = "") -> list[EmailMessage]:
        """Wait for that many mails in the boss's mailbox, and return all that are there."""
        for _ in range(400):
            found = await asyncio.to_thread(self._inbox, mailbox or self.boss)
            if len(found) >= count:
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(f"{len(found)} mails; {self.mailcow.postfix.log()[-1000:]}")

    def _imap(self, mailbox: str) -> imaplib.IMAP4_SSL:
        context = ssl.create_default_context(cafile=str(self.mailcow.dovecot.certificates.ca))
        peer = imaplib.IMAP4_SSL("localhost", self.mailcow.dovecot.imaps_port, ssl_context=context)
        peer.login(mailbox, PASSWORD)
        return peer

    def _inbox(self, mailbox: str) -> list[EmailMessage]:
        with self._imap(mailbox) as peer:
            peer.select("INBOX", readonly=True)
            found = []
            for number in peer.search(None, "ALL")[1][0].split():
                parsed = email.message_from_bytes(
                    peer.fetch(number, "(BODY.PEEK[])")[1][0][1], policy=email.policy.default
                )
                assert isinstance(parsed, EmailMessage)
                found.append(parsed)
            return found


async def open_room(mailcow: Mailcow, **settings: Any) -> Room:
    """Make an Overseer with a fresh mailbox, and a fresh boss."""
    mailbox, boss = mailcow.dovecot.add_mailbox(), mailcow.dovecot.add_mailbox()
    given = {
        "overseer_mailbox": mailbox,
        "overseer_password": SecretStr(PASSWORD),
        "overseer_recipients": boss,
        "overseer_daily_at": "never",
        "overseer_weekly_at": "never",
        "command_senders": f"{boss}:rw,reader@example.test:ro",
        "command_secret": SECRET,
        "authserv_id": SERVER,
    } | settings
    # The server stamps real times, so the test's clock starts at the present.
    clock = FixedClock(datetime.now(UTC))

    def make() -> tuple[MailcowAgent, OverseerAgent]:
        wanted = Settings(**given)
        agent = MailcowAgent("m1", mailcow.url, settings=wanted, clock=clock)
        return agent, OverseerAgent("o1", settings=wanted, clock=clock)

    # Settings and time zones are read from files.
    agent, overseer = await asyncio.to_thread(make)
    overseer.add_monitored_agent(agent)
    return Room(mailcow=mailcow, overseer=overseer, agent=agent, clock=clock, mailbox=mailbox, boss=boss)
