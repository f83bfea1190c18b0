"""Threads on a real Dovecot: mail comes, the owner answers from another device, files mail, is away; marks follow."""

from __future__ import annotations

import asyncio
import imaplib
import ssl
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.mailbox.arrivals import Arrivals
from glassdome.ports.threads import ThreadQuery
from glassdome.store import migrate
from glassdome.values.preferences import Preferences
from glassdome.values.thread import ThreadState
from glassdome.values.thread_mail import ANSWER, WAITING
from tests.servers.dovecot import PASSWORD, Dovecot

BOB = "Bob Builder <bob@builder.example>"
_ASKS = "Hi,\r\n\r\nCould you please send me the signed contract by Friday?\r\n\r\nBest regards\r\nBob\r\n"
_ANSWERS = "Hi Bob,\r\n\r\nThe signed contract is attached.\r\n\r\nRegards\r\n"
_AWAY = "I am out of the office until further notice and will answer when I am back.\r\n"


class _Clock(SystemClock):
    """The time of day, moved by hand."""

    by = timedelta()

    def now(self) -> datetime:
        """Return the moved time."""
        return super().now() + self.by


class Bench:
    """One mailbox of the service, and its owner's other device."""

    def __init__(self, dovecot: Dovecot, app: App, mailbox: str, clock: _Clock) -> None:
        """Nothing has come yet."""
        self.dovecot, self.app, self.mailbox, self.clock = dovecot, app, mailbox, clock
        assert app.source is not None
        self._arrivals = Arrivals(app.source, app.database.queue, app.database.cursors, clock=clock)

    async def choose(self, **choices: object) -> None:
        """Store the owner's choices."""
        wishes = Preferences(username=self.mailbox, chosen=True, threads=True, flag_threads=True, **choices)  # type: ignore[arg-type]
        await self.app.database.preferences.set_preferences(wishes, now=self.clock.now())

    async def round(self) -> None:
        """Take what came, judge it, and follow the threads once."""
        await self._arrivals.poll(self.mailbox, "INBOX", rung=True)
        assert self.app.worker is not None
        assert self.app.threads is not None
        await self.app.worker.run_until_idle()
        await self.app.threads.poll()

    def mail(self, number: int, body: str, *, sent: bool = False, to: int = 0, head: str = "") -> bytes:
        """Return a mail of Bob's, or with `sent` the owner's; `to` is the number of the one that it answers."""
        author, other = (self.mailbox, BOB) if sent else (BOB, self.mailbox)
        lines = [
            f"From: {author}",
            f"To: {other}",
            f"Subject: {'Re: ' if to else ''}Contract",
            f"Message-ID: <{number}@x>",
        ]
        lines.append(f"Date: {format_datetime(self.clock.now() + timedelta(seconds=number))}")
        lines += [f"In-Reply-To: <{to}@x>", f"References: <{to}@x>"] if to else []
        return "\r\n".join([*lines, *([head] if head else []), "", body]).encode()

    async def deliver(self, raw: bytes) -> None:
        """Bring it into INBOX."""
        await asyncio.to_thread(self.dovecot.deliver, self.mailbox, raw)

    async def file(self, raw: bytes, folder: str = "Sent") -> None:
        """Do as a mail program elsewhere that keeps a copy of a sent mail, or as a filter of the server's."""
        await asyncio.to_thread(self._append, raw, folder)

    async def doveadm(self, command: str, *arguments: str) -> str:
        """Do as the owner."""
        return await asyncio.to_thread(self.dovecot.doveadm, *command.split(), "-u", self.mailbox, *arguments)

    async def states(self) -> list[ThreadState]:
        """Return the states of all threads."""
        page = await self.app.database.threads.list(ThreadQuery(mailbox=self.mailbox))
        return [item.thread.state for item in page.items]

    async def marked(self, keyword: str) -> str:
        """Return the folders and UIDs of the mails that have a keyword."""
        named = (await self.doveadm("fetch", "mailbox uid", "KEYWORD", keyword)).split()
        return " ".join(word for word in named if word not in ("mailbox:", "uid:"))

    def _append(self, raw: bytes, folder: str) -> None:
        context = ssl.create_default_context(cafile=str(self.dovecot.certificates.ca))
        with imaplib.IMAP4_SSL("localhost", self.dovecot.imaps_port, ssl_context=context) as peer:
            peer.login(self.mailbox, PASSWORD)
            peer.create(folder)
            status, said = peer.append(folder, "(\\Seen)", None, raw)  # type: ignore[arg-type]
            assert status == "OK", said


