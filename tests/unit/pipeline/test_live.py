"""What a person changes in `llm_config` takes effect without a restart; what is wrong there changes nothing."""

from __future__ import annotations

from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.core.errors import StoreUnavailable
from glassdome.pipeline.live import READ_EVERY, LiveSettings
from glassdome.testing.samples import NOON, jobs
from tests.unit.pipeline.bench import Bench

BASE = Settings(llm_batch_size=10)
TABLE = {
    "llm_batch_size": "3",
    "llm_processing_interval": "7",
    "concurrent_jobs": "5",
    "max_email_size": "900",
}


def _four(settings: Settings) -> tuple[int, float, int, int]:
    return (
        settings.llm_batch_size,
        settings.llm_processing_interval,
        settings.concurrent_jobs,
        settings.max_email_size,
    )


async def test_the_four_take_effect_within_seconds(bench: Bench) -> None:
    """Not before the next reading is due, then without anything more; a value given as an argument stays pinned."""
    clock, config = FixedClock(NOON), bench.database.config
    live = LiveSettings(BASE, config, clock=clock)
    before = _four(await live.refresh())
    await config.write_config(TABLE, now=NOON)
    assert _four(await live.refresh()) == before
    clock.advance(READ_EVERY)
    assert _four(await live.refresh()) == (10, 7.0, 5, 900)
    await config.write_config(dict.fromkeys(TABLE), now=NOON)
    assert _four(await live.refresh(force=True)) == before


async def test_bad_values_and_a_lost_database_change_nothing(bench: Bench) -> None:
    """The last good settings stay in force."""
    config = bench.database.config
    live = LiveSettings(BASE, config, clock=FixedClock(NOON))
    await config.write_config({"concurrent_jobs": "5"}, now=NOON)
    good = await live.refresh(force=True)
    await config.write_config({"concurrent_jobs": "many"}, now=NOON)
    assert await live.refresh(force=True) == good

    async def away() -> dict[str, str]:
        raise StoreUnavailable

    config.read_config = away  # type: ignore[method-assign]
    assert (await live.refresh(force=True)).concurrent_jobs == 5


async def test_a_worker_claims_as_many_as_the_batch_allows_now(bench: Bench) -> None:
    """The batch is read anew for each claim."""
    claimed: list[int] = []
    real = bench.database.queue.claim

    async def claim(owner, *, limit, lease, now):  # type: ignore[no-untyped-def]
        found = await real(owner, limit=limit, lease=lease, now=now)
        claimed.extend([len(found)] if found else [])
        bench.settings = WIDE
        return found

    bench.database.queue.claim = claim  # type: ignore[method-assign]
    bench.settings = NARROW
    await bench.database.queue.enqueue(jobs(*range(1, 9)), now=NOON)
    await bench.worker().run_until_idle()
    assert (claimed[0], sum(claimed), max(claimed[1:]) > 1) == (1, 8, True)


NARROW, WIDE = Settings(llm_batch_size=1, concurrent_jobs=4), Settings(llm_batch_size=4, concurrent_jobs=4)
