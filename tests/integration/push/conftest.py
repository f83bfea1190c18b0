"""A Dovecot with the files that the installer places, and receivers of every temper."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from glassdome.deploy.render import render
from tests.integration.push.receivers import Receiver
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, dovecot_version

SECRET = "push-secret"
Pushing = Callable[[str], Dovecot]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that answers 202 at once."""
    running = Receiver()
    yield running
    running.stop()


@pytest.fixture
def pushing(server_folder: Path, certificates: Certificates) -> Iterator[Pushing]:
    """Start a Dovecot that rings at a URL."""
    started: list[Dovecot] = []

    def start(url: str) -> Dovecot:
        base = server_folder / f"dp{len(started)}"
        shutil.rmtree(base, ignore_errors=True)
        server = Dovecot(base, certificates, extra=snippet(server_folder, url))
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


def snippet(folder: Path, url: str) -> str:
    """Return our part of extra.conf, its script beside it."""
    script = folder / "glassdome-push.lua"
    script.write_text(render("dovecot-push.lua"))
    script.chmod(0o644)
    values = {"DRIVER": "push_notification_driver", "URL": url, "PUSH_SECRET": SECRET, "LUA_FILE": str(script)}
    major, minor, _ = dovecot_version().split(".", 2)
    return render(f"dovecot-{major}.{minor}.conf", **values)
