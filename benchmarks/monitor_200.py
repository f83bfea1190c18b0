"""A second `monitor_all_mailboxes()` over 200 quiet mailboxes, and a second poll of the processor, against the naive way.

The naive way: log in, search UNSEEN and fetch everything again, one mailbox after another.

Run: python benchmarks/monitor_200.py   (needs Dovecot)
"""

from __future__ import annotations

import asyncio
import imaplib
import shutil
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cryptography.fernet import Fernet
from pydantic import SecretStr

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.log import configure
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import MasterLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.tls import TlsPolicy
from glassdome.mailbox.arrivals import Arrivals
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.mailbox.poller import Poller
from glassdome.mailbox.source import ImapSource
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from tests.servers.certificates import make_certificates
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, PASSWORD, Dovecot

MAILBOXES, UNREAD, SIZE, ROUNDS = 200, 5, 8_000, 3


def naive(dovecot: Dovecot, mailboxes: list[str]) -> int:
    """Log in, search UNSEEN and fetch all of it, one mailbox after another."""
    context = ssl.create_default_context(cafile=str(dovecot.certificates.ca))
    fetched = 0
    for mailbox in mailboxes:
        with imaplib.IMAP4_SSL("localhost", dovecot.imaps_port, ssl_context=context) as peer:
            peer.login(f"{mailbox}*{MASTER_USER}", MASTER_PASSWORD)
            peer.select("INBOX", readonly=True)
            for number in peer.search(None, "UNSEEN")[1][0].split():
                fetched += len(peer.fetch(number, "(BODY.PEEK[])")[1])
    return fetched


async def polls(dovecot: Dovecot, mailboxes: list[str], url: str) -> AsyncGenerator[float, None]:
    """Yield the seconds of one poll of the processor after another."""
    tls = TlsPolicy(ca_file=dovecot.certificates.ca)
    server = ImapServer(host="localhost", port=dovecot.imaps_port, tls=tls, implicit_tls=True)
    logins = MasterLogins(MASTER_USER, SecretStr(MASTER_PASSWORD))
    async with open_database(url, rendering=RENDERING) as database, ImapPool(server, logins) as pool:
        arrivals = Arrivals(ImapSource(pool), database.queue, database.cursors, clock=SystemClock())
        poller = Poller(arrivals, MailboxBackoff(), clock=SystemClock())
        while True:
            report = await poller.poll_all(mailboxes)
            assert (report.polled, report.failed, report.found) == (MAILBOXES, 0, 0)
            yield report.seconds


async def passes(dovecot: Dovecot, mailboxes: list[str], url: str) -> AsyncGenerator[float, None]:
    """Yield the seconds of one `monitor_all_mailboxes()` after another; the first reads everything unread."""
    settings = Settings(
        mailcow_api_url="https://localhost",
        mailcow_api_key=SecretStr("unused"),
        mailcow_imap_port=dovecot.imap_port,
        mailcow_ca_file=dovecot.certificates.ca,
        database_url=url,
        secret_key=SecretStr(Fernet.generate_key().decode()),
    )
    async with MailcowAgent("bench", "https://localhost", settings=settings) as agent:
        for mailbox in mailboxes:
            await agent.register(mailbox, SecretStr(PASSWORD))
        expected = MAILBOXES * UNREAD
        while True:
            start = time.perf_counter()
            result = await agent.monitor_all_mailboxes()
            seconds = time.perf_counter() - start
            assert sum(found["count"] for found in result["results"].values()) == expected
            expected = 0
            yield seconds


async def measure(dovecot: Dovecot, mailboxes: list[str], folder: Path) -> None:
    """Print all ways and their ratios; best of ROUNDS each, taken in turns."""
    url = f"sqlite:///{folder / 'bench.db'}"
    await migrate(url)
    ways = {"poll": polls(dovecot, mailboxes, url), "monitor_all_mailboxes": passes(dovecot, mailboxes, url)}
    for name, way in ways.items():
        print(f"first {name} of {MAILBOXES} mailboxes: {await anext(way):.2f} s")
        await anext(way)  # stores the cursors of the first
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in (*ways, "naive")}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            cpu = time.process_time()
            wall = await anext(way)
            times[name].append((wall, time.process_time() - cpu))
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.to_thread(naive, dovecot, mailboxes)
        times["naive"].append((time.perf_counter() - wall, time.process_time() - cpu))
    best = {name: [min(pair[i] for pair in pairs) for i in (0, 1)] for name, pairs in times.items()}
    for name in ways:
        for index, what in enumerate(("wall", "own CPU")):
            mine, other = best[name][index], best["naive"][index]
            print(f"{what}: {name} again {mine * 1000:.0f} ms, naive {other * 1000:.0f} ms, ratio {other / mine:.1f}")
    for way in ways.values():
        await way.aclose()


def main() -> None:
    """Fill a private Dovecot and measure."""
    configure(level="WARNING")
    folder = Path(tempfile.mkdtemp(prefix="gd", dir="/tmp"))
    folder.chmod(0o755)
    dovecot = Dovecot(folder / "dc", make_certificates(folder))
    dovecot.start()
    try:
        mailboxes = [dovecot.add_mailbox() for _ in range(MAILBOXES)]
        mail = b"Subject: x\r\n\r\n" + b"a line of text of some length, as in mail ()\r\n" * (SIZE // 46 + 1)
        for mailbox in mailboxes:
            for _ in range(UNREAD):
                dovecot.deliver(mailbox, mail)
        asyncio.run(measure(dovecot, mailboxes, folder))
    finally:
        dovecot.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
