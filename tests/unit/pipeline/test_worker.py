"""The worker on SQLite with simulated mail: every way a job can go."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from glassdome.core.clock import FixedClock, SystemClock
from glassdome.core.errors import ConnectFailed, MessageTooLarge, ModelUnavailable, NotFound, TimedOut
from glassdome.ports.store import AnalysisQuery
from glassdome.values.job import JobReason, JobState
from glassdome.values.preferences import Preferences
from tests.samples import NOON, a_ref, jobs
from tests.unit.pipeline.bench import ANN, ONE, THREE, Bench


async def test_everything_is_judged(bench: Bench) -> None:
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
async def test_no_error_is_silent(bench: Bench, error: Exception, state: JobState, code: str) -> None:
    """The job keeps its reason, no analysis is invented, and the other message is judged."""
    bench.source.errors[1] = error
    await bench.database.queue.enqueue(jobs(1, 2), now=NOON)
    await bench.worker().run_until_idle()
    job = await bench.job(1)
    assert (job.state, job.error_code, bool(job.error)) == (state, code, True)
    assert (await bench.job(2)).state is JobState.DONE
    assert await bench.database.analyses.get(a_ref(1)) is None


async def test_mail_of_a_mailbox_nobody_chose_is_not_read(bench: Bench) -> None:
    """An opt-out counts for what was queued before it."""
    await bench.database.preferences.set_preferences(Preferences(username=ANN), now=NOON)
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await bench.worker().run_until_idle()
    assert ((await bench.job(1)).error_code, bench.source.fetching.is_set()) == ("not_chosen", False)


@pytest.mark.parametrize(
    ("reason", "read"), [(JobReason.NEW, False), (JobReason.BACKFILL, False), (JobReason.ASKED, True)]
)
async def test_switched_off_stops_what_nobody_asked_for(bench: Bench, reason: JobReason, read: bool) -> None:
    """Also what was queued before; a person who asks is answered."""
    await bench.database.queue.enqueue(jobs(1, reason=reason), now=NOON)
    off = replace(await bench.database.preferences.get_preferences(ANN), auto_analysis=False)
    await bench.database.preferences.set_preferences(off, now=NOON)
    await bench.worker().run_until_idle()

    job = await bench.job(1)
    assert (job.state is JobState.DONE, job.error_code, bench.source.inside) == (
        (True, "", 1) if read else (False, "not_chosen", 0)
    )


async def test_a_suspected_job_runs_alone(bench: Bench) -> None:
    """Nothing is begun beside it, and it is not begun beside others."""
    bench.settings, bench.source.gate = THREE, asyncio.Event()
    await bench.database.queue.enqueue(jobs(1), now=bench.clock.now())
    past = bench.clock.now() - timedelta(hours=1)
    for minutes in (0, 1):
        then = past + timedelta(minutes=minutes)
        assert await bench.database.queue.claim("w", limit=1, lease=timedelta(seconds=1), now=then)
    await bench.database.queue.enqueue(jobs(2, 3), now=bench.clock.now())
    worker = asyncio.create_task(bench.worker().run_until_idle())
    await bench.source.fetching.wait()
    await asyncio.sleep(0.2)
    beside = bench.source.inside
    bench.source.gate.set()
    await worker

    assert (beside, bench.source.inside) == (1, 3)
    assert {(await bench.job(uid)).state for uid in (1, 2, 3)} == {JobState.DONE}


async def test_without_the_model_the_verdict_is_degraded_and_comes_again(bench: Bench) -> None:
    """The built-in verdict at once; the job waits for the model."""
    await asyncio.to_thread(bench.engine.cut.touch)
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await bench.worker().run_until_idle()
    found = await bench.database.analyses.get(a_ref(1))
    assert found is not None
    assert (found.verdict.degraded, found.verdict.degraded_reason) == (True, ModelUnavailable.code)
    assert (await bench.job(1)).reason == "upgrade"


async def test_a_repeat_asks_no_model(bench: Bench) -> None:
    """The same mail again takes the stored opinion, even while the model is away."""
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await bench.worker().run_until_idle()
    await asyncio.to_thread(bench.engine.cut.touch)
    await bench.database.queue.enqueue(jobs(1, force=True), now=NOON)
    await bench.worker().run_until_idle()
    found = await bench.database.analyses.get(a_ref(1))
    assert found is not None
    assert (found.verdict.skipped, found.verdict.model, found.verdict.usage.calls) == ("repeat", "simulated:1", 0)


async def test_a_wake_up_is_heard_at_once(bench: Bench) -> None:
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


async def test_draining_finishes_what_runs_and_gives_back_the_rest(bench: Bench) -> None:
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


async def test_a_lost_lease_drops_the_result(bench: Bench) -> None:
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


async def test_settings_take_effect_without_a_restart(bench: Bench) -> None:
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


async def test_the_model_is_asked_again_when_it_is_back(bench: Bench) -> None:
    """A degraded message gets the model's opinion after an outage, without anybody's doing."""
    clock = bench.clock = FixedClock(NOON)
    await asyncio.to_thread(bench.engine.cut.touch)
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    worker = bench.worker()
    await worker.run_until_idle()
    await asyncio.to_thread(bench.engine.cut.unlink)
    clock.advance(60)
    await worker.run_until_idle()
    found = await bench.database.analyses.get(a_ref(1))
    assert found is not None
    assert (found.verdict.degraded, found.verdict.model) == (False, "simulated:1")
    assert (await bench.job(1)).state is JobState.DONE
