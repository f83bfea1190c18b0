"""Shared code of the model benchmarks: a queue on SQLite, mail in memory, the real worker, an Ollama test server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from glassdome.act import Performer
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.engine.gate import parse_policies
from glassdome.engine.llm import LlmEngine
from glassdome.integrations.ollama import OllamaModel
from glassdome.pipeline.context import ContextLoader
from glassdome.pipeline.job import JobRunner
from glassdome.pipeline.process import JudgeOptions, warm_up
from glassdome.pipeline.repeats import Repeats
from glassdome.pipeline.worker import Worker
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from glassdome.values.job import NewJob
from glassdome.values.preferences import Preferences
from glassdome.values.refs import MessageRef
from tests.servers.ollama_server import OllamaServer

BOX = "ann@example.org"
DEMO = Path(__file__).parents[1] / "glassdome" / "demo" / "mail"


@dataclass(kw_only=True)
class Mails:
    """Implements the part of MailSource that the worker uses."""

    raws: Sequence[bytes]

    async def fetch(self, ref: MessageRef, *, max_bytes: int) -> bytes:
        """Return the mail of that UID."""
        return self.raws[ref.uid - 1]


@dataclass(kw_only=True)
class Rig:
    """A worker over mails in memory."""

    database: Any
    server: OllamaServer
    engine: LlmEngine

    async def enqueue(self, count: int, *, force: bool = False) -> None:
        """Put the mails into the queue."""
        refs = [MessageRef(mailbox=BOX, folder="INBOX", uid_validity=1, uid=uid) for uid in range(1, count + 1)]
        jobs = [NewJob(ref=ref, force=force) for ref in refs]
        await self.database.queue.enqueue(jobs, now=datetime.now(UTC))

    async def work(self, raws: Sequence[bytes], *, policies: str, at_once: int) -> None:
        """Run the worker until the queue is empty."""
        settings = Settings(concurrent_jobs=at_once, llm_batch_size=50, engine_skip=policies)
        clock, db = SystemClock(), self.database
        loader = ContextLoader(history=db.history, preferences=db.preferences, clock=clock, settings=lambda: settings)
        repeats = Repeats(analyses=db.analyses)
        options = JudgeOptions(
            engine=self.engine, policies=parse_policies(policies), repeat=repeats.find, share=repeats.share,
            authserv_ids=frozenset({"mx.demo.example"}),
        )  # fmt: skip
        source: Any = Mails(raws=raws)
        runner = JobRunner(
            db.queue, source, db.preferences, loader, options=lambda: options,
            performer=Performer(db.actions, clock=clock), clock=clock,
        )  # fmt: skip

        async def same() -> Settings:
            return settings

        await Worker(db.queue, runner, owner="bench", settings=same, clock=clock).run_until_idle()


@asynccontextmanager
async def rig(folder: Path, *, slots: int, latency: float) -> AsyncIterator[Rig]:
    """Yield a rig on an empty database."""
    url = f"sqlite:///{folder / 'bench.db'}"
    await migrate(url)
    await warm_up()
    async with (
        open_database(url, rendering=RENDERING) as database,
        OllamaServer(slots=slots, latency=latency) as server,
    ):
        await database.preferences.set_preferences(Preferences(username=BOX, chosen=True), now=datetime.now(UTC))
        model = OllamaModel("llama3.2:3b", hosts=[server.url], slots=slots)
        await model.facts()
        yield Rig(database=database, server=server, engine=LlmEngine(model, name="ollama"))
        await model.aclose()


def distinct_mails(count: int, folder: Path | None) -> list[bytes]:
    """Return mails with different contents: files of the folder, or the demo's, each numbered in its text."""
    files = sorted((folder or DEMO).glob("*.eml"))[:count]
    if folder is not None:
        return [path.read_bytes() for path in files]
    return [numbered(files[n % len(files)].read_bytes(), n) for n in range(count)]


def numbered(raw: bytes, number: int) -> bytes:
    """Return the mail with a number in its subject and at the start of a plain text body."""
    head, gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    return head.replace(b"Subject: ", b"Subject: %d " % number, 1) + gap + body.replace(b". ", b". (%d) " % number, 1)
