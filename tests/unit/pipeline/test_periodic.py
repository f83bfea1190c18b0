"""Retention, reprocessing, and the rounds they run in."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.core.errors import StoreUnavailable
from glassdome.pipeline.periodic import PeriodicTask
from glassdome.pipeline.reprocess import Reprocess
from glassdome.pipeline.retention import Retention
from glassdome.values.job import JobState
from tests.samples import NOON, a_ref, jobs
from tests.unit.pipeline.bench import Bench

# Made here: settings read files, which the event loop may not.
FOREVER, A_MONTH = Settings(), Settings(retention_days=30)
SLOWLY, AGAIN = Settings(backfill_per_hour=120), Settings(backfill_per_hour=120, reprocess=True)


async def test_old_analyses_are_forgotten_with_their_jobs(bench: Bench) -> None:
    """Past the days that were set; none of it while they are 0."""
    clock = bench.clock = FixedClock(NOON)
    db, settings = bench.database, [FOREVER]
    retention = Retention(
        analyses=db.analyses, queue=db.queue, threads=db.threads, clock=clock, settings=lambda: settings[0]
    )
    bench.source.errors[2] = RuntimeError("broken")
    await db.queue.enqueue(jobs(1, 2), now=NOON)
    await bench.worker().run_until_idle()
    await db.queue.set_state([(await bench.job(2)).id], state=JobState.CANCELLED, now=NOON)
    clock.advance(timedelta(days=31).total_seconds())
    await db.queue.enqueue(jobs(3), now=clock.now())
    await bench.worker().run_until_idle()
    assert (await retention.forget(), await db.analyses.get(a_ref(1)) is None) == (0, False)
    settings[0] = A_MONTH
    assert await retention.forget() == 1
    left = [await db.queue.get(a_ref(uid)) is not None for uid in (1, 2, 3)]
    assert (left, await db.analyses.get(a_ref(1))) == ([False, False, True], None)


async def test_a_new_prompt_analyses_old_mail_again(bench: Bench) -> None:
    """At the pace that was set, newest first, once; nothing while it is switched off."""
    clock = bench.clock = FixedClock(NOON)
    await bench.database.queue.enqueue(jobs(1, 2, 3), now=NOON)
    await bench.worker().run_until_idle()
    bench.engine = replace(bench.engine, prompt_version="simulated-2")
    settings = [SLOWLY]
    db = bench.database
    again = Reprocess(
        analyses=db.analyses,
        queue=db.queue,
        progress=db.progress,
        engine=lambda: bench.engine,
        clock=clock,
        settings=lambda: settings[0],
    )
    assert await again.step() == 0
    settings[0] = AGAIN
    steps = [await again.step(), again.pause(), await again.step(), await again.step(), await again.step()]
    assert steps == [2, 60.0, 1, 0, 0]
    await bench.worker().run_until_idle()
    found = [await db.analyses.get(a_ref(uid)) for uid in (1, 2, 3)]
    assert [a.verdict.prompt_version for a in found if a is not None] == ["simulated-2"] * 3


async def test_what_a_person_cancelled_is_not_made_anew(bench: Bench) -> None:
    """The others are; its old analysis stays."""
    db, clock = bench.database, FixedClock(NOON)
    await db.queue.enqueue(jobs(1, 2), now=NOON)
    await bench.worker().run_until_idle()
    await db.queue.enqueue(jobs(1, force=True), now=NOON)
    await db.queue.set_state([(await bench.job(1)).id], state=JobState.CANCELLED, now=NOON)
    newer = replace(bench.engine, prompt_version="simulated-2")
    again = Reprocess(
        analyses=db.analyses,
        queue=db.queue,
        progress=db.progress,
        engine=lambda: newer,
        clock=clock,
        settings=lambda: AGAIN,
    )

    assert await again.step() == 1
    assert [(await bench.job(uid)).state for uid in (1, 2)] == [JobState.CANCELLED, JobState.PENDING]
    assert await db.analyses.get(a_ref(1)) is not None


async def test_a_failed_round_is_not_the_last() -> None:
    """An error of ours is logged, and a broken round too; the next one comes, and stop ends it."""
    rounds, third = 0, asyncio.Event()

    async def work() -> Any:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            third.set()
        raise StoreUnavailable if rounds == 1 else OverflowError

    periodic = PeriodicTask("test", work, every=lambda: 0.001)
    task = asyncio.create_task(periodic.run())
    async with asyncio.timeout(20):
        await third.wait()
        periodic.stop()
        await task
