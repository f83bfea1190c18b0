"""A running `glassdome serve` of its own process, for tests that live on an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx

__all__ = ["Service", "serving"]

_GLASSDOME = Path(sys.executable).parent / "glassdome"
KEY = "k" * 32


class Service:
    """Its REST API and its log."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, log: Path) -> None:
        """`url` is where it listens."""
        self.process, self.url, self.log = process, url, log
        self._client = httpx.AsyncClient(base_url=url, headers={"X-API-Key": KEY}, timeout=30)

    async def get(self, path: str, **query: Any) -> Any:
        """GET a path and return its JSON."""
        return (await self._client.get(path, params=query)).json()

    async def analyses(self, mailbox: str) -> list[dict[str, Any]]:
        """Return the newest analyses of a mailbox."""
        found: list[dict[str, Any]] = await self.get("/api/v1/get/llm/analysis", mailbox=mailbox, limit=500)
        return found

    async def logged(self, text: str) -> list[dict[str, Any]]:
        """Return the lines of the log that hold a text, as objects where they are."""
        lines = (await asyncio.to_thread(self.log.read_text, errors="replace")).splitlines()
        return [json.loads(line) if line.startswith("{") else {"line": line} for line in lines if text in line]

    async def aclose(self) -> None:
        """Kill it."""
        await self._client.aclose()
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@contextlib.asynccontextmanager
async def serving(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Service]:
    """Run it until the end of the block; its data and its log are in `folder`."""
    log = folder / "serve.log"
    basis = {"PATH": os.environ["PATH"], "HOME": str(folder), "GLASSDOME_DATA_DIR": str(folder / "data")}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            str(_GLASSDOME), "serve", "--port", "0",
            env=basis | {"GLASSDOME_API_KEYS": f"{KEY}:rw"} | dict(environment),
            stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        async with asyncio.timeout(100):
            while not (found := re.search(r"listens on (http://\S+)", log.read_text(errors="replace"))):
                assert process.returncode is None, log.read_text(errors="replace")
                await asyncio.sleep(0.05)
        service = Service(process, found[1], log)
        try:
            yield service
        finally:
            await service.aclose()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
