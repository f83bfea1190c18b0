"""Absence notices through real Dovecot and Postfix: once per sender, and two Glassdomes stop after one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.ports.agent import ActionQuery
from glassdome.ports.store import AnalysisQuery
from glassdome.values.preferences import Preferences
from glassdome.values.refs import INBOX
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix

TEXT = "I am away until Monday."


def settings(dovecot: Dovecot, postfix: Postfix, mailbox: str, folder: Path) -> Settings:
    """Return the settings of a Glassdome of one mailbox."""
    return Settings(
        database_url=f"sqlite:///{folder}/{mailbox.partition('@')[0]}.db",
        data_dir=str(folder / mailbox.partition("@")[0]),
        mailcow_imap_host="localhost",
        mailcow_imap_port=dovecot.imap_port,
        mailcow_smtp_host="localhost",
        mailcow_smtp_port=postfix.submission_port,
        mailcow_ca_file=str(dovecot.certificates.ca),
        mailboxes=f"{mailbox}:{PASSWORD}",
        _env_file=None,
    )


async def started(stack: AsyncExitStack, made: Settings, mailbox: str) -> App:
    """Start a Glassdome whose owner is away, and wait until it has looked once."""
    app = await stack.enter_async_context(open_app(made, clock=SystemClock()))
    wishes = Preferences(username=mailbox, chosen=True, absence=TEXT)
    await app.database.preferences.set_preferences(wishes, now=app.clock.now())
    working = asyncio.create_task(app.work())

    async def ended() -> None:
        app.stop()
        await working

    stack.push_async_callback(ended)
    async with asyncio.timeout(60):
        while (seen := await app.database.cursors.get_cursor(mailbox, INBOX)) is None or seen.starts_at:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return app


def inbox(dovecot: Dovecot, mailbox: str) -> list[Message]:
    """Return the mail in INBOX."""
    found = dovecot.doveadm("fetch", "-u", mailbox, "text", "mailbox", "INBOX")
    return [message_from_string(part.strip()) for part in found.split("text:") if part.strip()]


async def judged(app: App, mailbox: str, number: int) -> None:
    """Wait until so many mails of the mailbox have an analysis and no action is open."""
    async with asyncio.timeout(60):
        while True:
            found = (await app.database.analyses.list(AnalysisQuery(mailbox=mailbox))).items
            acts = (await app.database.actions.list(ActionQuery(mailbox=mailbox))).items
            if len(found) >= number and not {str(each.state) for each in acts} & {"planned", "begun"}:
                return
            await asyncio.sleep(0.05)


def mail(number: int, sender: str, to: str) -> bytes:
    """Return a mail of a person."""
    text = f"From: Ann <{sender}>\r\nTo: {to}\r\nSubject: The slides\r\nMessage-ID: <{number}@example.test>\r\n"
    return f"{text}\r\nHello Bob,\r\n\r\nthe slides of yesterday are on the shelf.\r\n\r\nAnn\r\n".encode()


@pytest.mark.servers
async def test_two_glassdomes_stop_after_one(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    """Both owners are away: the first mail gets one notice, which gets none; the second mail gets no other."""
    ann, bob = dovecot.add_mailbox(), dovecot.add_mailbox()
    async with AsyncExitStack() as stack:
        hers = await started(stack, await asyncio.to_thread(settings, dovecot, postfix, ann, tmp_path), ann)
        his = await started(stack, await asyncio.to_thread(settings, dovecot, postfix, bob, tmp_path), bob)
        await asyncio.to_thread(dovecot.deliver, bob, mail(1, ann, bob), mail_from=ann)
        await judged(his, bob, 1)
        await judged(hers, ann, 1)
        await asyncio.to_thread(dovecot.deliver, bob, mail(2, ann, bob), mail_from=ann)
        await judged(his, bob, 2)

        assert [entry.purpose for entry in await his.database.outbox.list()] == ["auto_answer"]
        assert await hers.database.outbox.list() == ()
        assert len(await asyncio.to_thread(inbox, dovecot, bob)) == 2
        (notice,) = await asyncio.to_thread(inbox, dovecot, ann)
        assert (notice["Auto-Submitted"], notice["Subject"]) == ("auto-replied", "Auto: The slides")
        assert (notice["From"], notice["To"]) == (bob, ann)
        assert (notice["In-Reply-To"], notice["References"]) == ("<1@example.test>", "<1@example.test>")
        assert str(notice.get_payload()).strip() == TEXT
        assert notice["Return-Path"] in ("<>", f"<{bob}>")
