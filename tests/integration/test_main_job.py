"""The main job with real parts: mail into Dovecot, `glassdome serve` in a process of its own, verdicts out by REST."""

from __future__ import annotations

import imaplib
import json
import os
import re
import signal
import smtplib
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from glassdome.demo.samples import samples
from tests.servers.certificates import SERVER_NAME, Certificates
from tests.servers.dovecot import PASSWORD, Dovecot

GLASSDOME = Path(sys.executable).parent / "glassdome"
#: Seconds a test waits for what takes well below one: the machine may be busy.
PATIENCE = 100


@dataclass
class Service:
    """A running `glassdome serve`."""

    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    url: str = ""

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self.log.open("ab") as log:
            seen = self.log.stat().st_size
            self.process = subprocess.Popen(
                [GLASSDOME, "serve", "--port", "0"], env=self.environment, stderr=log, start_new_session=True
            )
        match = wait_for(
            lambda: re.search(r"listens on (http://\S+)", self.log.read_text(errors="replace")[seen:]), "the service"
        )
        self.url = match[1]

    def kill(self, number: int = signal.SIGKILL) -> int:
        """Send a signal and return the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def get(self, path: str, key: str = "rw-key-of-tests") -> tuple[int, Any]:
        """GET a path; return status and JSON."""
        request = urllib.request.Request(self.url + path, headers={"X-API-Key": key} if key else {})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as exc:
            return exc.code, json.load(exc)


def wait_for(look: Callable[[], Any], what: str) -> Any:
    """Look until there is something; fail with what was awaited."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: nothing in {PATIENCE} s"
        time.sleep(0.02)
    return found


@pytest.fixture
def service(tmp_path: Path, dovecot: Dovecot, certificates: Certificates, mailbox: str) -> Iterator[Service]:
    """A service that watches one fresh mailbox."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "MAILCOW_IMAP_HOST": "127.0.0.1",
        "MAILCOW_IMAP_PORT": str(dovecot.imap_port),
        "MAILCOW_CA_FILE": str(certificates.ca),
        "MAILCOW_SERVER_NAME": SERVER_NAME,
        "GLASSDOME_MAILBOXES": f"{mailbox}:{PASSWORD}",
        "GLASSDOME_AUTHSERV_ID": "mx.demo.example",
        "GLASSDOME_API_KEYS": "rw-key-of-tests:rw,ro-key-of-tests:ro",
        "GLASSDOME_DATA_DIR": str(tmp_path / "data"),
        "GLASSDOME_CONCURRENT_JOBS": "4",
    }
    running = Service(environment, tmp_path / "log")
    try:
        running.start()
        wait_for(lambda: _cursor_is_set(running, mailbox), "the first look at the mailbox")
        yield running
    finally:
        if running.process is not None and running.process.poll() is None:
            running.kill()


def _cursor_is_set(service: Service, mailbox: str) -> bool:
    import sqlite3

    path = Path(service.environment["GLASSDOME_DATA_DIR"]) / "glassdome.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        return bool(database.execute("SELECT 1 FROM llm_cursor WHERE mailbox = ?", [mailbox]).fetchone())


def deliver(dovecot: Dovecot, mailbox: str, *mails: bytes) -> None:
    """Deliver by LMTP."""
    with smtplib.LMTP("127.0.0.1", dovecot.lmtp_port) as lmtp:
        for raw in mails:
            lmtp.sendmail("sender@example.org", [mailbox], raw)


def flags_of(dovecot: Dovecot, certificates: Certificates, mailbox: str) -> list[bytes]:
    """Return the flags of every message, as another client sees them."""
    context = ssl.create_default_context(cafile=str(certificates.ca))
    with imaplib.IMAP4("localhost", dovecot.imap_port) as imap:
        imap.starttls(context)
        imap.login(mailbox, PASSWORD)
        imap.select("INBOX", readonly=True)
        return [item for item in imap.fetch("1:*", "(FLAGS)")[1] if isinstance(item, bytes)]


def test_mail_in_verdict_out(service: Service, dovecot: Dovecot, certificates: Certificates, mailbox: str) -> None:
    """Every sample delivered by LMTP is analysed and readable; no flag of any message has changed."""
    raws = [sample.raw for sample in samples()]
    deliver(dovecot, mailbox, *raws)

    def all_there() -> Any:
        _, rows = service.get(f"/api/v1/get/llm/analysis?mailbox={mailbox}&limit=100")
        return rows if len(rows) == len(raws) else None

    rows = wait_for(all_there, "an analysis of each sample")

    by_subject = {row["subject"]: row for row in rows}
    phish = by_subject["Your account has been limited - action required within 24 hours"]
    assert phish["is_phishing"]
    assert all(reason["evidence"] or reason["why"] for reason in phish["phishing_reasons"])
    assert "ham" == by_subject["Lunch on Thursday?"]["label"]
    assert all(rb"\Seen" not in flags for flags in flags_of(dovecot, certificates, mailbox))
    status, one = service.get(f"/api/v1/get/llm/analysis?mailbox={mailbox}&email_id={phish['email_id']}")
    assert (200, phish["message_id"]) == (status, one["message_id"])
    named = urllib.parse.quote(f"<{phish['message_id']}>")
    assert (200, one) == service.get(f"/api/v1/get/llm/analysis?mailbox={mailbox}&email_id={named}")


def test_kill_minus_nine_loses_and_doubles_nothing(service: Service, dovecot: Dovecot, mailbox: str) -> None:
    """Killed in the middle of 200 mails, three times: in the end each has exactly one analysis."""
    raws = [
        f"From: a{n}@example.org\r\nTo: {mailbox}\r\nSubject: number {n}\r\nMessage-ID: <{n}@example.org>\r\n\r\n"
        f"This is letter number {n}. Could you please answer it by Friday?\r\n".encode()
        for n in range(200)
    ]
    deliver(dovecot, mailbox, *raws[:80])
    for start in (80, 120, 160):
        wait_for(lambda: _stats(service)["total"] > 0, "the first analyses")
        service.kill()
        deliver(dovecot, mailbox, *raws[start : start + 40])
        _expire_leases(service)
        service.start()

    wait_for(lambda: _stats(service)["total"] >= len(raws), "all analyses")

    _, rows = service.get(f"/api/v1/get/llm/analysis?mailbox={mailbox}&limit=500")
    assert sorted(f"number {n}" for n in range(200)) == sorted(row["subject"] for row in rows)
    assert 0 == service.kill(signal.SIGTERM)


def _stats(service: Service) -> dict[str, Any]:
    return service.get("/api/v1/get/llm/stats")[1]


def _expire_leases(service: Service) -> None:
    """Let the dead process's leases end now instead of in a minute."""
    import sqlite3

    path = Path(service.environment["GLASSDOME_DATA_DIR"]) / "glassdome.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        past = "2000-01-01T00:00:00.000000Z"
        database.execute(
            "UPDATE llm_processing_queue SET lease_until = ?, wake_at = ? WHERE state = 'leased'", [past, past]
        )


def test_refusals_are_one_sentence(service: Service, mailbox: str) -> None:
    """A wrong key, no key, a missing mailbox and a missing message: true status, mailcow's shape."""
    listing = f"/api/v1/get/llm/analysis?mailbox={mailbox}"

    for key in ("", "WRONG"):
        status, body = service.get(listing, key)
        assert (401, "error") == (status, body["type"])
    status, body = service.get(listing + "&email_id=99999")
    assert (404, "error") == (status, body["type"])
    status, rows = service.get("/api/v1/get/llm/analysis?mailbox=nobody@example.org")
    assert (200, []) == (status, rows)
