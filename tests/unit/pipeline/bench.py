"""A worker on SQLite over simulated mail and a simulated model."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from glassdome.act import Performer
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.metrics import Metrics
from glassdome.pipeline.context import ContextLoader
from glassdome.pipeline.drafts import Drafts
from glassdome.pipeline.job import JobRunner
from glassdome.pipeline.process import JudgeOptions
from glassdome.pipeline.repeats import Repeats
from glassdome.pipeline.speeds import Speeds
from glassdome.pipeline.worker import Worker
from glassdome.store import Database
from glassdome.values.job import Job
from glassdome.values.role import FULL
from tests.contract.store.simulation import SimulatedEngine, SimulatedSource
from tests.samples import a_ref

__all__ = ["ANN", "ONE", "THREE", "TWO", "Bench", "Source"]

ANN = "ann@example.org"
ONE, TWO, THREE = (Settings(concurrent_jobs=n, llm_batch_size=5) for n in (1, 2, 3))


@dataclass
class Source(SimulatedSource):
    """Raises what a UID was given; waits at the gate where one is set, and tells who waits there."""

    errors: dict[int, Exception] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    inside: int = 0
    fetching: asyncio.Event = field(default_factory=asyncio.Event)
    three: asyncio.Event = field(default_factory=asyncio.Event)
    dropped: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch(self, ref: Any, *, max_bytes: int) -> bytes:
        self.inside += 1
        self.fetching.set()
        if self.inside == 3:
            self.three.set()
        try:
            if self.gate is not None:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.dropped.set()
            raise
        if error := self.errors.get(ref.uid):
            raise error
        return await super().fetch(ref, max_bytes=max_bytes)


@dataclass
class Bench:
    database: Database
    source: Source
    engine: SimulatedEngine
    folder: Path
    settings: Settings = TWO
    clock: Any = field(default_factory=SystemClock)
    metrics: Metrics = field(default_factory=Metrics)
    lease: timedelta = timedelta(seconds=30)

    def worker(self) -> Worker:
        clock, db = self.clock, self.database
        loader = ContextLoader(
            history=db.history, preferences=db.preferences, clock=clock, settings=lambda: self.settings
        )
        repeats = Repeats(analyses=db.analyses)
        policies = frozenset({"repeat"})
        options = JudgeOptions(
            engine=self.engine,
            grant=FULL,
            clock=clock,
            policies=policies,
            repeat=repeats.find,
            share=repeats.share,
            observe=lambda stage, seconds: self.metrics.stage_seconds.labels(stage).observe(seconds),
        )
        drafts = Drafts(analyses=db.analyses, drafter=self.engine, on=lambda: self.settings.engine_drafts)
        performer = Performer(db.actions, clock=clock)
        source: Any = self.source
        runner = JobRunner(
            db.queue,
            source,
            db.preferences,
            loader,
            options=lambda: options,
            performer=performer,
            clock=clock,
            metrics=self.metrics,
            drafts=drafts,
            speeds=Speeds(db.model_speeds),
        )

        async def settings() -> Settings:
            return self.settings

        return Worker(db.queue, runner, owner="w", settings=settings, clock=clock, lease=self.lease)

    async def job(self, uid: int) -> Job:
        found = await self.database.queue.get(a_ref(uid))
        assert found is not None
        return found
