"""`glassdome serve` and `glassdome worker` as programs of their own: what runs in each, and how each is watched."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from tests.samples import NOON, a_ref, an_analysis, jobs
from tests.servers.certificates import SERVER_NAME
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, Dovecot

GLASSDOME = Path(sys.executable).parent / "glassdome"
#: Seconds a test waits for what takes a few: the machine may be busy.
PATIENCE = 100


def wait_for(look: Callable[[], Any]) -> Any:
    """Look until there is something, and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.05)
    return found


@contextmanager
def running(folder: Path, *command: str, **environment: str) -> Iterator[str]:
    """Run `glassdome ...` and yield its address; SIGTERM must end it well."""
    given = {"PATH": os.environ["PATH"], "HOME": str(folder), "GLASSDOME_DATA_DIR": str(folder)} | environment
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen([GLASSDOME, *command, "--port", "0"], env=given, cwd=folder, stderr=stream)
    try:

        def listens() -> str:
            assert process.poll() is None, log.read_text()
            found = re.search(r"listens on (http://\S+)", log.read_text())
            return found[1] if found else ""

        yield wait_for(listens)
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0, log.read_text()


def ask(url: str, key: str = "") -> tuple[int, str]:
    """Return status and body."""
    request = urllib.request.Request(url, headers={"X-API-Key": key} if key else {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as exc:
        return exc.code, exc.read().decode()


async def one_analysis(url: str) -> None:
    """Store an analysis that is months old."""
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as database:
        await database.queue.enqueue(jobs(1), now=NOON)
        (job,) = await database.queue.claim("test", limit=1, lease=timedelta(minutes=1), now=NOON)
        assert await database.queue.complete(job, an_analysis(a_ref(1)), actions=(), now=NOON)


@pytest.mark.parametrize("options", [(), ("--no-worker",)], ids=["serve", "no worker"])
def test_what_is_past_its_time_goes_without_a_mail_server(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Whoever serves analyses forgets them in time, with nothing to watch and nobody to judge."""
    asyncio.run(one_analysis(f"sqlite:///{tmp_path / 'glassdome.db'}"))
    keys = {"GLASSDOME_API_KEYS": "key-of-tests:ro", "GLASSDOME_RETENTION_DAYS": "30"}

    with running(tmp_path, "serve", *options, **keys) as address:
        wait_for(lambda: json.loads(ask(f"{address}/api/v1/get/llm/analysis", "key-of-tests")[1]) == [])


def test_a_worker_is_watched_over_http(dovecot: Dovecot, tmp_path: Path) -> None:
    """`/health` names what it depends on, `/metrics` wants a key as anywhere, and the API is not there."""
    mail = {
        "MAILCOW_IMAP_HOST": dovecot.host,
        "MAILCOW_IMAP_PORT": str(dovecot.imap_port),
        "MAILCOW_CA_FILE": str(dovecot.certificates.ca),
        "MAILCOW_SERVER_NAME": SERVER_NAME,
        "GLASSDOME_IMAP_MASTER_USER": MASTER_USER,
        "GLASSDOME_IMAP_MASTER_PASSWORD": MASTER_PASSWORD,
    }
    with running(tmp_path, "worker", GLASSDOME_API_KEYS="key-of-tests:ro", **mail) as address:
        status, body = ask(f"{address}/health")
        metrics = [ask(f"{address}/metrics", key) for key in ("", "wrong", "key-of-tests")]
        api = ask(f"{address}/api/v1/get/llm/analysis", "key-of-tests")

    health = json.loads(body)
    assert (200, "healthy") == (status, health["status"])
    assert {"database": "ok", "imap": "ok", "files": "ok", "worker": "ok"} == {
        k: part["state"] for k, part in health["parts"].items()
    }
    assert [401, 401, 200] == [status for status, _ in metrics]
    assert 'glassdome_queue_jobs{state="pending"} 0.0' in metrics[2][1]
    assert 404 == api[0]


def test_json_lines_go_to_stdout(tmp_path: Path, unused_tcp_port: int) -> None:
    """One object per line and nothing else, beside the file that the seed names."""
    given = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GLASSDOME_DATA_DIR": str(tmp_path)}
    (tmp_path / ".env").write_text("# mine\nLLM_BATCHSIZE=3\n")
    given |= {"GLASSDOME_LOG_JSON": "1", "GLASSDOME_LOG_FILE": str(tmp_path / "llm-processor" / "processor.log")}
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        process = subprocess.Popen([GLASSDOME, "serve", "--port", "0"], env=given, cwd=tmp_path, stdout=out, stderr=err)
    wait_for(lambda: "listens on" in (tmp_path / "err").read_text())
    process.terminate()
    assert process.wait(PATIENCE) == 0

    written = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    filed = [json.loads(line) for line in (tmp_path / "llm-processor" / "processor.log").read_text().splitlines()]
    assert {"no_api_keys", "unknown_setting"} <= {line["event"] for line in written}
    assert [".env:2; did you mean LLM_BATCH_SIZE?"] == [line["place"] for line in written if "place" in line]
    assert written == filed


def test_a_worker_may_show_its_metrics_to_everybody(unused_tcp_port: int, tmp_path: Path) -> None:
    """GLASSDOME_OPEN_DOCS opens them; a mail server that is away is told, and does not end the worker."""
    mail = {"MAILCOW_IMAP_HOST": "127.0.0.1", "MAILCOW_IMAP_PORT": str(unused_tcp_port)}

    with running(tmp_path, "worker", GLASSDOME_OPEN_DOCS="1", **mail) as address:
        status, body = ask(f"{address}/health")
        metrics = ask(f"{address}/metrics")

    health = json.loads(body)
    assert (200, "degraded") == (status, health["status"])
    assert ("error", "connect_failed") == (health["parts"]["imap"]["state"], health["parts"]["imap"]["code"])
    assert 200 == metrics[0]


def test_config_yml_holds_while_both_run(unused_tcp_port: int, tmp_path: Path) -> None:
    """`serve --no-worker` and a `worker` of its own both follow the file; a mistake in it is named with its line."""
    config = tmp_path / "config.yml"
    config.write_text("processing:\n  batch_size: 5\n")
    given = {
        "GLASSDOME_CONFIG": str(config),
        "GLASSDOME_API_KEYS": "key-of-tests:ro",
        "MAILCOW_IMAP_HOST": "127.0.0.1",
        "MAILCOW_IMAP_PORT": str(unused_tcp_port),
        "GLASSDOME_DATABASE_URL": f"sqlite:///{tmp_path / 'glassdome.db'}",
    }
    folders = [tmp_path / "api", tmp_path / "work"]
    for folder in folders:
        folder.mkdir()
    with running(folders[0], "serve", "--no-worker", **given) as address, running(folders[1], "worker", **given):

        def batch() -> Any:
            return json.loads(ask(f"{address}/api/v1/get/llm/config", "key-of-tests")[1])["llm_batch_size"]

        before = batch()["value"]
        config.write_text("processing:\n  batch_size: 7\n")
        wait_for(lambda: batch()["value"] == 7)
        wait_for(lambda: "llm_batch_size" in (folders[1] / "log").read_text())
        config.write_text("processing:\n  batchsize: 9\n")
        for folder in folders:
            wait_for(lambda log=folder / "log": f"{config}:2: unknown key 'processing.batchsize'" in log.read_text())
        after = batch()

    assert (before, after["value"]) == (5, 7)


def test_who_is_signed_in_stays_so_over_a_restart(tmp_path: Path) -> None:
    """The web UI is under /llm/, `/` leads there, and `--no-web` leaves it out."""
    keys = {"GLASSDOME_API_KEYS": "key-of-tests:ro"}
    browser = httpx.Client(trust_env=False, follow_redirects=True)
    with running(tmp_path, "serve", "--no-worker", **keys) as address:
        page = browser.get(f"{address}/")
        token = re.search(r'name="form_token" value="([^"]+)"', page.text)
        assert token, page.text
        mail = browser.post(f"{address}/llm/sign-in", data={"form_token": token[1], "key": "key-of-tests"})
        assert "<title>Mail " in mail.text
    with running(tmp_path, "serve", "--no-worker", **keys) as address:
        assert "<title>Queue" in browser.get(f"{address}/llm/queue").text
    with running(tmp_path, "serve", "--no-worker", "--no-web", **keys) as address:
        assert [404, 404] == [browser.get(f"{address}{path}").status_code for path in ("/", "/llm/")]
        assert 200 == ask(f"{address}/api/v1/get/llm/stats", "key-of-tests")[0]
    browser.close()
