"""`glassdome mcp` as a program of its own, and the SDK's client on its other end."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

__all__ = ["GLASSDOME", "PATIENCE", "Listening", "environment", "listening", "over_http", "over_stdio"]

GLASSDOME = str(Path(sys.executable).parent / "glassdome")
#: Seconds a test waits for what takes a few: the machine may be busy.
PATIENCE = 100


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return the environment of a program that keeps its data there."""
    return {"PATH": os.environ["PATH"], "HOME": str(data), "GLASSDOME_DATA_DIR": str(data)} | more


@asynccontextmanager
async def over_stdio(data: Path, *options: str, mode: Any = "auto", **env: str) -> AsyncIterator[Client]:
    """Start the program as a desktop client does; what it logs goes to `data/log`."""
    parameters = StdioServerParameters(
        command=GLASSDOME, args=["mcp", *options], env=environment(data, **env), cwd=str(data)
    )
    log = await asyncio.to_thread((data / "log").open, "w")
    try:
        async with Client(stdio_client(parameters, errlog=log), mode=mode, read_timeout_seconds=PATIENCE) as client:
            yield client
    finally:
        await asyncio.to_thread(log.close)


@dataclass(frozen=True)
class Listening:
    """A program that listens for HTTP."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def listening(data: Path, *options: str, **env: str) -> Iterator[Listening]:
    """Run `glassdome mcp --http` on a free port; SIGTERM must end it well."""
    log = data / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [GLASSDOME, "mcp", "--http", "--port", "0", *options],
            env=environment(data, **env),
            cwd=data,
            stdout=subprocess.DEVNULL,
            stderr=stream,
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(r"serves MCP on (http://\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "it does not listen"
            time.sleep(0.05)
        yield Listening(found[1], process, log)
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0, log.read_text()


@asynccontextmanager
async def over_http(url: str, key: str, *, mode: Any = "auto") -> AsyncIterator[Client]:
    """Connect with a key."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=PATIENCE, trust_env=False) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode, read_timeout_seconds=PATIENCE) as client,
    ):
        yield client
