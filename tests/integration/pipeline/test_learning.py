"""Owners' doings on a real Dovecot: junking, taking back, reading, answering; and what is learned from them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from glassdome.act import Performer
from glassdome.core.clock import FixedClock, SystemClock
from glassdome.core.config import Settings
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import MasterLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.tls import TlsPolicy
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.mailbox.editor import ImapEditor
from glassdome.mailbox.observer import ImapObserver
from glassdome.mailbox.source import ImapSource
from glassdome.pipeline.context import ContextLoader
from glassdome.pipeline.habits import Habits
from glassdome.pipeline.job import JobRunner
from glassdome.pipeline.junk_feedback import JunkFeedback
from glassdome.pipeline.learning import Learning
from glassdome.pipeline.process import JudgeOptions, warm_up
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.context import SenderHistory
from glassdome.values.feedback import Feedback
from glassdome.values.job import NewJob
from glassdome.values.message import Address, Message
from glassdome.values.preferences import Preferences
from glassdome.values.refs import INBOX, MessageRef
from glassdome.values.verdict import Label
from tests.samples import a_verdict, an_analysis
from tests.servers.certificates import SERVER_NAME
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, Dovecot

BOB = "bob@example.com"
PHISH = (
    b"From: PayPal <service@secure-login.example>\r\nSubject: Your account is suspended\r\n"
    b"Message-ID: <9@evil.example>\r\nContent-Type: text/html\r\n\r\n"
    b"<p>Dear customer, your account is suspended. Confirm your password within 24 hours or it will be closed:"
    b'<a href="http://paypa1-login.example/verify">https://www.paypal.com/signin</a></p>\r\n'
)


class Bench:
    """A chosen mailbox on Dovecot, a database, and everything that learns; `now` is moved by hand."""

    def __init__(self, dovecot: Dovecot, pool: ImapPool, database: Database, mailbox: str) -> None:
        """Nothing was delivered or judged yet."""
        self.dovecot, self.database, self.mailbox = dovecot, database, mailbox
        self.now = SystemClock().now()
        self.editor, self.source, self.observer = ImapEditor(pool), ImapSource(pool), ImapObserver(pool)

    def junk(self) -> JunkFeedback:
        """A fresh one, as after a restart."""
        return JunkFeedback(self.source, self.observer, self.database, clock=FixedClock(self.now))

    async def poll(self) -> None:
        """One round."""
        habits = Habits(self.source, self.observer, self.database, clock=FixedClock(self.now))
        await Learning(
            junk=self.junk(), habits=habits, preferences=self.database.preferences, backoff=MailboxBackoff(),
            clock=FixedClock(self.now),
        ).poll()  # fmt: skip

    async def deliver(self, number: int) -> None:
        """Bring a mail of Bob's into INBOX."""
        raw = f"From: {BOB}\r\nSubject: {number}\r\nMessage-ID: <{number}@example.com>\r\n\r\nHi.\r\n"
        await asyncio.to_thread(self.dovecot.deliver, self.mailbox, raw.encode())

    async def judge(self, number: int, label: Label = Label.HAM, *, at: datetime | None = None) -> MessageRef:
        """Store the analysis of the newest copy of that mail, as a worker does, and return where it is."""
        ref = await self.source.find(self.mailbox, INBOX, f"<{number}@example.com>")
        analysis = an_analysis(
            ref, message_id=f"{number}@example.com", header_from=Address(addr=BOB), analyzed_at=at or self.now,
            verdict=a_verdict(label=label, is_phishing=label is Label.PHISH),
        )  # fmt: skip
        await self.database.queue.enqueue([NewJob(ref=ref)], now=self.now)
        (job,) = await self.database.queue.claim("w", limit=1, lease=timedelta(hours=1), now=self.now)
        actions = [self.move(ref)] if label is not Label.HAM else []
        history = Message(header_from=(Address(addr=BOB),))
        assert await self.database.queue.complete(job, analysis, actions=actions, now=self.now, history=history)
        return ref

    @staticmethod
    def move(ref: MessageRef) -> Action:
        """The planned move to Junk."""
        return Action(ref=ref, kind=ActionKind.MOVE, argument="\\Junk")

    async def junked_by_us(self, number: int) -> MessageRef:
        """Deliver, judge as phishing and move to Junk; return where it was."""
        await self.deliver(number)
        ref = await self.judge(number, Label.PHISH)
        there = await self.editor.move(ref, "\\Junk")
        await self.database.actions.finish(self.move(ref), state=ActionState.DONE, now=self.now, moved_to=there)
        return ref

    async def doveadm(self, command: str, *arguments: str) -> None:
        """Do as the owner."""
        await asyncio.to_thread(self.dovecot.doveadm, *command.split(), "-u", self.mailbox, *arguments)

    async def said(self) -> dict[int, tuple[Label, str]]:
        """All corrections: UID to label and actor."""
        return {f.ref.uid: (f.label, f.actor) for f in await self.database.feedback.list(mailbox=self.mailbox)}

    async def bob(self) -> SenderHistory:
        """Return the history with Bob."""
        return await self.database.history.sender_history(self.mailbox, BOB)


