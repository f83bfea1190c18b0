"""`glassdome serve` and its database: not there yet, gone for a while, of another version."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.servers.mariadb import MariaDB

GLASSDOME = Path(sys.executable).parent / "glassdome"
#: Seconds a test waits for what takes a few: the machine may be busy.
PATIENCE = 100


def _wait_for(look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.05)
    return found


def _environment(folder: Path, url: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GLASSDOME_DATABASE_URL": url,
        "GLASSDOME_DATA_DIR": str(folder / "data"),
        "GLASSDOME_API_KEYS": "key-of-tests:rw",
    }


@pytest.fixture
def own_mariadb(server_folder: Path) -> Iterator[MariaDB]:
    """A server that only this test starts and stops."""
    server = MariaDB(server_folder / "own")
    server.install()
    yield server
    server.stop()


def _health(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=20) as answer:
            return answer.status, json.load(answer)["mysql"]
    except urllib.error.HTTPError as exc:
        return exc.code, json.load(exc)["mysql"]


@pytest.mark.slow
@pytest.mark.servers
def test_the_database_may_come_later_and_go_for_a_while(own_mariadb: MariaDB, tmp_path: Path) -> None:
    """Down at the start: the service says so and waits. Down later: `/health` says so, and recovers by itself."""
    own_mariadb.start()
    url, log = own_mariadb.new_database(), tmp_path / "log"
    own_mariadb.stop()
    with log.open("wb") as stream:
        command = [str(GLASSDOME), "serve", "--port", "0"]
        service = subprocess.Popen(command, env=_environment(tmp_path, url), stderr=stream, stdout=stream)
    try:
        _wait_for(lambda: "waiting_for_database" in log.read_text())
        waiting = _wait_for(lambda: re.search(r"url=(http://\S+)/health", log.read_text()))[1]
        assert _health(waiting) == (503, "error")
        own_mariadb.start()
        address = _wait_for(lambda: re.search(r"listens on (http://\S+)", log.read_text()))[1]
        assert _health(address)[0] == 200
        own_mariadb.stop()
        assert _wait_for(lambda: (found := _health(address))[0] == 503 and found) == (503, "error")
        own_mariadb.start()
        assert _wait_for(lambda: (found := _health(address))[0] == 200 and found) == (200, "ok")
    finally:
        service.terminate()
        assert service.wait(30) == 0


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["worker"]], ids=["serve", "worker"])
def test_who_waits_can_be_stopped(command: list[str], tmp_path: Path, unused_tcp_port: int) -> None:
    """SIGTERM ends the waiting well, also where nothing ends a program that does not listen to it (process 1)."""
    environment = _environment(tmp_path, f"mysql://u:p@127.0.0.1:{unused_tcp_port}/x") | {
        "MAILCOW_IMAP_HOST": "127.0.0.1"
    }
    log = tmp_path / "log"
    with log.open("wb") as stream:
        service = subprocess.Popen([GLASSDOME, *command], env=environment, stderr=stream, stdout=stream)
    _wait_for(lambda: log.read_text().count("waiting_for_database") > 1)
    service.terminate()
    assert service.wait(PATIENCE) == 0


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_schema_of_another_version_is_refused_with_the_command(command: str, tmp_path: Path) -> None:
    """A newer version's schema is not touched, and the error names the way out."""
    path = tmp_path / "glassdome.db"
    environment = _environment(tmp_path, f"sqlite:///{path}") | {"MAILCOW_IMAP_HOST": "127.0.0.1"}
    subprocess.run([GLASSDOME, "migrate"], env=environment, check=True, capture_output=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("UPDATE llm_schema_version SET version_num = '9999'")
    done = subprocess.run(
        [GLASSDOME, command], env=environment, check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode != 0
    assert "glassdome migrate --revision" in done.stderr.replace("\n", " ")
