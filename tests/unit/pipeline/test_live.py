"""Changes in files and `llm_config` take effect without a restart; wrong ones change nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.core.errors import StoreUnavailable
from glassdome.pipeline.live import READ_EVERY, LiveSettings
from tests.samples import NOON, jobs
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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a service was started in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def by_files(bench: Bench, folder: Path) -> LiveSettings:
    """Settings of config.yml and `.env`."""
    (folder / "config.yml").write_text("processing:\n  batch_size: 5\n")
    (folder / ".env").write_text("LLM_PROCESSING_INTERVAL=120\n")
    base = Settings(config_path=folder / "config.yml")
    return LiveSettings(base, bench.database.config, clock=FixedClock(NOON))


async def test_files_are_read_again(by_files: LiveSettings, folder: Path) -> None:
    """Both of them, with their rank: what `.env` says now hides what config.yml says."""
    await asyncio.to_thread(
        (folder / "config.yml").write_text,
        "processing:\n  batch_size: 7\n  interval: 3\nperformance:\n  concurrent_jobs: 9\n",
    )
    await asyncio.to_thread((folder / ".env").write_text, "LLM_PROCESSING_INTERVAL=30\nGLASSDOME_MAX_EMAIL_SIZE=2000\n")

    changed = await by_files.refresh(force=True)

    assert _four(changed) == (7, 30.0, 9, 2000)
    origins = await asyncio.to_thread(changed.origins)
    assert origins["concurrent_jobs"] == f"{folder / 'config.yml'}:5"


async def test_a_wrong_file_is_said_once_and_changes_nothing(by_files: LiveSettings, folder: Path) -> None:
    """With file and line; when it is right again, it holds."""
    with capture_logs() as logs:
        for text in ("processing:\n  batch_size: lots\n", "processing:\n  batch_size: lots\n"):
            await asyncio.to_thread((folder / "config.yml").write_text, text)
            assert (await by_files.refresh(force=True)).llm_batch_size == 5
        await asyncio.to_thread((folder / "config.yml").write_text, "processing:\n  batch_size: 6\n")
        assert (await by_files.refresh(force=True)).llm_batch_size == 6

    told = [line["problem"] for line in logs if line["event"] == "settings_not_reloaded"]
    assert (len(told), f"{folder / 'config.yml'}:2: processing.batch_size: " in told[0]) == (1, True)


async def test_what_is_read_at_the_start_asks_for_a_restart(by_files: LiveSettings, folder: Path) -> None:
    """And names the variables."""
    await asyncio.to_thread(
        (folder / ".env").write_text, "LLM_PROCESSING_INTERVAL=9\nMAILCOW_IMAP_HOST=imap.example.org\n"
    )

    with capture_logs() as logs:
        await by_files.refresh(force=True)

    assert [line["settings"] for line in logs if line["event"] == "restart_needed"] == [["MAILCOW_IMAP_HOST"]]


async def test_a_name_that_is_none_is_said_once(bench: Bench) -> None:
    """Somebody wrote it into the table by hand; the others hold."""
    live = LiveSettings(BASE, bench.database.config, clock=FixedClock(NOON))
    await bench.database.config.write_config({"concurent_jobs": "5", "concurrent_jobs": "6"}, now=NOON)

    with capture_logs() as logs:
        found = [(await live.refresh(force=True)).concurrent_jobs for _ in range(2)]

    assert (found, [line["names"] for line in logs if line["event"] == "unknown_settings"]) == (
        [6, 6],
        [["concurent_jobs"]],
    )


async def test_who_follows_is_told_of_changes_until_it_worked(by_files: LiveSettings, folder: Path) -> None:
    """Nothing where nothing changed; again where the database was away just then."""
    told: list[int] = []

    async def follow(new: Settings) -> None:
        told.append(new.llm_batch_size)
        if len(told) == 1:
            raise StoreUnavailable

    by_files.subscribe(follow)
    await by_files.refresh(force=True)
    await asyncio.to_thread((folder / "config.yml").write_text, "processing:\n  batch_size: 8\n")
    for _ in range(3):
        await by_files.refresh(force=True)

    assert told == [8, 8]


async def test_a_worker_claims_as_many_as_the_batch_allows_now(bench: Bench) -> None:
    """The batch is read anew for each claim."""
    claimed: list[int] = []
    real = bench.database.queue.claim

    async def claim(owner, *, limit, **how):  # type: ignore[no-untyped-def]
        found = await real(owner, limit=limit, **how)
        claimed.extend([len(found)] if found else [])
        bench.settings = WIDE
        return found

    bench.database.queue.claim = claim  # type: ignore[method-assign]
    bench.settings = NARROW
    await bench.database.queue.enqueue(jobs(*range(1, 9)), now=NOON)
    await bench.worker().run_until_idle()
    assert (claimed[0], sum(claimed), max(claimed[1:]) > 1) == (1, 8, True)


NARROW, WIDE = Settings(llm_batch_size=1, concurrent_jobs=4), Settings(llm_batch_size=4, concurrent_jobs=4)
