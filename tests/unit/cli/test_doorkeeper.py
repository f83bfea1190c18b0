"""The bounds on connections, with small numbers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from glassdome.cli.doorkeeper import Doorkeeper
from glassdome.cli.service import HttpServer
from glassdome.core.log_throttle import Throttle
from glassdome.core.networks import Network, parse_networks

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Read the body and answer it."""
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message["body"]
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def kept(proxies: Sequence[Network] = (), **bounds: Any) -> AsyncIterator[int]:
    """Yield the port of a server with these bounds."""
    keeper = Doorkeeper(lambda: proxies, **bounds)
    server = HttpServer(echo, host="127.0.0.1", port=0, keeper=keeper)
    server.config.lifespan = "off"
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    async with keeper.looking():
        yield server.port
    server.should_exit = True
    await task


class Peer:
    """One connection."""

    def __init__(self, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        """Keep both ends."""
        self._reader, self._writer = streams

    async def ask(self, data: bytes) -> bytes:
        """Send that and return the first line of the answer, empty when the server hung up."""
        try:
            self._writer.write(data)
            line = await self._reader.readline()
            if line:
                await self._reader.readuntil(b"\r\n\r\n")
            return line
        except ConnectionError:
            return b""

    async def hung_up(self) -> bool:
        """Wait until the server hangs up."""
        try:
            return await self._reader.read() == b""
        except ConnectionError:
            return True

    async def close(self) -> None:
        """Close."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


Connect = Callable[..., Awaitable[Peer]]


@pytest.fixture
async def peer() -> AsyncIterator[Connect]:
    """Connect from an address of the loopback network; everything is closed at the end."""
    made = []

    async def connect(port: int, source: str = "127.0.0.1") -> Peer:
        made.append(Peer(await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))))
        return made[-1]

    yield connect
    for one in made:
        await one.close()


async def test_one_peer_takes_no_place_from_another(peer: Connect) -> None:
    """Past its bound a peer is refused; another is served; a place that is left is free again."""
    async with kept(per_peer=2) as port:
        crowd = [await peer(port, "127.0.0.2") for _ in range(3)]
        first = [await one.ask(GET) for one in crowd]
        other = await (await peer(port)).ask(GET)
        await next(one for one, line in zip(crowd, first, strict=True) if line).close()
        again = b""
        while not again:
            again = await (await peer(port, "127.0.0.2")).ask(GET)

    assert sorted(bool(line) for line in first) == [False, True, True]
    assert other == again == b"HTTP/1.1 200 OK\r\n"


async def test_a_named_proxy_is_bounded_by_the_whole_only(peer: Connect) -> None:
    """It is the peer of all its visitors."""
    async with kept(parse_networks("127.0.0.2"), per_peer=1, total=3) as port:
        crowd = [await peer(port, "127.0.0.2") for _ in range(4)]
        lines = [await one.ask(GET) for one in crowd]

    assert sorted(bool(line) for line in lines) == [False, True, True, True]


@pytest.mark.parametrize("sent", [b"", b"GET / HT", POST + b"ab"], ids=["nothing", "half a header", "half a body"])
async def test_who_does_not_go_on_is_shown_out(peer: Connect, sent: bytes) -> None:
    """Silence, half a header and half a body end; who sends whole requests stays."""
    async with kept(header_seconds=0.1, body_seconds=0.1) as port:
        slow = await peer(port)
        asked = asyncio.create_task(slow.ask(sent)) if sent else None
        assert await (await peer(port)).ask(POST + b"abcd") == b"HTTP/1.1 200 OK\r\n"
        assert (await asked if asked else b"") == b""
        assert await slow.hung_up()


def test_equal_lines_of_libraries_are_counted_not_written() -> None:
    """Whatever a stranger provokes a thousand times, the log has it a few times."""
    throttle = Throttle(most=3)
    lines = [logging.makeLogRecord({"name": "asyncio", "msg": "no descriptor left\n%s"}) for _ in range(1_000)]
    other = logging.makeLogRecord({"name": "asyncio", "msg": "something else"})

    assert sum(throttle.filter(line) for line in lines) == 3
    assert throttle.filter(other)
