"""One process that analyses a mailbox, monitors it and takes commands there reads it once for all three."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.agents.overseer import OverseerAgent
from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.mailbox.reader import ParsedMail
from glassdome.parse import parse_message
from glassdome.values.message import Message
from glassdome.values.preferences import Preferences
from glassdome.values.refs import INBOX
from tests.integration.agents.rounds import SECRET, SERVER, Room
from tests.integration.agents.test_actions import letter
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.mailcow import Mailcow


class Shared:
    """A processor and an Overseer in one process; `parsed` are the subjects of the mails that were parsed."""

    def __init__(self, app: App, room: Room) -> None:
        """Count what is parsed for the reader's subscribers."""
        assert app.reader is not None
        self.app, self.room, self.parsed, self.found = app, room, list[str](), list[str]()
        app.reader.parsed._parse = self._parse
        room.overseer.on_message(self._note)

    async def poll(self) -> None:
        """Have the queue, the agent and the commands poll, one after the other."""
        assert self.app.watcher is not None
        assert self.app.worker is not None
        await self.app.watcher._poll_all(whole=True)
        await self.app.worker.run_until_idle()
        await self.room.overseer.round()

    def _parse(self, raw: bytes, *, authserv_ids: frozenset[str]) -> Message:
        message = parse_message(raw, authserv_ids=authserv_ids)
        self.parsed.append(message.subject)
        return message

    async def _note(self, mailbox: str, message: dict[str, Any]) -> None:
        self.found.append(message["subject"])


@pytest.fixture
async def shared(mailcow: Mailcow) -> AsyncIterator[Shared]:
    """One mailbox with all three subscribers, and one connection to it."""
    mailbox, boss = mailcow.dovecot.add_mailbox(), mailcow.dovecot.add_mailbox()
    clock = FixedClock(datetime.now(UTC))
    settings = await asyncio.to_thread(
        Settings,
        overseer_mailbox=mailbox,
        overseer_daily_at="never",
        overseer_weekly_at="never",
        command_senders=f"{boss}:rw",
        command_secret=SECRET,
        authserv_id=SERVER,
        imap_connections=1,
    )
    async with open_app(settings, clock=clock) as app:
        agent = await asyncio.to_thread(MailcowAgent.from_settings, settings, clock=clock, reader=app.reader)
        async with agent:
            overseer = await asyncio.to_thread(OverseerAgent, settings=settings, clock=clock)
            overseer.add_monitored_agent(agent)
            await agent.register(mailbox, SecretStr(PASSWORD))
            before = clock.now() - timedelta(seconds=2)
            await app.database.preferences.set_preferences(Preferences(username=mailbox, chosen=True), now=before)
            yield Shared(
                app, Room(mailcow=mailcow, overseer=overseer, agent=agent, clock=clock, mailbox=mailbox, boss=boss)
            )


def put(dovecot: Dovecot, mailbox: str, raw: bytes, folder: Path) -> None:
    """Store a mail as it is, without a login."""
    file = folder / "mail.eml"
    file.write_bytes(raw)
    dovecot.doveadm("save", "-u", mailbox, "-m", INBOX, str(file))


def logins(dovecot: Dovecot, mailbox: str) -> int:
    """Count the logins of a mailbox."""
    return len(re.findall(rf"Login: user=<{re.escape(mailbox)}>", dovecot.log()))


def bodies(dovecot: Dovecot, mailbox: str) -> int:
    """Count the bodies that the sessions of a mailbox fetched; the server logs them when a session ends."""
    ended, deadline = re.compile(rf"imap\({re.escape(mailbox)}\).*body_count=(\d+)"), time.monotonic() + 20
    while len(found := ended.findall(dovecot.log())) < logins(dovecot, mailbox):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return sum(map(int, found))


async def test_one_login_and_one_fetch_serve_all(shared: Shared, server_folder: Path) -> None:
    """Each mail is analysed, reported and taken as a command, and comes from the server once."""
    room, app = shared.room, shared.app
    dovecot = room.mailcow.dovecot
    await asyncio.to_thread(put, dovecot, room.mailbox, room.mail("status", subject="a command"), server_folder)
    await asyncio.to_thread(put, dovecot, room.mailbox, letter("a letter"), server_folder)

    await shared.poll()
    await shared.poll()

    decisions = await room.decisions()
    analyses = [await app.database.analyses.find(room.mailbox, INBOX, uid) for uid in (1, 2)]
    assert [found.subject for found in analyses if found] == ["a command", "a letter"]
    assert shared.found == ["a command", "a letter"]
    assert decisions == ["done", "sender_not_allowed"]
    assert sorted(shared.parsed) == ["a command", "a letter"]
    await app.reader.sessions.aclose()  # type: ignore[union-attr]
    assert (logins(dovecot, room.mailbox), await asyncio.to_thread(bodies, dovecot, room.mailbox)) == (1, 2)


async def test_a_mail_that_is_gone_is_not_read_from_memory(shared: Shared, server_folder: Path) -> None:
    """A message that one subscriber fetched serves the others only while the server still has it."""
    room, app = shared.room, shared.app
    await asyncio.to_thread(put, room.mailcow.dovecot, room.mailbox, letter("a letter"), server_folder)
    await room.overseer.round()
    await asyncio.to_thread(room.mailcow.dovecot.doveadm, "expunge", "-u", room.mailbox, "mailbox", INBOX, "all")
    await shared.poll()

    assert shared.found == ["a letter"]
    assert await app.database.analyses.find(room.mailbox, INBOX, 1) is None


def test_few_parsed_messages_are_kept() -> None:
    """The oldest goes when their sources exceed the bound, and the names of our own server count."""
    calls = list[bytes]()

    def parse(raw: bytes, *, authserv_ids: frozenset[str]) -> Message:
        calls.append(raw)
        return parse_message(raw, authserv_ids=authserv_ids)

    mails = [letter(subject) for subject in ("one", "two", "three")]
    parsed = ParsedMail(most_bytes=2 * len(mails[2]), parse=parse)
    for raw in (mails[0], mails[0], mails[1], mails[2], mails[0]):
        parsed(raw)
    parsed(mails[0], authserv_ids=frozenset({SERVER}))

    assert calls == [mails[0], mails[1], mails[2], mails[0], mails[0]]
