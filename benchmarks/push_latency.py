"""Measure the time from delivery to stored verdict, and the doorbell's cost to the delivery, with real servers.

    python benchmarks/push_latency.py [--deliveries 500]

Four Dovecots get the same letters over LMTP, in turns: without the doorbell, with it (a running `glassdome serve`),
with one that leads to nobody, with one that is taken and never answered. Delivery times are seen by the LMTP client,
from MAIL FROM to the last answer. The time to the verdict runs from that last answer until another process reads the
row in the service's SQLite file, so it holds the wait for the commit and our own polling of 1 ms.
"""

from __future__ import annotations

import argparse
import os
import shutil
import smtplib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.integration.push.conftest import SECRET, snippet
from tests.integration.push.receivers import Silent
from tests.servers.certificates import SERVER_NAME, make_certificates
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, Dovecot
from tests.servers.process import free_port


def letter(number: int) -> bytes:
    """Return a letter of everyday size."""
    text = "Could you please have a look at the offer and answer by Friday? Thank you.\r\n" * 20
    return (
        f"From: Ann <ann@example.org>\r\nTo: you\r\nSubject: Offer {number}\r\nMessage-ID: <{number}@b>\r\n\r\n{text}"
    ).encode()


class Line:
    """One Dovecot with an open LMTP connection and what was measured through it."""

    def __init__(self, folder: Path, name: str, url: str | None, certificates: object) -> None:
        extra = snippet(folder, url) if url else ""
        self.dovecot = Dovecot(folder / name, certificates, extra=extra)  # type: ignore[arg-type]
        self.dovecot.start()
        self.mailbox = self.dovecot.add_mailbox()
        self.lmtp = smtplib.LMTP(self.dovecot.host, self.dovecot.lmtp_port)
        self.seconds: list[float] = []

    def deliver(self, number: int) -> float:
        """Deliver; return when it was accepted."""
        begun = time.perf_counter()
        self.lmtp.sendmail("s@elsewhere.test", [self.mailbox], letter(number))
        ended = time.perf_counter()
        self.seconds.append(ended - begun)
        return ended


def start_service(folder: Path, dovecot: Dovecot, port: int, mailbox: str) -> subprocess.Popen[bytes]:
    """Start `glassdome serve` with the built-in engine, and wait for its first look at the mailbox."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "MAILCOW_IMAP_HOST": dovecot.host,
        "MAILCOW_IMAP_PORT": str(dovecot.imap_port),
        "MAILCOW_CA_FILE": str(dovecot.certificates.ca),
        "MAILCOW_SERVER_NAME": SERVER_NAME,
        "GLASSDOME_IMAP_MASTER_USER": MASTER_USER,
        "GLASSDOME_IMAP_MASTER_PASSWORD": MASTER_PASSWORD,
        "GLASSDOME_MAILBOXES": mailbox,
        "GLASSDOME_PUSH_SECRET": SECRET,
        "GLASSDOME_DATA_DIR": str(folder / "data"),
    }
    command = [Path(sys.executable).parent / "glassdome", "serve", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stderr=log, start_new_session=True)
    path = folder / "data" / "glassdome.db"
    while not (path.exists() and counted(path, "llm_cursor")):
        assert process.poll() is None, (folder / "log").read_text()
        time.sleep(0.05)
    return process


def counted(path: Path, table: str) -> int:
    """Count rows, 0 while the table is not there."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            return int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def verdict_times(line: Line, path: Path, deliveries: int) -> list[float]:
    """Deliver one after the other; return the seconds from acceptance to the stored row."""
    found = []
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    for number in range(deliveries):
        accepted = line.deliver(number)
        while database.execute("SELECT COUNT(*) FROM llm_email_analysis").fetchone()[0] <= number:
            assert time.perf_counter() - accepted < 60, "no verdict in a minute"
            time.sleep(0.001)
        found.append(time.perf_counter() - accepted)
    database.close()
    return found


def stored(line: Line) -> int:
    """Count the mails in the mailbox."""
    return line.dovecot.doveadm("search", "-u", line.mailbox, "all").count("\n")


def told(name: str, seconds: list[float], base: float | None = None) -> None:
    """Print one line of figures."""
    ranks = statistics.quantiles(seconds, n=100)
    more = f"   median {1000 * (statistics.median(seconds) - base):+.1f} ms" if base is not None else ""
    print(
        f"{name:<34} p50 {1000 * statistics.median(seconds):7.1f}  p95 {1000 * ranks[94]:7.1f}"
        f"  max {1000 * max(seconds):7.1f} ms  (n={len(seconds)}){more}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deliveries", type=int, default=500)
    count = parser.parse_args().deliveries
    folder = Path(tempfile.mkdtemp(prefix="gd", dir="/tmp"))
    folder.chmod(0o755)
    certificates, silent, port = make_certificates(folder), Silent(), free_port()
    urls = {"a": None, "b": f"http://127.0.0.1:{port}", "c": f"http://127.0.0.1:{free_port()}", "d": silent.url}
    lines = {name: Line(folder, name, url, certificates) for name, url in urls.items()}
    service = start_service(folder, lines["b"].dovecot, port, lines["b"].mailbox)
    try:
        verdicts = verdict_times(lines["b"], folder / "data" / "glassdome.db", count)
        lines["b"].seconds.clear()
        for number in range(count):
            for name in ("a", "b", "c") if number >= count // 5 else lines:
                lines[name].deliver(count + number)
        sent = {"a": count, "b": 2 * count, "c": count, "d": count // 5}
        lost = sum(sent[name] - stored(line) for name, line in lines.items())
        base = statistics.median(lines["a"].seconds)
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; mail lost: {lost}")
        told("accepted -> verdict stored", verdicts)
        told("delivery, no doorbell", lines["a"].seconds)
        told("delivery, doorbell", lines["b"].seconds, base)
        told("delivery, nobody at the door", lines["c"].seconds, base)
        told("delivery, a silent receiver", lines["d"].seconds, base)
    finally:
        service.kill()
        service.wait(10)
        for line in lines.values():
            line.dovecot.stop()
        silent.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
