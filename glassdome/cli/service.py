"""Runs the parts of the service together, and stops them in order when asked to."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, contextmanager
from socket import socket

import uvicorn
from starlette.types import ASGIApp

from glassdome.cli.doorkeeper import Doorkeeper
from glassdome.core.errors import ConfigError
from glassdome.core.limits import HTTP_SHUTDOWN_SECONDS
from glassdome.core.networks import Network

__all__ = ["HttpServer", "asked_to_stop", "serving"]


class HttpServer(uvicorn.Server):
    """Uvicorn in our own event loop: signals are ours, and it says when it is ready."""

    def __init__(
        self, app: ASGIApp, *, host: str, port: int, keeper: Doorkeeper, at_end: Callable[[], None] = lambda: None
    ) -> None:
        """Port 0 takes any free one; `port` tells which after the start. `keeper` bounds connections.

        `at_end` ends answers that would never end by themselves.
        """
        # Uvicorn would believe what any peer on loopback says of its visitors: `api.guesses.address_of` asks the settings.
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            http=keeper.protocol,  # type: ignore[arg-type]
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=HTTP_SHUTDOWN_SECONDS,
        )
        super().__init__(config)
        self._where, self._at_end = f"{host}:{port}", at_end

    @contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        """Leave signals to the caller."""
        yield

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.servers[0].sockets[0].getsockname()[1])

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listen; raises ConfigError when the address is taken."""
        try:
            await super().startup(sockets=None)
        except SystemExit as exc:
            raise ConfigError(
                f"{self._where} cannot be listened on: it is in use, or not allowed.",
                fix="Choose another --host or --port.",
            ) from exc

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop listening, and let requests under way finish."""
        self._at_end()
        await super().shutdown(sockets)


@asynccontextmanager
async def serving(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    proxies: Callable[[], Sequence[Network]] = tuple,
    at_end: Callable[[], None] = lambda: None,
) -> AsyncIterator[HttpServer]:
    """Serve while the block runs; requests under way have some seconds to finish at its end.

    `proxies` answers whose connections are not counted as one visitor's, `at_end` is called when the stop begins.
    """
    keeper = Doorkeeper(proxies)
    server = HttpServer(app, host=host, port=port, keeper=keeper, at_end=at_end)
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if task.done():
                await task
                raise ConfigError(f"{host}:{port} cannot be listened on.", fix="Choose another --host or --port.")
            await asyncio.sleep(0.01)
        # Objects loaded by now stay: the collector would walk them again and again while requests wait.
        gc.collect()
        gc.freeze()
        async with keeper.looking():
            yield server
    finally:
        gc.unfreeze()
        server.should_exit = True
        await task


@asynccontextmanager
async def asked_to_stop(*also: Callable[[], None]) -> AsyncIterator[asyncio.Event]:
    """Yield an event that SIGINT and SIGTERM set; `also` is called then. A second signal ends the process at once."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        event.set()
        for call in also:
            call()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield event
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
