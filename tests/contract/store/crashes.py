"""A run of many workers that are killed at random, and the account of what became of each message."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy import ColumnElement, func, select

from glassdome.core.errors import StoreUnavailable
from glassdome.core.limits import MAX_ENQUEUE_BATCH
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.store.schema import actions, analyses, queue
from glassdome.values.job import JobState
from glassdome.values.preferences import Preferences
from tests.contract.store.simulation import KEYWORD, Plan
from tests.samples import NOON, jobs

__all__ = ["Account", "Workers", "account_of", "fill", "wait_until_done"]


@dataclass(frozen=True, kw_only=True)
class Account:
    """The content of the tables at the end. `performed_twice` counts idempotent effects repeated after a crash."""

    jobs: int
    done: int
    analyses: int
    degraded: int
    claimed_again: int
    actions_done: int
    actions_other: int
    performed: int
    performed_twice: int

    @property
    def exact(self) -> bool:
        """Every message has exactly one analysis by the model and its action done."""
        whole = (self.done, self.analyses, self.actions_done, self.performed)
        return whole == (self.jobs,) * 4 and not self.degraded and not self.actions_other


class Workers:
    """Worker processes, replaced as soon as one dies."""

    def __init__(self, plan: Plan, number: int) -> None:
        """Start `number` of them."""
        self._plan, self._started = plan, 0
        self._output = (Path(plan.folder) / "output").open("ab")
        self._processes = [self._start() for _ in range(number)]

    def kill_one(self) -> None:
        """Kill a random one with SIGKILL and start another."""
        place = random.randrange(len(self._processes))
        self._processes[place].kill()
        self._processes[place].wait()
        self._processes[place] = self._start()

    def stop(self) -> None:
        """Drain all."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(60)
        self._output.close()

    def _start(self) -> subprocess.Popen[bytes]:
        self._started += 1
        plan = json.dumps(asdict(replace(self._plan, owner=f"worker-{self._started}")))
        command = [sys.executable, str(Path(__file__).with_name("simulation.py")), plan]
        return subprocess.Popen(command, stdout=self._output, stderr=self._output, cwd=self._plan.folder)


async def fill(url: str, number: int, *, mailboxes: int = 20) -> None:
    """Migrate, choose the mailboxes and enqueue `number` jobs, spread over them."""
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as database:
        names = [f"user{n}@example.org" for n in range(mailboxes)]
        for name in names:
            wishes = Preferences(username=name, chosen=True, flag_categories=True)
            await database.preferences.set_preferences(wishes, now=NOON)
        wanted = [job for uid in range(number) for job in jobs(uid + 1, mailbox=names[uid % mailboxes])]
        for start in range(0, number, MAX_ENQUEUE_BATCH):
            await database.queue.enqueue(wanted[start : start + MAX_ENQUEUE_BATCH], now=NOON)


async def wait_until_done(
    database: Database,
    number: int,
    *,
    seconds: float,
    each: Callable[[int], None] = lambda done: None,
    enough: int | None = None,
) -> bool:
    """Poll until every job is done and no action is open, or `enough` jobs are done; False when time ran out.

    `each` is told, in a thread, how many are done.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(StoreUnavailable):
            found = await _count(database)
            await asyncio.to_thread(each, found[0])
            if found == (number, number, 0) or (enough is not None and found[0] >= enough):
                return True
        await asyncio.sleep(0.25)
    return False


async def _count(database: Database) -> tuple[int, int, int]:
    """Return how many jobs are done, how many messages have the model's keyword, and how many actions are open."""

    async def number(*where: ColumnElement[bool]) -> int:
        found = await database.connections.row(select(func.count().label("n")).where(*where))
        return int(found.n) if found else 0

    return (
        await number(queue.c.state == JobState.DONE.value),
        await number(actions.c.state == "done", actions.c.argument == KEYWORD),
        await number(actions.c.state != "done"),
    )


async def account_of(database: Database, number: int, folder: Path) -> Account:
    """Count what there is."""
    db = database.connections
    done, acted, open_ = await _count(database)
    stored = await db.row(select(func.count().label("n"), func.sum(analyses.c.degraded).label("degraded")))
    mine, claimed = await asyncio.to_thread(_read, folder)
    assert stored is not None
    return Account(
        jobs=number,
        done=done,
        analyses=stored.n,
        degraded=int(stored.degraded or 0),
        claimed_again=claimed - number,
        actions_done=acted,
        actions_other=open_,
        performed=len(mine),
        performed_twice=sum(times > 1 for times in mine.values()),
    )


def _read(folder: Path) -> tuple[dict[str, int], int]:
    """Return how often each keyword was set, and how many jobs were claimed."""
    performed = Counter((folder / "performed").read_text().splitlines())
    times = [line.split() for path in folder.glob("times-*") for line in path.read_text().splitlines()]
    claimed = sum(int(parts[2]) for parts in times if parts[0] == "claim")
    return {line: number for line, number in performed.items() if line.endswith(KEYWORD)}, claimed
