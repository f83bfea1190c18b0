"""A worker process over simulated mail and a simulated model: for crash and scale measurements.

`python -m tests.contract.store.simulation '{"url": ..., "owner": ...}'` works until SIGTERM.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from glassdome.act import Performer
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import EngineError, ModelUnavailable
from glassdome.pipeline.actions import ActionLoop
from glassdome.pipeline.context import ContextLoader
from glassdome.pipeline.job import JobRunner
from glassdome.pipeline.process import JudgeOptions
from glassdome.pipeline.worker import Worker
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, open_database
from glassdome.values.context import Context
from glassdome.values.job import Job
from glassdome.values.message import Message
from glassdome.values.opinion import Draft, Opinion, Usage
from glassdome.values.refs import MessageRef
from glassdome.values.role import FULL
from glassdome.values.signal import SensitiveFinding, Signal

__all__ = ["KEYWORD", "Plan", "SimulatedEditor", "SimulatedEngine", "SimulatedSource", "run"]

#: The keyword each simulated message gets, by the category its opinion carries.
KEYWORD = "glassdome-simulated"
CATEGORY = "simulated"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan of one worker process. While the file `cut` exists the model is away; times are seconds."""

    url: str
    owner: str
    folder: str
    latency: float = 0.01
    lease: float = 3.0
    concurrent: int = 2
    batch: int = 10
    stale: float = 5.0

    @property
    def cut(self) -> Path:
        """The file whose presence cuts the model off."""
        return Path(self.folder) / "cut"


class SimulatedSource:
    """Every UID has a message."""

    async def fetch(self, ref: MessageRef, *, max_bytes: int) -> bytes:
        """Return a short message made of the UID."""
        head = f"From: Bob <bob{ref.uid % 50}@example.com>\r\nTo: {ref.mailbox}\r\nMessage-ID: <{ref.uid}@{ref.mailbox}>\r\n"
        date = "Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n"
        return (
            f"{head}{date}Subject: Minutes {ref.uid}\r\n\r\nPlease send the minutes of meeting {ref.uid}.\r\n".encode()
        )


@dataclass(frozen=True, kw_only=True)
class SimulatedEngine:
    """Answers after a fixed time, as a model server with enough slots would."""

    latency: float
    cut: Path
    name: str = "ollama"
    model: str = "simulated:1"
    prompt_version: str = "simulated-1"
    error: EngineError | None = None

    async def read(
        self,
        message: Message,
        *,
        signals: Sequence[Signal],
        sensitive: Sequence[SensitiveFinding],
        builtin: Opinion,
        context: Context,
    ) -> Opinion:
        """Return the built-in opinion under the model's name; a draft is a call of its own."""
        if await asyncio.to_thread(self.cut.exists):
            raise ModelUnavailable
        if self.error is not None:
            raise self.error
        await asyncio.sleep(self.latency)
        return replace(
            builtin,
            engine=self.name,
            model=self.model,
            prompt_version=self.prompt_version,
            categories=(CATEGORY,),
            auto_reply_suggestion=None,
            usage=Usage(calls=1, tokens_in=900, tokens_out=120, seconds=self.latency),
        )

    async def draft(
        self,
        message: Message,
        *,
        signals: Sequence[Signal],
        sensitive: Sequence[SensitiveFinding],
        context: Context,
    ) -> Draft:
        """Return a short reply."""
        if await asyncio.to_thread(self.cut.exists):
            raise ModelUnavailable
        await asyncio.sleep(self.latency)
        usage = Usage(calls=1, tokens_in=300, tokens_out=20, seconds=self.latency)
        return Draft(text="I will send them on Monday.", prompt_version="simulated-reply-1", usage=usage)

    async def aclose(self) -> None:
        """Nothing to close."""


class SimulatedEditor:
    """Writes each keyword it sets as a line of a file that all processes append to."""

    def __init__(self, path: Path) -> None:
        """`path` is made when it is not there."""
        self._path = path

    async def add_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        """Append one line per keyword; a short append is atomic (POSIX write with O_APPEND)."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.write(descriptor, "".join(f"{ref}|{keyword}\n" for keyword in keywords).encode())
        os.close(descriptor)


class _TimedQueue:
    """Notes how long claims and completions take."""

    def __init__(self, database: Database, path: Path) -> None:
        self._queue, self._file = database.queue, path.open("a", buffering=1)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    async def claim(self, owner: str, **how: Any) -> tuple[Job, ...]:
        start = time.perf_counter()
        found = await self._queue.claim(owner, **how)
        if found:
            self._file.write(f"claim {time.perf_counter() - start:.6f} {len(found)}\n")
        return found

    async def complete(self, *args: Any, **kwargs: Any) -> bool:
        start = time.perf_counter()
        kept = await self._queue.complete(*args, **kwargs)
        self._file.write(f"complete {time.perf_counter() - start:.6f} {int(kept)}\n")
        return kept


async def run(plan: Plan) -> None:
    """Work until SIGTERM."""
    clock, folder = SystemClock(), Path(plan.folder)
    settings = Settings(concurrent_jobs=plan.concurrent, llm_batch_size=plan.batch, engine_skip="none")
    async with open_database(plan.url, rendering=RENDERING) as database:
        queue: Any = _TimedQueue(database, folder / f"times-{plan.owner}")
        editor: Any = SimulatedEditor(folder / "performed")
        source: Any = SimulatedSource()
        performer = Performer(database.actions, clock=clock, editor=editor, stale=timedelta(seconds=plan.stale))
        loader = ContextLoader(
            history=database.history, preferences=database.preferences, clock=clock, settings=lambda: settings
        )
        options = JudgeOptions(engine=SimulatedEngine(latency=plan.latency, cut=plan.cut), grant=FULL)
        runner = JobRunner(
            queue, source, database.preferences, loader, options=lambda: options, performer=performer, clock=clock
        )

        async def same() -> Settings:
            return settings

        worker = Worker(
            queue, runner, owner=plan.owner, settings=same, clock=clock, lease=timedelta(seconds=plan.lease)
        )
        actions = ActionLoop(performer, every=plan.stale)

        def drain() -> None:
            worker.stop()
            actions.stop()

        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, drain)
        await asyncio.gather(worker.run(), actions.run())


if __name__ == "__main__":
    asyncio.run(run(Plan(**json.loads(sys.argv[1]))))
