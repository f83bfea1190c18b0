"""A model that is too slow for a mail: tried so often and no more, counted, and told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from glassdome.core.clock import FixedClock
from glassdome.core.errors import EngineError, ModelBroke, ModelTooSlow, ModelUnavailable
from glassdome.store import Database
from glassdome.values.job import JobState
from glassdome.values.speed import ModelSpeed
from tests.samples import NOON, a_ref, jobs
from tests.unit.pipeline.bench import Bench

HOUR = timedelta(hours=1)


async def tried(bench: Bench, error: EngineError, times: int) -> None:
    """Run the worker so often, an hour apart, each time as a new process would."""
    bench.engine = replace(bench.engine, error=error)
    if not isinstance(bench.clock, FixedClock):
        bench.clock = FixedClock(NOON)
    for _ in range(times):
        await bench.worker().run_until_idle()
        bench.clock = FixedClock(bench.clock.now() + HOUR)


@pytest.mark.parametrize(("error", "said"), [(ModelTooSlow(), "took too long"), (ModelBroke(), "broke")])
async def test_three_tries_and_no_more(bench: Bench, error: EngineError, said: str) -> None:
    """The built-in verdict stands with its reason; the tries are kept in the store between processes."""
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await tried(bench, error, 2)
    waiting = await bench.job(1)
    await tried(bench, error, 4)
    ended = await bench.job(1)
    found = await bench.database.analyses.get(a_ref(1))

    assert (waiting.state, waiting.model_tries) == (JobState.PENDING, 2)
    assert waiting.error == f"The model {said} 2 times; it is asked again."
    assert (ended.state, ended.error_code, ended.model_tries) == (JobState.DONE, error.code, 3)
    assert ended.error == f"The model {said} 3 times; the built-in verdict stands."
    assert found is not None
    assert (found.verdict.degraded, found.verdict.degraded_reason) == (True, error.code)


async def test_a_killed_worker_forgets_no_try(bench: Bench) -> None:
    """A worker that ends in the middle of a try leaves the tries before it as they were."""
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await tried(bench, ModelTooSlow(), 2)
    later = bench.clock.now()
    assert await bench.database.queue.claim("dies", limit=1, lease=timedelta(seconds=1), now=later)
    bench.clock = FixedClock(later + HOUR)
    await bench.worker().run_until_idle()

    assert (await bench.job(1)).model_tries == 3
    assert (await bench.job(1)).state is JobState.DONE


async def test_another_model_has_its_own_tries(bench: Bench) -> None:
    """A mail that one model took too long for is asked of the next as if new."""
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await tried(bench, ModelTooSlow(), 2)
    bench.engine = replace(bench.engine, model="smaller:1")
    await bench.worker().run_until_idle()
    job = await bench.job(1)

    assert (job.state, job.tried_model, job.model_tries) == (JobState.PENDING, "smaller:1", 1)


async def test_a_server_that_is_away_costs_no_try(bench: Bench) -> None:
    """Outages are waited for, however long."""
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await tried(bench, ModelUnavailable(), 6)

    job = await bench.job(1)
    assert (job.state, job.model_tries, job.error) == (JobState.PENDING, 0, "")


async def test_a_person_who_asks_begins_anew(bench: Bench) -> None:
    """A mail whose tries are over is asked about again where somebody wants it."""
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await tried(bench, ModelTooSlow(), 3)
    await bench.database.queue.enqueue(jobs(1, force=True), now=NOON + 9 * HOUR)

    assert (await bench.job(1)).model_tries == 0


async def test_speed_is_measured(bench: Bench) -> None:
    """Answers and failures are counted by model; the oldest mail that waits is known."""
    await bench.database.queue.enqueue(jobs(1, 2, 3), now=NOON - HOUR / 2)
    bench.engine, bench.clock = replace(bench.engine, error=ModelTooSlow()), FixedClock(NOON)
    await bench.worker().run_until_idle()
    slow = await bench.database.model_speeds.speed("simulated:1", now=NOON)
    bench.engine, bench.clock = replace(bench.engine, error=None), FixedClock(NOON + HOUR / 2)
    await bench.worker().run_until_idle()
    found = await bench.database.model_speeds.speed("simulated:1", now=NOON + HOUR / 2)

    assert (slow.answered, slow.too_slow, slow.waiting, slow.oldest_seconds, slow.slow) == (0, 3, 3, 1800.0, True)
    assert (found.answered, found.too_slow, found.waiting, found.slow) == (3, 3, 0, False)
    assert found.mails_per_hour == pytest.approx(6, rel=0.01)
    assert await speed_of_another(bench.database) == ModelSpeed()


async def speed_of_another(database: Database) -> ModelSpeed:
    """Return the speed of a model that was never asked."""
    return await database.model_speeds.speed("other:1", now=NOON + HOUR / 2)


@pytest.mark.parametrize(
    ("speed", "slow"),
    [
        (ModelSpeed(answered=10, too_slow=2), False),
        (ModelSpeed(answered=2, too_slow=6), True),
        (ModelSpeed(answered=0, too_slow=1), True),
        (ModelSpeed(answered=20, waiting=9, oldest_seconds=4000), True),
        (ModelSpeed(answered=0, waiting=9, oldest_seconds=4000), False),
        (ModelSpeed(), False),
    ],
)
def test_slow_is_more_failures_than_answers_or_a_long_wait(speed: ModelSpeed, slow: bool) -> None:
    """A single mail in ten that takes too long is no slow model."""
    assert speed.slow is slow
