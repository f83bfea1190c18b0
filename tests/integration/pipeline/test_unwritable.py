"""A service whose database cannot be written: it says so, once, gives up what it is asked, and judges all afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.servers.certificates import SERVER_NAME, Certificates
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.mariadb import MariaDB

pytestmark = [pytest.mark.servers, pytest.mark.slow]

KEY = "rw-key-of-tests"
PATIENCE = 100
MAIL = b"From: Ann <ann@elsewhere.test>\r\nMessage-ID: <m%d@elsewhere.test>\r\nSubject: Minutes %d\r\n\r\nHere they are.\r\n"
Broken = Callable[[], AbstractContextManager[None]]


@contextmanager
def _full(folder: Path) -> Iterator[None]:
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        for size in (4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    stream.write(b"x" * size)
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


@contextmanager
def _read_only(server: MariaDB) -> Iterator[None]:
    server.as_root("SET GLOBAL read_only = 1")
    try:
        yield
    finally:
        server.as_root("SET GLOBAL read_only = 0")


@contextmanager
def _stuck(server: MariaDB) -> Iterator[None]:
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes, in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["/usr/bin/mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["/usr/bin/umount", str(folder)], check=True)


class FailingDisk:
    """A disk of 16 megabytes in a file, whose file system can be made read-only under those who write, as errors do."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where it is mounted; its file stands beside it."""
        self.folder, self._image = folder, folder.with_suffix(".img")
        folder.mkdir()
        with self._image.open("wb") as stream:
            stream.truncate(16 << 20)
        _sh("/usr/sbin/mkfs.ext4", "-q", str(self._image))
        self.mount()

    def mount(self) -> None:
        """Mount it for writing."""
        _sh("/usr/bin/mount", "-o", "loop,errors=remount-ro", str(self._image), str(self.folder))

    def fail(self) -> None:
        """Let it refuse all writes from now on."""
        _sh("/usr/bin/mount", "-o", "remount,abort", str(self.folder))

    def repair(self) -> None:
        """Mount it anew; nobody may have files open there."""
        self.unmount()
        # 1 says that something was mended.
        assert subprocess.run(["/usr/sbin/e2fsck", "-fy", str(self._image)], capture_output=True).returncode in (0, 1)
        self.mount()

    def unmount(self) -> None:
        """Take it away."""
        _sh("/usr/bin/umount", str(self.folder))


