"""The tools over a real SQLite store and a mailbox of our own, in this process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from mcp.server.lowlevel import Server

import glassdome.engine.llm  # noqa: F401 - `mcp.opening` loads it in a thread; these tests open nothing
from glassdome.core.config import Settings
from glassdome.core.errors import NotFound
from glassdome.desk.keys import Caller, Scope
from glassdome.mcp.server import create_server
from glassdome.mcp.tool_context import ToolContext
from glassdome.store import Database
from glassdome.values.analysis import Analysis
from glassdome.values.refs import MessageRef
from tests.unit.api import bench as api
from tests.unit.api.conftest import connections, database, empty_database, live, settings

__all__ = ["connections", "database", "empty_database", "live", "settings"]

#: What the mail server holds of each message.
RAW = b"From: shop@shop.example\r\nSubject: Mail\r\n\r\nAsks for money.\r\n"


class Folders(api.Folders):
    """The API's mailbox, from which messages can be fetched too."""

    async def fetch(self, ref: MessageRef, *, max_bytes: int) -> bytes:
        """Return a message that is there."""
        if ref not in self.held:
            raise NotFound("There is no such message.")
        return RAW


@dataclass
class Bench:
    """The server over the API's bench; `judge` is what the built-in engine says, `parts` how the parts are opened."""

    api: api.Bench
    judged: list[bytes] = field(default_factory=list)
    parts: Callable[[], Awaitable[ToolContext]] | None = None

    def server(self, *, allow_writes: bool = True, **caller: Any) -> Server:
        """Return a server for one caller."""
        who = Caller(**({"name": "test", "scope": Scope.RW} | caller))
        return create_server(self.parts or self.open, lambda _: who, allow_writes=allow_writes)

    async def open(self) -> ToolContext:
        """Return the parts."""
        return ToolContext(services=self.api.services, judge=self.judge)

    async def judge(self, raw: bytes, ref: MessageRef) -> Analysis:
        """Note what was judged."""
        self.judged.append(raw)
        return api.analysis(ref)


@pytest.fixture
def bench(database: Database, settings: Settings) -> Bench:
    """The server, at a fixed time."""
    return Bench(api.Bench(database, settings, folders=Folders()))


@pytest.fixture
def live_bench(live: api.Bench) -> Bench:
    """The same in real time, for calls that wait."""
    return Bench(live)
