"""One run of the service over one mailbox, from the first migration to a quiet end, and what is left of it."""

from __future__ import annotations

import asyncio
import contextlib
import email
import imaplib
import smtplib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from sqlalchemy import func, select

from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.demo.samples import samples
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.store.schema import actions, analyses, contacts, outbox, queue, statistics, threads
from tests.servers.dovecot import PASSWORD

__all__ = ["ALERTS", "DRAFTS", "World", "left_over", "started", "worked"]

#: The mailbox that alerts come from.
ALERTS: Final = "overseer@example.test"
#: A harmless mail that gets a reply draft, and one that is flagged, told of and moved.
MAILS: Final = ("01-lunch", "02-phish-aligned")
#: The folder of reply drafts, whose Message-IDs are of our own domain as those of alerts are.
DRAFTS: Final = "Drafts"
#: The others of the conversations, and their names. Two people: who is written to is no stranger, as soon as that is known.
BOB, CAROL = "bob@builder.example", "carol@lawyer.example"
_CONVERSATIONS: Final = ("contract", "plans")
_PATIENCE: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class World:
    """The environment of a run; `hours` is how far its clock is ahead, so that leases of a dead process have ended.

    With `threads` the mailbox is one whose owner owes an answer and waits for another; else the two mails come.
    """

    url: str
    folder: str
    mailbox: str
    imap_port: int
    imaps_port: int
    lmtp_port: int
    smtp_port: int
    ca: str
    threads: bool = False
    hours: int = 0

    def settings(self) -> Settings:
        """Return the settings of the service."""
        return Settings(
            database_url=self.url,
            data_dir=self.folder,
            mailcow_imap_host="localhost",
            mailcow_imap_port=self.imap_port,
            mailcow_smtp_host="localhost",
            mailcow_smtp_port=self.smtp_port,
            mailcow_ca_file=self.ca,
            mailboxes=f"{self.mailbox}:{PASSWORD}",
            authserv_id="mx.demo.example",
            concurrent_jobs=1,
            overseer_mailbox=ALERTS,
            overseer_password=PASSWORD,
            _env_file=None,
        )

    def deliver(self) -> None:
        """Deliver the mails, as Postfix does."""
        if self.threads:
            self._converse()
            return
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as peer:
            for sample in samples():
                if sample.name in MAILS:
                    peer.sendmail("sender@elsewhere.test", [self.mailbox], sample.raw)

    def _converse(self) -> None:
        """Bring a request of somebody's, and file one of the owner's that was sent five days ago."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as peer:
            peer.sendmail(CAROL, [self.mailbox], self._mail("contract", CAROL, self.mailbox, 0))
        with _imap(self) as peer:
            status, said = peer.append("Sent", "(\\Seen)", None, self._mail("plans", self.mailbox, BOB, 5))
            assert status == "OK", said

    @staticmethod
    def _mail(name: str, author: str, to: str, days: int) -> bytes:
        """Return a mail that asks for something."""
        date = format_datetime(datetime.now(UTC) - timedelta(days=days))
        head = f"From: {author}\r\nTo: {to}\r\nSubject: The {name}\r\nMessage-ID: <{name}@builder.example>\r\n"
        return f"{head}Date: {date}\r\n\r\nHi,\r\n\r\nCould you please send me the {name}?\r\n".encode()


class _Ahead(SystemClock):
    """A clock some hours ahead."""

    def __init__(self, hours: int) -> None:
        self._by = timedelta(hours=hours)

    def now(self) -> datetime:
        """Return that time."""
        return super().now() + self._by


async def started(world: World) -> None:
    """Make the tables, choose the mailbox and look at it for the first time."""
    await migrate(world.url)
    async with _open(world) as app:
        found = await app.database.preferences.get_preferences(world.mailbox)
        wanted = replace(found, flag_phishing=True, flag_categories=True, move_to_junk=True, drafts=True)
        if world.threads:
            follow = {"threads": True, "flag_threads": True, "follow_up_drafts": True, "follow_up_days": 2}
            wanted = replace(found, **follow)
        await app.database.preferences.set_preferences(wanted, now=app.clock.now())
        await _run_until(app, lambda: _has_looked(app.database, world))


async def worked(world: World) -> None:
    """Judge what came, act on it, and wait until nothing is left to do."""
    await migrate(world.url)
    async with _open(world) as app:
        await _run_until(app, lambda: _is_quiet(app.database, world))


def _open(world: World) -> contextlib.AbstractAsyncContextManager[App]:
    return open_app(world.settings(), clock=_Ahead(world.hours))


async def _run_until(app: App, done: Callable[[], Awaitable[bool]]) -> None:
    running = asyncio.create_task(app.work())
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await done():
                assert not running.done(), running.exception()
                await asyncio.sleep(0.05)
    finally:
        app.stop()
        await running


async def _has_looked(database: Database, world: World) -> bool:
    cursor = await database.cursors.get_cursor(world.mailbox, "INBOX")
    read = not world.threads or await database.threads.is_read(world.mailbox)
    return read and cursor is not None and cursor.starts_at is None


async def _is_quiet(database: Database, world: World) -> bool:
    """Return whether everything in INBOX was seen, judged and acted on."""
    cursor = await database.cursors.get_cursor(world.mailbox, "INBOX")
    uid_next = await asyncio.to_thread(_uid_next, world)
    open_jobs = await _count(database, queue, queue.c.state.in_(("pending", "leased")))
    open_acts = await _count(database, actions, actions.c.state.in_(("planned", "begun")))
    settled = not world.threads or await _count(database, threads, threads.c.state != "") == len(_CONVERSATIONS)
    return settled and cursor is not None and cursor.last_uid == uid_next - 1 and not open_jobs and not open_acts


async def _count(database: Database, table: Any, *where: Any) -> int:
    found = await database.connections.row(select(func.count().label("n")).select_from(table).where(*where))
    return int(found.n) if found is not None else 0


@contextlib.contextmanager
def _imap(world: World) -> Any:
    context = ssl.create_default_context(cafile=world.ca)
    with imaplib.IMAP4_SSL("localhost", world.imaps_port, ssl_context=context) as peer:
        peer.login(world.mailbox, PASSWORD)
        yield peer


def _uid_next(world: World) -> int:
    with _imap(world) as peer:
        _, (line,) = peer.status("INBOX", "(UIDNEXT)")
    return int(line.rpartition(b"UIDNEXT ")[2].rstrip(b")"))


async def left_over(world: World) -> dict[str, Any]:
    """Return what there is in the end: in the tables, in the mailbox, and of the mail that was sent."""
    async with open_database(world.url, rendering=RENDERING) as database:
        db = database.connections
        rows = await db.rows(select(analyses).order_by(analyses.c.message_id))
        judged = [[r.message_id, r.label, r.phishing_score, r.categories, r.degraded] for r in rows]
        jobs = await db.rows(select(queue.c.state, queue.c.error_code))
        acts = await db.rows(select(actions).order_by(actions.c.kind, actions.c.argument))
        sent = await db.rows(select(outbox.c.purpose, outbox.c.state))
        known = await db.rows(select(contacts.c.addr, contacts.c.seen).order_by(contacts.c.addr))
        total = await db.row(select(statistics.c.total).where(statistics.c.kind == "all"))
        turned = await db.rows(select(threads).order_by(threads.c.thread_id))
        chosen = await database.preferences.get_preferences(world.mailbox)
    mail = await asyncio.to_thread(_mail, world)
    return {
        "analyses": [row for row in judged if not _is_alert(row[0])],
        "counted": (total.total if total is not None else 0) - len(rows),
        "jobs": sorted({(r.state, r.error_code) for r in jobs}),
        "actions": [
            [a.kind, a.argument, a.state, a.moved_folder]
            for a in acts
            if a.kind != "alert" and not _is_alert(a.message_id)
        ],
        "threads": [
            [r.thread_id, r.state, r.remind, r.mails, [(mark.keyword, mark.message_id) for mark in r.marks]]
            for r in turned
        ],
        "contacts": [[r.addr, r.seen] for r in known if "example.test" not in r.addr],
        "chosen": [chosen.chosen, chosen.flag_phishing, chosen.move_to_junk],
        # The mailbox is part of a draft's Message-ID, and each world has its own.
        "mail": [[DRAFTS, "", row[2]] if row[0] == DRAFTS else row for row in mail if _is_kept(row)],
        "alert": {
            "action": [a.state for a in acts if a.kind == "alert"],
            "outbox": [r.state for r in sent],
            "delivered": sum(row[0] != DRAFTS and _is_alert(row[1]) for row in mail),
        },
    }


def _is_kept(row: list[Any]) -> bool:
    return row[0] == DRAFTS or not _is_alert(row[1])


def _is_alert(message_id: str) -> bool:
    return message_id.rstrip(">").endswith("@example.test")


def _mail(world: World) -> list[list[Any]]:
    """Return folder, Message-ID and flags of everything in the mailbox."""
    found = []
    with _imap(world) as peer:
        for folder in ("INBOX", "Junk", "Sent", DRAFTS):
            peer.select(folder, readonly=True)
            _, parts = peer.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER])")
            for part in parts or ():
                if isinstance(part, tuple):
                    flags = part[0].partition(b"FLAGS (")[2].partition(b")")[0].decode().split()
                    kept = sorted(set(flags) - {"\\Recent"})
                    found.append([folder, email.message_from_bytes(part[1])["Message-ID"], kept])
    return sorted(found)
