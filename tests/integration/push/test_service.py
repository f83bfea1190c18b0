"""Tests from LMTP to the stored verdict, with the service itself behind Dovecot's doorbell."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx

from glassdome.api.app import create_app
from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.cli.service import serving
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.desk.wiring import services_of
from glassdome.ports.store import AnalysisQuery
from tests.integration.push.conftest import SECRET, Pushing
from tests.servers.certificates import SERVER_NAME, Certificates
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, Dovecot
from tests.servers.process import free_port

OLD_MAILS = 2000


def letter(number: int) -> bytes:
    """Return a small message."""
    return f"From: a@example.org\r\nSubject: no {number}\r\nMessage-ID: <{number}@x>\r\n\r\nhello\r\n".encode()


@asynccontextmanager
async def service(
    dovecot: Dovecot,
    certificates: Certificates,
    folder: Path,
    *,
    port: int,
    mailbox: str,
    interval: float = 3600,
    **more: object,
) -> AsyncIterator[App]:
    """Run the service until the block ends; it reads as the master user, as in mailcow."""
    settings = await asyncio.to_thread(
        Settings,
        mailcow_imap_host=dovecot.host,
        mailcow_imap_port=dovecot.imap_port,
        mailcow_ca_file=certificates.ca,
        mailcow_server_name=SERVER_NAME,
        imap_master_user=MASTER_USER,
        imap_master_password=MASTER_PASSWORD,
        mailboxes=mailbox,
        push_secret=SECRET,
        data_dir=folder,
        llm_processing_interval=interval,
        api_keys="key-of-tests:rw",
        **more,
    )
    async with open_app(settings, clock=SystemClock()) as app:
        assert app.watcher is not None
        # Without IDLE, only the doorbell and polling can find mail.
        app.reader.watch.most = 0
        async with serving(create_app(services_of(app)), host="127.0.0.1", port=port):
            working = asyncio.create_task(app.work())
            await first_look(app, mailbox)
            yield app
            app.stop()
            await working


async def first_look(app: App, mailbox: str) -> None:
    """Wait until the service knows where this mailbox's new mail begins."""
    async with asyncio.timeout(60):
        while True:
            if await app.database.cursors.get_cursor(mailbox, "INBOX"):
                return
            await asyncio.sleep(0.01)


async def analysed(app: App, mailbox: str, count: int) -> list[str]:
    """Wait for so many analyses; return their subjects."""
    async with asyncio.timeout(60):
        while True:
            page = await app.database.analyses.list(AnalysisQuery(mailbox=mailbox, limit=count + 1))
            if len(page.items) >= count:
                return sorted(row.subject for row in page.items)
            await asyncio.sleep(0.01)


async def test_a_delivery_becomes_a_verdict(pushing: Pushing, certificates: Certificates, tmp_path: Path) -> None:
    """With no IDLE, and the next poll an hour away, each delivery is judged: the doorbell alone did it."""
    port = free_port()
    dovecot = await asyncio.to_thread(pushing, f"http://127.0.0.1:{port}")
    mailbox = dovecot.add_mailbox()

    async with service(dovecot, certificates, tmp_path, port=port, mailbox=mailbox) as app:
        for number in range(10):
            await asyncio.to_thread(dovecot.deliver, mailbox, letter(number))
        subjects = await analysed(app, mailbox, 10)

    assert [f"no {n}" for n in range(10)] == subjects


async def test_the_next_poll_finds_what_no_doorbell_told(
    pushing: Pushing, certificates: Certificates, tmp_path: Path
) -> None:
    """A doorbell that leads to nobody: the next poll brings every mail."""
    dovecot = await asyncio.to_thread(pushing, f"http://127.0.0.1:{free_port()}")
    mailbox = dovecot.add_mailbox()

    async with service(dovecot, certificates, tmp_path, port=free_port(), mailbox=mailbox, interval=1) as app:
        for number in range(3):
            await asyncio.to_thread(dovecot.deliver, mailbox, letter(number))
        subjects = await analysed(app, mailbox, 3)

    assert ["no 0", "no 1", "no 2"] == subjects


