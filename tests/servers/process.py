"""Starts a server in its own process group and makes sure that it dies with the tests, however they end."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["ServerProcess", "free_port", "server_environment"]

# The watchdog reads process ids from a pipe whose other end only the tests hold: end of file means that they are gone.
_WATCHDOG = """
import os, signal, sys, time
pids = [int(line) for line in sys.stdin]
for wanted in (signal.SIGTERM, signal.SIGKILL):
    for pid in pids:
        try: os.killpg(pid, wanted)
        except OSError: pass
    time.sleep(1.0)
"""
_watchdog: subprocess.Popen[str] | None = None


def free_port() -> int:
    """Return a port nobody listens on, below the range the kernel hands to outgoing connections."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def server_environment(**extra: str) -> dict[str, str]:
    """Return a bare environment, so that a developer's settings cannot change a server."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **extra}


class ServerProcess:
    """One running server."""

    def __init__(self, command: Sequence[str], *, output: Path, **options: Any) -> None:
        """Start `command`; what it prints goes to `output`."""
        with output.open("ab") as stream:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True, **options
            )
        self._output = output
        _watch(self._process.pid)

    @property
    def pid(self) -> int:
        """The id of the process and of its group."""
        return self._process.pid

    def wait_for_banner(self, port: int, banner: bytes, *, seconds: float = 15.0) -> None:
        """Wait until the server greets on `port`; raises RuntimeError with its output when it does not."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"server ended: {self._output.read_text(errors='replace')[-2000:]}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 2) as peer:
                if not banner or peer.recv(200).startswith(banner):
                    return
            time.sleep(0.01)
        raise RuntimeError(f"server does not greet: {self._output.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """Kill the whole group; nothing in it is worth a clean end."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)


def _watch(pid: int) -> None:
    global _watchdog
    if _watchdog is None:
        _watchdog = subprocess.Popen(
            [sys.executable, "-c", _WATCHDOG], stdin=subprocess.PIPE, start_new_session=True, text=True
        )
    assert _watchdog.stdin is not None
    _watchdog.stdin.write(f"{pid}\n")
    _watchdog.stdin.flush()
