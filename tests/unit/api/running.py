"""The API as it really runs: uvicorn on a loopback port of its own, in a thread with its own event loop."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database
from glassdome.store.connections import Connections, make_engine

from .bench import Bench


@contextmanager
def running(path: Path, settings: Settings, prepare: Callable[[Bench], Awaitable[None]], **tls: Any) -> Iterator[int]:
    """Serve the API over the SQLite file until the block ends; yield its port."""
    database = Database(Connections(make_engine(f"sqlite:///{path}")), rendering=RENDERING)
    bench = Bench(database, settings, clock=SystemClock())

    @asynccontextmanager
    async def life(_: Any) -> AsyncIterator[None]:
        await prepare(bench)
        yield
        await database.aclose()

    bench.app.router.lifespan_context = life
    server = uvicorn.Server(uvicorn.Config(bench.app, log_config=None, **tls))
    # Who connects early waits in the socket's backlog.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)
