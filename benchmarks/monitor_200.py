"""A second look at 200 quiet mailboxes: kept connections and cursors, against logging in and reading everything again.

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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pydantic import SecretStr

from glassdome.core.clock import SystemClock
from glassdome.core.log import configure
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import MasterLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.tls import TlsPolicy
from glassdome.pipeline.arrivals import Arrivals
from glassdome.pipeline.sweep import Sweep
from glassdome.pipeline.watch_book import WatchBook
from glassdome.source.imap_source import ImapSource
from glassdome.store import migrate, open_database
from tests.servers.certificates import make_certificates
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, Dovecot

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


async def measure(dovecot: Dovecot, mailboxes: list[str], folder: Path) -> None:
    """Print both ways and their ratio."""
    url = f"sqlite:///{folder / 'bench.db'}"
    await migrate(url)
    tls = TlsPolicy(ca_file=dovecot.certificates.ca)
    server = ImapServer(host="localhost", port=dovecot.imaps_port, tls=tls, implicit_tls=True)
    logins = MasterLogins(MASTER_USER, SecretStr(MASTER_PASSWORD))
    async with open_database(url) as database, ImapPool(server, logins) as pool:
        arrivals = Arrivals(ImapSource(pool), database.queue, database.cursors, clock=SystemClock())
        sweep = Sweep(arrivals, WatchBook(), clock=SystemClock())
        first = await sweep.over(mailboxes)
        ours, plain = [], []
        for _ in range(ROUNDS):
            cpu = time.process_time()
            report = await sweep.over(mailboxes)
            ours.append((report.seconds, time.process_time() - cpu))
            assert (report.looked, report.failed, report.found) == (MAILBOXES, 0, 0)
            wall, cpu = time.perf_counter(), time.process_time()
            await asyncio.to_thread(naive, dovecot, mailboxes)
            plain.append((time.perf_counter() - wall, time.process_time() - cpu))
    print(f"first sweep of {MAILBOXES} mailboxes: {first.seconds:.2f} s")
    for index, what in enumerate(("wall", "own CPU")):
        mine, other = min(pair[index] for pair in ours), min(pair[index] for pair in plain)
        print(f"{what}: second sweep {mine * 1000:.0f} ms, naive {other * 1000:.0f} ms, ratio {other / mine:.1f}")


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