async def test_nothing_old_is_read(pushing: Pushing, certificates: Certificates, tmp_path: Path) -> None:
    """Two thousand old mails: the one that comes after the start is fetched and judged, and no other."""
    port = free_port()
    dovecot = await asyncio.to_thread(pushing, f"http://127.0.0.1:{port}")
    mailbox = dovecot.add_mailbox()
    await asyncio.to_thread(_fill, dovecot, mailbox)

    async with service(dovecot, certificates, tmp_path, port=port, mailbox=mailbox) as app:
        await asyncio.to_thread(dovecot.deliver, mailbox, letter(0))
        subjects = await analysed(app, mailbox, 1)
        jobs = await app.database.queue.jobs(mailbox=mailbox)

    assert ["no 0"] == subjects
    assert 1 == len(jobs)
    fetched = [int(n) for n in re.findall(r"body_count=(\d+)", await _logged_out(dovecot))]
    assert 1 == sum(fetched)


def _fill(dovecot: Dovecot, mailbox: str) -> None:
    """Put mail of yesterday where Dovecot finds it; a Maildir's file times are when mail arrived."""
    dovecot.deliver(mailbox, letter(-1))
    delivered = int(time.time())
    local, _, domain = mailbox.partition("@")
    folder = dovecot.base / "mail" / domain / local / "Maildir" / "cur"
    for number in range(OLD_MAILS - 1):
        path = folder / f"16000{number:05}.M1P1.old:2,S"
        path.write_bytes(letter(-2))
        path.chmod(0o644)
    yesterday = time.time() - 24 * 3600
    for path in (*folder.iterdir(), *(folder.parent / "new").iterdir()):
        os.utime(path, (yesterday, yesterday))
    assert OLD_MAILS == dovecot.doveadm("search", "-u", mailbox, "all").count("\n")
    # Dovecot may have kept the second of the delivery, and mail of the second of the choice counts as new.
    while int(time.time()) == delivered:
        time.sleep(0.01)


async def _logged_out(dovecot: Dovecot) -> str:
    """Return Dovecot's log once every session has ended."""
    async with asyncio.timeout(30):
        while True:
            log = await asyncio.to_thread(dovecot.log)
            if len(re.findall("imap-login: Info: (?:Login|Logged in):", log)) == len(
                re.findall(r"imap\(.*body_count=", log)
            ):
                return log
            await asyncio.sleep(0.02)


async def test_a_correction_teaches_the_spam_filter(
    pushing: Pushing, certificates: Certificates, tmp_path: Path
) -> None:
    """With GLASSDOME_RSPAMD_URL, what a person says of a mail reaches the controller with that very mail, once."""
    learned: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
    controller = await asyncio.start_server(partial(_learn, learned), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{controller.sockets[0].getsockname()[1]}"
    port = free_port()
    dovecot = await asyncio.to_thread(pushing, f"http://127.0.0.1:{port}")
    mailbox = dovecot.add_mailbox()

    async with service(dovecot, certificates, tmp_path, port=port, mailbox=mailbox, rspamd_url=url) as app:
        await asyncio.to_thread(dovecot.deliver, mailbox, letter(1))
        await analysed(app, mailbox, 1)
        body = {"mailbox": mailbox, "email_id": "1", "label": "spam"}
        async with httpx.AsyncClient(trust_env=False, headers={"X-API-Key": "key-of-tests"}) as client:
            for _ in range(2):
                answer = await client.post(f"http://127.0.0.1:{port}/api/v1/add/llm/feedback", json=body)
                assert 200 == answer.status_code
        async with asyncio.timeout(60):
            path, raw = await learned.get()

    controller.close()
    assert "/learnspam" == path
    assert b"Subject: no 1" in raw
    assert learned.empty()


async def _learn(
    learned: asyncio.Queue[tuple[str, bytes]], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = int(re.search(r"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
    learned.put_nowait((head.split()[1], await reader.readexactly(length)))
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\nConnection: close\r\n\r\n{"success":true}')
    await writer.drain()
    writer.close()
