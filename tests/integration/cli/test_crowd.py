"""Anonymous connections in front of a real service: silent ones, half requests, and the end of the service beside them."""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from glassdome.core.limits import HTTP_BODY_SECONDS, MAX_HTTP_CONNECTIONS_PER_PEER
from tests.integration.cli.test_serve import ask, running, wait_for

CROWD = 1_100
HALF = b"POST /api/v1/add/llm/analyze HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"


@pytest.fixture(autouse=True)
def _many_files() -> Iterator[None]:
    """The tests hold more descriptors than the default allows."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], min(4096, before[1])), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def connected(address: str, source: str, data: bytes = b"") -> socket.socket:
    """Connect from that address of the loopback network."""
    at = urlsplit(address)
    peer = socket.create_connection((at.hostname or "", at.port or 0), 20, source_address=(source, 0))
    if data:
        peer.sendall(data)
    return peer


def is_closed(peer: socket.socket) -> bool:
    """Return whether the service hung up."""
    peer.settimeout(0)
    try:
        return peer.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_a_silent_crowd_takes_nothing_from_others(tmp_path: Path) -> None:
    """One peer holds so many connections and no more; others are served meanwhile; the log says it in a line or two."""
    with running(tmp_path, "serve", "--no-worker", GLASSDOME_API_KEYS="key-of-tests:ro") as address:
        with contextlib.ExitStack() as stack:
            crowd = []
            for _ in range(CROWD):
                with contextlib.suppress(OSError):
                    crowd.append(stack.enter_context(connected(address, "127.0.0.2")))
            wait_for(lambda: sum(not is_closed(peer) for peer in crowd) <= MAX_HTTP_CONNECTIONS_PER_PEER)
            assert ask(f"{address}/health")[0] == 200
            assert ask(f"{address}/api/v1/get/llm/stats", "key-of-tests")[0] == 200
            # Those that were let in are shown out, since no request of theirs arrives.
            wait_for(lambda: all(is_closed(peer) for peer in crowd))
        assert ask(f"{address}/health")[0] == 200
        log = wait_for(lambda: "connections_refused" in (text := (tmp_path / "log").read_text()) and text)

    assert log.count("\n") < 30
    assert "Traceback" not in log


def test_half_a_request_holds_up_nobody(tmp_path: Path) -> None:
    """A body that never ends does not keep the service from ending well when it is told to."""
    with contextlib.ExitStack() as stack, running(tmp_path, "serve", "--no-worker") as address:
        half = stack.enter_context(connected(address, "127.0.0.1", HALF))
        assert ask(f"{address}/health")[0] == 200
        assert not is_closed(half)
        told = time.monotonic()

    assert time.monotonic() - told < HTTP_BODY_SECONDS
    assert "Traceback" not in (tmp_path / "log").read_text()