def _sh(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def failing_disk(tmp_path: Path) -> Iterator[FailingDisk]:
    """One that works at first."""
    disk = FailingDisk(tmp_path / "failing")
    yield disk
    disk.unmount()


@pytest.fixture(params=["full", "locked", "read-only", "stuck"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Broken]:
    """The URL of a database, and what makes it unusable for a while."""
    if request.param == "full":
        disk: Path = request.getfixturevalue("small_disk")
        return f"sqlite:///{disk / 'glassdome.db'}", lambda: _full(disk)
    if request.param == "locked":
        return f"sqlite:///{tmp_path / 'glassdome.db'}", lambda: _locked(tmp_path / "glassdome.db")
    server: MariaDB = request.getfixturevalue("mariadb")
    breaks = _read_only if request.param == "read-only" else _stuck
    return server.new_database(), lambda: breaks(server)


class Service:
    """A running `glassdome serve`."""

    def __init__(self, address: str, log: Path) -> None:
        """Remember where it is."""
        self.address, self._log = address, log

    def ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        """GET, or POST a body; return status and JSON."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-API-Key": KEY, "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as exc:
            return exc.code, json.load(exc)

    def log(self) -> str:
        """Return what it said."""
        return self._log.read_text()


@contextmanager
def running(folder: Path, url: str, dovecot: Dovecot, certificates: Certificates, mailbox: str) -> Iterator[Service]:
    """Run a service that watches one mailbox; its log goes on where that of an earlier one in the folder ended."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "MAILCOW_IMAP_HOST": "127.0.0.1",
        "MAILCOW_IMAP_PORT": str(dovecot.imap_port),
        "MAILCOW_CA_FILE": str(certificates.ca),
        "MAILCOW_SERVER_NAME": SERVER_NAME,
        "GLASSDOME_MAILBOXES": f"{mailbox}:{PASSWORD}",
        "GLASSDOME_API_KEYS": f"{KEY}:rw",
        "GLASSDOME_DATABASE_URL": url,
        "GLASSDOME_DATA_DIR": str(folder),
    }
    log = folder / "log"
    before = log.stat().st_size if log.exists() else 0
    with log.open("ab") as stream:
        command = [str(Path(sys.executable).parent / "glassdome"), "serve", "--port", "0"]
        process = subprocess.Popen(command, env=environment, cwd=folder, stderr=stream, stdout=stream)
    try:
        found = wait_for(lambda: re.search(r"listens on (http://\S+)", log.read_text()[before:]))
        yield Service(found[1], log)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def service(
    tmp_path: Path, database: tuple[str, Broken], dovecot: Dovecot, certificates: Certificates, mailbox: str
) -> Iterator[Service]:
    """A service that watches one fresh mailbox."""
    with running(tmp_path, database[0], dovecot, certificates, mailbox) as found:
        yield found


def wait_for(look: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Look until there is something, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.1)
    return found


def test_it_says_so_once_and_judges_all_afterwards(
    service: Service, database: tuple[str, Broken], dovecot: Dovecot, mailbox: str
) -> None:
    """`/health` within seconds, an API write with 503, one line in the log; nothing that came meanwhile is lost."""
    rows = f"/api/v1/get/llm/analysis?mailbox={mailbox}"
    before = _first_judged(service, dovecot, mailbox)
    with database[1]():
        _refuses_writes(service, dovecot, mailbox)
    wait_for(lambda: service.ask("/health")[0] == 200)
    wait_for(lambda: len(service.ask(rows)[1]) >= before + 3)

    assert service.log().count("store_unavailable") == 1, service.log()
    assert service.log().count("database_back") == 1
    assert "Traceback" not in service.log()


def test_a_disk_that_turned_read_only_is_told_and_all_is_judged_after_its_repair(
    failing_disk: FailingDisk, tmp_path: Path, dovecot: Dovecot, certificates: Certificates, mailbox: str
) -> None:
    """As after an error of the disk: nothing can be written until it is repaired and the service started again."""
    rows, url = f"/api/v1/get/llm/analysis?mailbox={mailbox}", f"sqlite:///{failing_disk.folder / 'glassdome.db'}"
    with running(tmp_path, url, dovecot, certificates, mailbox) as service:
        before = _first_judged(service, dovecot, mailbox)
        failing_disk.fail()
        _refuses_writes(service, dovecot, mailbox)
        assert service.ask(rows)[0] == 200
    assert service.log().count("store_unavailable") == 1, service.log()
    failing_disk.repair()
    with running(tmp_path, url, dovecot, certificates, mailbox) as service:
        wait_for(lambda: service.ask("/health")[0] == 200)
        wait_for(lambda: len(service.ask(rows)[1]) >= before + 3)
    assert "Traceback" not in service.log()


def _first_judged(service: Service, dovecot: Dovecot, mailbox: str) -> int:
    """Send mails until one is judged, since the first look at a mailbox judges nothing; return how many are."""
    rows, numbers = f"/api/v1/get/llm/analysis?mailbox={mailbox}", iter(range(100))

    def judged() -> bool:
        number = next(numbers)
        dovecot.deliver(mailbox, MAIL % (number, number))
        with contextlib.suppress(AssertionError):
            return bool(wait_for(lambda: service.ask(rows)[1], 3))
        return False

    wait_for(judged)
    return len(service.ask(rows)[1])


def _refuses_writes(service: Service, dovecot: Dovecot, mailbox: str) -> None:
    """See that `/health` and a write are answered with 503 while three mails arrive."""
    for number in range(100, 103):
        dovecot.deliver(mailbox, MAIL % (number, number))
    status, health = wait_for(lambda: (found := service.ask("/health"))[0] == 503 and found, 30)
    began = time.monotonic()
    refused = service.ask("/api/v1/edit/llm/preferences", {"username": mailbox, "phishing_alerts": False})
    took = time.monotonic() - began
    again = service.ask("/health")[0]
    wait_for(lambda: "store_unavailable" in service.log())
    assert (status, again, health["database"], health["mysql"]) == (503, 503, "error", "error")
    assert refused[0] == 503, refused
    assert refused[1]["code"] == "store_unavailable"
    assert took < 30
