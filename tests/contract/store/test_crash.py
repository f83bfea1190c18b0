"""Workers killed at random, and a database restarted under them: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from glassdome.shapes.rendering import RENDERING
from glassdome.store import open_database
from tests.contract.store.crashes import Workers, account_of, fill, wait_until_done
from tests.contract.store.simulation import Plan
from tests.servers.mariadb import MariaDB

JOBS = 60
#: Seconds after which work counts as stuck: a busy machine needs minutes for what takes ten seconds on a quiet one.
PATIENCE = 400


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_killed_workers_lose_and_double_nothing(database_url: str, tmp_path: Path) -> None:
    """After kills in the middle of the work every message has one analysis and its action."""
    await fill(database_url, JOBS, mailboxes=3)
    plan = Plan(url=database_url, owner="", folder=str(tmp_path), latency=0.05, lease=2.0, stale=2.0)
    workers = await asyncio.to_thread(Workers, plan, 2)
    marks = [JOBS // 4, JOBS // 2]

    def kill(done: int) -> None:
        if marks and done >= marks[0]:
            marks.pop(0)
            workers.kill_one()

    try:
        async with open_database(database_url, rendering=RENDERING) as database:
            assert await wait_until_done(database, JOBS, seconds=PATIENCE, each=kill)
            account = await account_of(database, JOBS, tmp_path)
    finally:
        await asyncio.to_thread(workers.stop)
    assert (account.exact, marks) == (True, []), account


@pytest.mark.slow
@pytest.mark.servers
@pytest.mark.timeout(900)
async def test_workers_outlive_a_restarted_database(mariadb: MariaDB, tmp_path: Path) -> None:
    """The server is killed and started again in the middle; the same workers go on."""
    url = mariadb.new_database()
    await fill(url, JOBS, mailboxes=3)
    workers = await asyncio.to_thread(Workers, Plan(url=url, owner="", folder=str(tmp_path), latency=0.05), 2)
    try:
        async with open_database(url, rendering=RENDERING) as database:
            await wait_until_done(database, JOBS, seconds=PATIENCE, enough=JOBS // 4)
            await asyncio.to_thread(mariadb.stop)
            await asyncio.to_thread(mariadb.start)
            assert await wait_until_done(database, JOBS, seconds=PATIENCE)
            account = await account_of(database, JOBS, tmp_path)
    finally:
        await asyncio.to_thread(workers.stop)
    assert account.exact, account
