"""A real Rspamd with the placed files, and the real service that it asks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from glassdome.deploy.blocks import append
from glassdome.deploy.render import render
from tests.servers.process import server_environment
from tests.servers.redis import Redis
from tests.servers.rspamd import Rspamd

SECRET = "push-secret"
StartRspamd = Callable[..., Rspamd]
#: Seconds that a mail may wait for an answer where the test is about the answer; mailcow's Rspamd waits a quarter of one.
PATIENT = 30.0


@pytest.fixture(scope="session")
def redis(server_folder: Path) -> Iterator[Redis]:
    """Run the Redis in which Rspamd keeps what it learned."""
    running = Redis(server_folder / "rd")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def rspamd_at(server_folder: Path, redis: Redis) -> Iterator[StartRspamd]:
    """Start an Rspamd whose placed plugin asks at a URL, and waits `seconds` if given; None: without our files."""
    started: list[Rspamd] = []

    def start(url: str | None, seconds: float | None = None) -> Rspamd:
        name = f"rs{len(started)}"
        local = placed(server_folder / f"{name}l", url)
        if seconds is not None:
            with (local / "local.d/glassdome.conf").open("a") as stream:
                stream.write(f"timeout = {seconds};\n")
        running = Rspamd(server_folder / name, local=local, redis_port=redis.port)
        started.append(running)
        running.start()
        return running

    yield start
    for running in started:
        running.stop()


def placed(folder: Path, url: str | None) -> Path:
    """Make a $LOCAL_CONFDIR as the installer leaves it."""
    (folder / "local.d").mkdir(parents=True)
    (folder / "plugins.d").mkdir()
    section = "# rspamd.conf.local\n"
    if url is not None:
        (folder / "plugins.d/glassdome.lua").write_text(render("rspamd.lua"))
        (folder / "local.d/glassdome.conf").write_text(render("rspamd-local.conf", URL=url, PUSH_SECRET=SECRET))
        section = append(section, render("rspamd.conf"))
    (folder / "rspamd.conf.local").write_text(section)
    return folder


@pytest.fixture(scope="session")
def service_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running `glassdome serve` with the built-in engine."""
    folder = tmp_path_factory.mktemp("service")
    environment = server_environment(
        HOME=str(folder),
        GLASSDOME_DATA_DIR=str(folder),
        GLASSDOME_PUSH_SECRET=SECRET,
        GLASSDOME_AUTHSERV_ID="mx.demo.example",
    )
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [Path(sys.executable).parent / "glassdome", "serve", "--port", "0", "--no-worker"],
            env=environment | {"PATH": os.environ["PATH"]},
            cwd=folder,
            stderr=stream,
        )
    try:
        deadline = time.monotonic() + 100
        while not (found := re.search(r"listens on (http://\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield found[1]
    finally:
        process.kill()
        process.wait(10)