@pytest.fixture
async def bench(dovecot: Dovecot, mailbox: str, tmp_path: Path) -> AsyncIterator[Bench]:
    """One chosen mailbox."""
    tls = TlsPolicy(ca_file=dovecot.certificates.ca, server_name=SERVER_NAME)
    server = ImapServer(host=dovecot.host, port=dovecot.imaps_port, tls=tls, implicit_tls=True)
    url = f"sqlite:///{tmp_path / 'glassdome.db'}"
    await migrate(url)
    logins = MasterLogins(MASTER_USER, SecretStr(MASTER_PASSWORD))
    async with open_database(url, rendering=RENDERING) as database, ImapPool(server, logins) as pool:
        made = Bench(dovecot, pool, database, mailbox)
        await database.preferences.set_preferences(Preferences(username=mailbox, chosen=True), now=made.now)
        await made.poll()
        yield made


async def test_junking_is_a_correction(bench: Bench) -> None:
    """Mail that the owner moves to Junk was spam; that counts once, and against its author."""
    for number in (1, 2):
        await bench.deliver(number)
        await bench.judge(number)
    await bench.doveadm("move", "Junk", "mailbox", "INBOX", "uid", "1")
    for _ in range(2):
        await bench.poll()
    assert await bench.said() == {1: (Label.SPAM, f"mailbox:{bench.mailbox}")}
    assert (await bench.bob()).junked == 1


async def test_our_own_move_is_no_correction(bench: Bench) -> None:
    """Neither the move nor its being left there says anything, and an emptied Junk folder says no more."""
    await bench.junked_by_us(1)
    await bench.poll()
    await bench.doveadm("expunge", "mailbox", "Junk", "all")
    await bench.poll()
    assert await bench.said() == {}


async def test_taking_back_is_a_correction(bench: Bench) -> None:
    """Into INBOX or another folder: it was no spam; the new arrival in INBOX is told, so that it stays there."""
    await bench.doveadm("mailbox create", "Bills")
    for number in (1, 2, 3):
        await bench.junked_by_us(number)
    for number, folder in ((1, "INBOX"), (2, "Trash"), (3, "Bills")):
        await bench.doveadm("move", folder, "mailbox", "Junk", "header", "message-id", f"<{number}@example.com>")
    back = await bench.source.find(bench.mailbox, INBOX, "<1@example.com>")
    assert await bench.junk().took_back(back, "1@example.com")
    await bench.poll()
    actor = f"mailbox:{bench.mailbox}"
    assert await bench.said() == {1: (Label.HAM, actor), 3: (Label.HAM, actor)}


async def test_a_person_who_changes_his_mind(bench: Bench) -> None:
    """A correction by other means is not repeated, but a later move counts."""
    await bench.deliver(1)
    ref = await bench.judge(1)
    spam = Feedback(ref=ref, label=Label.PHISH, actor="cli:ann")
    await bench.database.history.record_feedback(spam, now=bench.now)
    await bench.doveadm("move", "Junk", "mailbox", "INBOX", "all")
    await bench.poll()
    assert await bench.said() == {1: (Label.PHISH, "cli:ann")}


async def test_a_message_sent_again_is_not_the_owners_word(bench: Bench) -> None:
    """A known Message-ID proves nothing: not of a copy in Junk while ours is in its place, nor of one that came later."""
    await bench.deliver(1)
    ref = await bench.judge(1, at=bench.now - timedelta(hours=1))
    await bench.deliver(1)
    await bench.doveadm("move", "Junk", "mailbox", "INBOX", "uid", "2")
    await bench.poll()
    await bench.doveadm("expunge", "mailbox", "INBOX", "all")
    await bench.deliver(1)
    await bench.doveadm("move", "Junk", "mailbox", "INBOX", "uid", "3")
    await bench.poll()
    assert (ref.uid, await bench.said()) == (1, {})