@pytest.fixture
async def bench(dovecot: Dovecot, mailbox: str, tmp_path: Path) -> AsyncIterator[Bench]:
    """A mailbox whose owner wants threads and marks."""
    settings = await asyncio.to_thread(
        Settings,
        database_url=f"sqlite:///{tmp_path / 'glassdome.db'}",
        data_dir=str(tmp_path),
        mailcow_imap_host="localhost",
        mailcow_imap_port=dovecot.imap_port,
        mailcow_ca_file=str(dovecot.certificates.ca),
        mailboxes=f"{mailbox}:{PASSWORD}",
        _env_file=None,
    )
    await migrate(str(settings.database_url))
    clock = _Clock()
    async with open_app(settings, clock=clock) as app:
        made = Bench(dovecot, app, mailbox, clock)
        await made.choose()
        yield made


async def test_an_answer_from_another_device_ends_the_debt(bench: Bench) -> None:
    """The request is marked while the owner owes it, and no longer once their answer lies in Sent."""
    await bench.deliver(bench.mail(1, _ASKS))
    await bench.round()
    assert await bench.states() == [ThreadState.OPEN_ME]
    assert await bench.marked(ANSWER) == "INBOX 1"
    await bench.file(bench.mail(2, _ANSWERS, sent=True, to=1))
    await bench.round()
    assert await bench.states() == [ThreadState.CLOSED]
    assert await bench.marked(ANSWER) == ""


async def test_a_rounds_repetition_changes_nothing(bench: Bench) -> None:
    """Neither a state nor an action is made twice."""
    await bench.deliver(bench.mail(1, _ASKS))
    for _ in range(3):
        await bench.round()
    page = await bench.app.database.threads.list(ThreadQuery())
    (item,) = page.items
    assert item.thread.mails == 1
    assert item.message is not None
    assert len([a for a in await bench.app.database.actions.of(item.message) if a.action.argument == ANSWER]) == 1


async def test_waiting_is_marked_on_the_owners_last_mail(bench: Bench) -> None:
    """Until a person answers; that person's machine does not, and asks nothing."""
    await bench.round()
    await bench.file(bench.mail(1, "Hi Bob,\r\n\r\nCould you send me the plans?\r\n", sent=True))
    await bench.round()
    assert (await bench.states(), await bench.marked(WAITING)) == ([ThreadState.OPEN_THEM], "Sent 1")
    await bench.deliver(bench.mail(2, _AWAY, to=1, head="Auto-Submitted: auto-replied"))
    await bench.round()
    assert (await bench.states(), await bench.marked(WAITING)) == ([ThreadState.OPEN_THEM], "Sent 1")
    await bench.deliver(bench.mail(3, "Hi,\r\n\r\nThe plans are attached.\r\n\r\nBob\r\n", to=1))
    await bench.round()
    assert (await bench.states(), await bench.marked(WAITING)) == ([ThreadState.CLOSED], "")


async def test_an_answer_that_a_filter_filed_ends_the_wait(bench: Bench) -> None:
    """It never was in INBOX and was never judged."""
    await bench.round()
    await bench.file(bench.mail(1, "Hi Bob,\r\n\r\nCould you send me the plans?\r\n", sent=True))
    await bench.round()
    await bench.file(bench.mail(2, "Hi,\r\n\r\nThe plans are attached.\r\n\r\nBob\r\n", to=1), "Projects")
    await bench.round()
    assert (await bench.states(), await bench.marked(WAITING)) == ([ThreadState.CLOSED], "")


async def test_a_mail_that_was_filed_loses_its_mark_there(bench: Bench) -> None:
    """The owner moved the request before answering it."""
    await bench.deliver(bench.mail(1, _ASKS))
    await bench.round()
    await bench.doveadm("mailbox create", "Projects")
    await bench.doveadm("move", "Projects", "mailbox", "INBOX", "all")
    await bench.round()
    assert await bench.marked(ANSWER) == "Projects 1"
    await bench.file(bench.mail(2, _ANSWERS, sent=True, to=1))
    await bench.round()
    assert await bench.marked(ANSWER) == ""


async def test_old_mail_that_was_answered_is_not_marked(bench: Bench) -> None:
    """No mark is planned for a request that was answered before the owner chose threads."""
    await bench.deliver(bench.mail(1, _ASKS))
    await bench.file(bench.mail(2, _ANSWERS, sent=True, to=1))
    await bench.round()
    assert await bench.states() == [ThreadState.CLOSED]
    (ref,) = [turn.ref for turn in (await bench.app.database.threads.known(bench.mailbox, ["1@x"])).values()]
    assert ANSWER not in [item.action.argument for item in await bench.app.database.actions.of(ref)]


async def test_only_who_wants_threads_has_sent_mail_read(bench: Bench) -> None:
    """Switched off, nothing of it stays."""
    await bench.deliver(bench.mail(1, _ASKS))
    await bench.round()
    await bench.app.database.preferences.set_preferences(
        Preferences(username=bench.mailbox, chosen=True), now=bench.clock.now()
    )
    await bench.file(bench.mail(2, _ANSWERS, sent=True, to=1))
    await bench.round()
    assert await bench.states() == []
    assert await bench.app.database.threads.known(bench.mailbox, ["1@x", "2@x"]) == {}
