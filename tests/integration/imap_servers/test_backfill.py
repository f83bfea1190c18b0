"""The pace of backfills: charged for what was queued, and told of."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from glassdome.core.clock import FixedClock
from glassdome.pipeline.backfill import Backfill
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.watch import BackfillProgress
from tests.integration.imap_servers.conftest import BOB, Bench
from tests.samples import NOON
from tests.servers.certificates import Certificates
from tests.servers.scripted_imap import scripted


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty SQLite database."""
    url = f"sqlite:///{tmp_path / 'glassdome.db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as opened:
        yield opened


async def test_a_second_small_folder_does_not_wait(bench: Bench, database: Database) -> None:
    """A folder of three mails uses up the time of three, not of the hundred that were asked for."""
    clock = FixedClock(NOON)
    for folder in ("Sent", "Junk"):
        bench.server.deliver(BOB, folder=folder)
    backfill = Backfill(bench.source, database.queue, database.cursors, database.progress, clock=clock, per_hour=100)
    for folder in ("INBOX", "Sent", "Junk"):
        assert (await backfill.run(BOB, folder)).done
    assert len(await database.queue.jobs()) == 5
    assert clock.now() - NOON < timedelta(minutes=4)


async def test_what_is_queued_already_costs_nothing(bench: Bench, database: Database) -> None:
    """Messages that the watcher queued first do not count against the hourly limit."""
    for _ in range(300):
        bench.server.folder(BOB).add()
    clock, other = FixedClock(NOON), FixedClock(NOON)
    quick = Backfill(bench.source, database.queue, database.cursors, database.progress, clock=other, per_hour=1_000_000)
    await quick.run(BOB)
    await database.cursors.set_cursor(
        BOB, "//backfill/INBOX", (await bench.source.new_uids(BOB, "INBOX", None)).cursor, now=NOON
    )
    clock.advance(10)
    again = await Backfill(
        bench.source, database.queue, database.cursors, database.progress, clock=clock, per_hour=100
    ).run(BOB)
    assert (again.found, again.added) == (303, 0)
    assert clock.now() - NOON < timedelta(seconds=20)


async def test_the_pace_holds_for_all_together(bench: Bench, database: Database) -> None:
    """Two backfills at once queue no more in an hour than the limit."""
    for folder in ("INBOX", "Sent"):
        for _ in range(150):
            bench.server.folder(BOB, folder).add()
    clocks = [FixedClock(NOON), FixedClock(NOON)]
    runs = [
        Backfill(bench.source, database.queue, database.cursors, database.progress, clock=clock, per_hour=100).run(
            BOB, folder, limit=150
        )
        for clock, folder in zip(clocks, ("INBOX", "Sent"), strict=True)
    ]
    await asyncio.gather(*runs)
    assert max(clock.now() for clock in clocks) - NOON >= timedelta(hours=2)


async def test_a_wait_ends_when_another_needs_less(bench: Bench, database: Database) -> None:
    """Whoever waits asks again, so that time given back is used."""
    clock, seen = FixedClock(NOON), list[BackfillProgress]()
    await database.progress.reserve_slot("backfill", lasting=timedelta(hours=1), now=NOON)

    def show(state: BackfillProgress) -> None:
        seen.append(state)
        if len([each for each in seen if each.next_at]) == 2:
            giving_back.append(
                asyncio.ensure_future(database.progress.shorten_slot("backfill", unused=timedelta(hours=1)))
            )

    giving_back = list[asyncio.Future[None]]()
    backfill = Backfill(bench.source, database.queue, database.cursors, database.progress, clock=clock, per_hour=100)
    assert (await backfill.run(BOB, progress=show)).done
    assert clock.now() - NOON < timedelta(minutes=30)
    assert seen[1].next_at == NOON + timedelta(hours=1)


async def test_a_wait_is_told_without_a_terminal(tmp_path: Path, certificates: Certificates) -> None:
    """`glassdome backfill` under cron or in a log: a line says when it goes on."""
    async with scripted(certificates) as server, asyncio.timeout(100):
        for _ in range(3):
            server.deliver(BOB)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "GLASSDOME_DATA_DIR": str(tmp_path),
            "GLASSDOME_IMAP_HOST": "localhost",
            "GLASSDOME_IMAP_PORT": str(server.port),
            "GLASSDOME_IMAP_TLS": "implicit",
            "GLASSDOME_CA_FILE": str(certificates.ca),
            "GLASSDOME_MAILBOXES": f"{BOB}:pw",
        }
        program = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "glassdome"), "backfill", BOB, "--per-hour", "1",
            env=environment, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert program.stderr is not None
        said = ""
        while "goes on at" not in said:
            line = await program.stderr.readline()
            assert line, said
            said += line.decode()
        program.kill()
        await program.wait()
    assert "1 new in the queue" in said