async def test_resent_phishing_is_moved_again(bench: Bench) -> None:
    """The owner emptied Junk; who sends the same mail once more does not pass for him."""
    bench.now -= timedelta(hours=1)
    await bench.junked_by_us(1)
    bench.now += timedelta(hours=1)
    await bench.doveadm("expunge", "mailbox", "Junk", "all")
    await bench.deliver(1)
    back = await bench.source.find(bench.mailbox, INBOX, "<1@example.com>")
    assert not await bench.junk().took_back(back, "1@example.com")
    await bench.poll()
    assert await bench.said() == {}


async def test_habits_are_counted_once(bench: Bench) -> None:
    """Read counts once, flagged twice, a day after the mail; what is looked at leaves no trace."""
    for number in (1, 2, 3):
        await bench.deliver(number)
        await bench.judge(number)
    await bench.doveadm("flags add", "\\Seen", "mailbox", "INBOX", "uid", "1")
    await bench.doveadm("flags add", "\\Seen \\Flagged \\Answered", "mailbox", "INBOX", "uid", "2")
    await bench.poll()
    assert (await bench.bob()).opened == 0
    bench.now += timedelta(days=2)
    for _ in range(2):
        await bench.poll()
    bob = await bench.bob()
    assert (bob.seen, bob.opened, bob.replied) == (3, 3, 0)
    flags = await asyncio.to_thread(
        bench.dovecot.doveadm, "fetch", "-u", bench.mailbox, "flags", "mailbox", "INBOX", "uid", "3"
    )
    assert "\\Seen" not in flags


async def test_whom_the_owner_writes_to(bench: Bench, tmp_path: Path) -> None:
    """Each recipient of sent mail is a correspondent, nobody by an automatic answer."""
    for number, (to, more) in enumerate([(BOB, ""), ("eve@evil.example", "Auto-Submitted: auto-replied\r\n")]):
        raw = f"From: {bench.mailbox}\r\nTo: Bob <{to}>, {bench.mailbox}\r\n{more}Subject: {number}\r\n\r\nYes.\r\n"
        await bench.editor.append(bench.mailbox, "\\Sent", raw.encode(), flags=["\\Seen"], date=bench.now)
    for _ in range(2):
        await bench.poll()
    assert await bench.database.history.contacts(bench.mailbox) == {BOB}
    assert (await bench.bob()).replied == 1


async def test_what_was_taken_back_stays(bench: Bench) -> None:
    """A mail we moved to Junk and the owner took back is judged again, and left where he put it."""
    await warm_up()
    database, clock = bench.database, FixedClock(bench.now)
    wishes = Preferences(username=bench.mailbox, chosen=True, move_to_junk=True, flag_phishing=True)
    await database.preferences.set_preferences(wishes, now=bench.now)
    settings, options = await asyncio.to_thread(Settings), JudgeOptions(clock=clock)
    loader = ContextLoader(
        history=database.history, preferences=database.preferences, clock=clock, settings=lambda: settings
    )
    performer = Performer(database.actions, clock=clock, editor=bench.editor)
    runner = JobRunner(
        database.queue, bench.source, database.preferences, loader, options=lambda: options,
        performer=performer, clock=clock, took_back=bench.junk().took_back,
    )  # fmt: skip

    async def work() -> None:
        ref = await bench.source.find(bench.mailbox, INBOX, "<9@evil.example>")
        await database.queue.enqueue([NewJob(ref=ref)], now=bench.now)
        (job,) = await database.queue.claim("w", limit=1, lease=timedelta(hours=1), now=bench.now)
        await runner.run(job)
        await runner.act(job)

    await asyncio.to_thread(bench.dovecot.deliver, bench.mailbox, PHISH)
    await work()
    await bench.source.find(bench.mailbox, "Junk", "<9@evil.example>")
    await bench.doveadm("move", "INBOX", "mailbox", "Junk", "all")
    await work()
    place = await bench.source.find(bench.mailbox, INBOX, "<9@evil.example>")
    assert await bench.said() == {1: (Label.HAM, f"mailbox:{bench.mailbox}")}
    assert await database.actions.of(place) == ()


async def test_only_chosen_mailboxes(bench: Bench) -> None:
    """A mailbox that opted out is not polled; the next poll goes on where the last one stopped."""
    preferences = bench.database.preferences
    await preferences.set_preferences(Preferences(username=bench.mailbox, chosen=False), now=bench.now)
    await bench.deliver(1)
    await bench.judge(1)
    await bench.doveadm("move", "Junk", "mailbox", "INBOX", "all")
    await bench.poll()
    assert await bench.said() == {}
