"""The worker on SQLite with simulated mail: every way a job can go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from glassdome.act import Performer
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConnectFailed, MessageTooLarge, ModelUnavailable, NotFound, TimedOut
from glassdome.pipeline.context import ContextLoader, Repeats
from glassdome.pipeline.job import JobRunner
from glassdome.pipeline.process import Stages
from glassdome.pipeline.worker import Worker
from glassdome.ports.store import AnalysisQuery
from glassdome.store import Database, migrate, open_database
from glassdome.testing.samples import NOON, a_ref, jobs
from glassdome.testing.simulation import SimulatedEngine, SimulatedSource
from glassdome.values.job import Job, JobState
from glassdome.values.preferences import Preferences

ANN = "ann@example.org"
ONE, TWO, THREE = (Settings(concurrent_jobs=n, llm_batch_size=5) for n in (1, 2, 3))


@dataclass
class _Source(SimulatedSource):
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
class _Bench:
    database: Database
    source: _Source
    engine: SimulatedEngine
    folder: Path
    settings: Settings = TWO
    lease: timedelta = timedelta(seconds=30)

    def worker(self) -> Worker:
        clock, db = SystemClock(), self.database
        loader = ContextLoader(
            history=db.history, preferences=db.preferences, clock=clock, settings=lambda: self.settings
        )
        repeats = Repeats(analyses=db.analyses)
        stages = Stages(engine=self.engine, policies=frozenset({"repeat"}), repeat=repeats.find)
        performer = Performer(db.actions, clock=clock)
        source: Any = self.source
        runner = JobRunner(
            db.queue, source, db.preferences, loader, stages=lambda: stages, performer=performer, clock=clock
        )

        async def settings() -> Settings:
            return self.settings

        return Worker(db.queue, runner, owner="w", settings=settings, clock=clock, lease=self.lease)

    async def job(self, uid: int) -> Job:
        found = await self.database.queue.get(a_ref(uid))
        assert found is not None
        return found


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[_Bench]:
    """A chosen mailbox, a model that answers at once."""
    url = f"sqlite:///{tmp_path / 'db'}"
    await migrate(url)
    async with open_database(url) as database:
        await database.preferences.set_preferences(Preferences(username=ANN, chosen=True), now=NOON)
        engine = SimulatedEngine(latency=0.0, cut=tmp_path / "cut")
        yield _Bench(database=database, source=_Source(), engine=engine, folder=tmp_path)


async def test_everything_is_judged(bench: _Bench) -> None:
    """Twenty jobs: twenty analyses by the model."""
    await bench.database.queue.enqueue(jobs(*range(1, 21)), now=NOON)
    await bench.worker().run_until_idle()
    page = await bench.database.analyses.list(AnalysisQuery(limit=50))
    assert {(a.ref.uid, a.verdict.engine) for a in page.items} == {(uid, "ollama") for uid in range(1, 21)}


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (NotFound(), JobState.CANCELLED, "not_found"),
        (MessageTooLarge(), JobState.FAILED, "message_too_large"),
        (TimedOut(), JobState.PENDING, "timed_out"),
        (ConnectFailed(), JobState.PENDING, "connect_failed"),
        (RuntimeError("broken"), JobState.PENDING, "internal_error"),
    ],
)
async def test_no_error_is_silent(bench: _Bench, error: Exception, state: JobState, code: str) -> None:
    """The job keeps its reason, no analysis is invented, and the other message is judged."""
    bench.source.errors[1] = error
    await bench.database.queue.enqueue(jobs(1, 2), now=NOON)
    await bench.worker().run_until_idle()
    job = await bench.job(1)
    assert (job.state, job.error_code, bool(job.error)) == (state, code, True)
    assert (await bench.job(2)).state is JobState.DONE
    assert await bench.database.analyses.get(a_ref(1)) is None


async def test_mail_of_a_mailbox_nobody_chose_is_not_read(bench: _Bench) -> None:
    """An opt-out counts for what was queued before it."""
    await bench.database.preferences.set_preferences(Preferences(username=ANN), now=NOON)
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await bench.worker().run_until_idle()
    assert ((await bench.job(1)).error_code, bench.source.fetching.is_set()) == ("not_chosen", False)


async def test_without_the_model_the_verdict_is_degraded_and_comes_again(bench: _Bench) -> None:
    """The built-in verdict at once; the job waits for the model."""
    await asyncio.to_thread(bench.engine.cut.touch)
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await bench.worker().run_until_idle()
    found = await bench.database.analyses.get(a_ref(1))
    assert found is not None
    assert (found.verdict.degraded, found.verdict.degraded_reason) == (True, ModelUnavailable.code)
    assert (await bench.job(1)).reason == "upgrade"


async def test_a_repeat_asks_no_model(bench: _Bench) -> None:
    """The same mail again takes the stored opinion, even while the model is away."""
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await bench.worker().run_until_idle()
    await asyncio.to_thread(bench.engine.cut.touch)
    await bench.database.queue.enqueue(jobs(1, force=True), now=NOON)
    await bench.worker().run_until_idle()
    found = await bench.database.analyses.get(a_ref(1))
    assert found is not None
    assert (found.verdict.skipped, found.verdict.model, found.verdict.usage.calls) == ("repeat", "simulated:1", 0)


async def test_a_wake_up_is_heard_at_once(bench: _Bench) -> None:
    """A worker that found nothing takes a job as soon as it is told, and finishes it though told to stop."""
    worker = bench.worker()
    task = asyncio.create_task(worker.run())
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    worker.wake()
    async with asyncio.timeout(20):
        await bench.source.fetching.wait()
        worker.stop()
        await task
    assert (await bench.job(1)).state is JobState.DONE


async def test_draining_finishes_what_runs_and_gives_back_the_rest(bench: _Bench) -> None:
    """After `stop`, nothing is leased; what was not begun has no attempt counted."""
    bench.settings = ONE
    await bench.database.queue.enqueue(jobs(4), now=NOON)
    worker = bench.worker()
    await worker.run_until_idle()
    bench.source.fetching.clear()
    bench.source.gate = asyncio.Event()
    await bench.database.queue.enqueue(jobs(1, 2, 3), now=NOON)
    task = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        await bench.source.fetching.wait()
        worker.stop()
        bench.source.gate.set()
        await task
    depth = await bench.database.queue.depth(now=NOON)
    assert (depth.done, depth.pending, depth.leased) == (2, 2, 0)
    assert [(await bench.job(uid)).attempts for uid in (2, 3)] == [0, 0]


async def test_a_lost_lease_drops_the_result(bench: _Bench) -> None:
    """Another worker took the job meanwhile: this one stops working on it and stores nothing."""
    bench.source.gate, bench.lease = asyncio.Event(), timedelta(seconds=0.6)
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    worker = bench.worker()
    task = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        await bench.source.fetching.wait()
        later = SystemClock().now() + timedelta(hours=1)
        (other,) = await bench.database.queue.claim("other", limit=1, lease=timedelta(hours=1), now=later)
        await bench.source.dropped.wait()
        worker.stop()
        await task
    assert await bench.job(1) == other
    assert await bench.database.analyses.get(a_ref(1)) is None


async def test_settings_take_effect_without_a_restart(bench: _Bench) -> None:
    """More concurrent jobs are used as soon as they are allowed."""
    bench.source.gate, bench.settings = asyncio.Event(), ONE
    await bench.database.queue.enqueue(jobs(1, 2, 3), now=NOON)
    worker = bench.worker()
    task = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        await bench.source.fetching.wait()
        assert bench.source.inside == 1
        bench.settings = THREE
        worker.wake()
        await bench.source.three.wait()
        bench.source.gate.set()
        worker.stop()
        await task
    assert (await bench.database.queue.depth(now=NOON)).done == 3
