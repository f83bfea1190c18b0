"""Serves an ASGI application on a free loopback port inside the running loop."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Self

import uvicorn

__all__ = ["Served"]


class Served:
    """An async context manager; `url` is where the application answers. A closed one can be entered again."""

    def __init__(self, app: Any) -> None:
        """`app` is any ASGI application. The port is taken at once and kept, also while nothing is served there."""
        self._app = app
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start serving."""
        config = uvicorn.Config(
            self._app, host="127.0.0.1", port=self.port, log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server._serve())
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 (uvicorn tells by this flag alone)
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop serving, at once."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            self._server.force_exit = True
            await self._task


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
