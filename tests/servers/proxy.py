"""A TCP proxy that misbehaves on demand, between a client under test and a real server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

__all__ = ["Proxy", "proxy_to"]


class Proxy:
    """Forwards bytes; `rewrite` changes what the server says, `cut_after` ends a connection after so many bytes of it.

    With `hang` the proxy takes what comes and answers nothing more.
    """

    def __init__(self, port: int) -> None:
        """`port` is the server's, on loopback."""
        self.target = port
        self.port = 0
        self.rewrite: Callable[[bytes], bytes] = bytes
        self.cut_after: int | None = None
        self.hang = False
        self.connections = 0
        self.sent_by_client = b""
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    def cut(self) -> None:
        """Drop every connection now."""
        for writer in self._writers:
            writer.transport.abort()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.connections += 1
        try:
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers += [writer, upstream_writer]
        for pump in (self._to_server(reader, upstream_writer), self._to_client(upstream_reader, writer)):
            task = asyncio.ensure_future(pump)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        """Drop everything."""
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _to_server(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                self.sent_by_client += data
                if not self.hang:
                    writer.write(data)
        writer.transport.abort()

    async def _to_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.cut_after is not None and passed + len(data) > self.cut_after:
                    writer.write(data[: max(0, self.cut_after - passed)])
                    break
                passed += len(data)
                if not self.hang:
                    writer.write(self.rewrite(data))
        with contextlib.suppress(OSError, RuntimeError):
            writer.close()


@contextlib.asynccontextmanager
async def proxy_to(port: int) -> AsyncIterator[Proxy]:
    """Run a proxy in front of `port`."""
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.aclose()
        await server.wait_closed()
