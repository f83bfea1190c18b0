"""Backfills asked for on a page: they go on after a restart, wait out what passes, and heed the owner's no."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from glassdome.core.clock import FixedClock
from glassdome.core.errors import GlassdomeError, LoginRefused, TransportError
from glassdome.pipeline.backfill import Backfill
from glassdome.pipeline.backfills import Backfills
from glassdome.store import Database
from glassdome.values.preferences import Preferences
from glassdome.values.refs import INBOX, Cursor, NewUids
from tests.samples import NOON
from tests.unit.pipeline.bench import ANN, Bench


class Inbox:
    """A mail server with `top` messages; `error` is raised for older ones, `gate` holds them back."""

    def __init__(self, top: int) -> None:
        """All are there."""
        self.top, self.error, self.gate = top, None, asyncio.Event()
        self.error: GlassdomeError | None
        self.asked = asyncio.Event()
        self.gate.set()

    async def new_uids(self, mailbox: str, folder: str, cursor: Cursor | None) -> NewUids:
        """Say where new mail begins."""
        return NewUids(uids=(), cursor=Cursor(uid_validity=7, last_uid=self.top))

    async def older_uids(self, mailbox: str, folder: str, *, before: int, limit: int) -> NewUids:
        """Return the newest of those below."""
        self.asked.set()
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        found = tuple(range(before - 1, max(0, before - 1 - limit), -1))
        return NewUids(uids=found, cursor=Cursor(uid_validity=7, last_uid=(found[-1] - 1) if found else 0))


def over(database: Database, inbox: Inbox, clock: FixedClock) -> Backfills:
    """Return what a service has; two messages a step."""

    def make() -> Backfill:
        return Backfill(
            inbox,  # type: ignore[arg-type]
            database.queue,
            database.cursors,
            database.progress,
            clock=clock,
            per_hour=100_000,
            batch=2,
        )

    return Backfills(make, database.cursors, database.progress, database.preferences, clock=clock)


@asynccontextmanager
async def running(backfills: Backfills) -> AsyncIterator[Backfills]:
    """Run it as a part of the service."""
    task = asyncio.create_task(backfills.run())
    yield backfills
    backfills.stop()
    await asyncio.wait_for(task, 60)


async def until_not_asked(backfills: Backfills) -> None:
    """Wait until it is done or given up."""
    async with asyncio.timeout(60):
        while (await backfills.state(ANN)).asked:  # noqa: ASYNC110 - it is in the database, which tells nobody
            await asyncio.sleep(0.005)


@pytest.fixture
async def database(bench: Bench) -> Database:
    """A chosen mailbox whose new mail is watched from the fifth message on."""
    watched = Cursor(uid_validity=7, last_uid=5)
    await bench.database.cursors.set_cursor(ANN, INBOX, watched, now=NOON)
    return bench.database


async def queued(database: Database) -> int:
    """Return how many messages wait."""
    return (await database.queue.depth(now=NOON)).pending


async def test_the_older_mail_is_queued_and_the_share_shown(database: Database) -> None:
    """The share goes from nothing to all; a second press has nothing to do."""
    async with running(over(database, Inbox(5), FixedClock(NOON))) as backfills:
        assert (await backfills.state(ANN)).fraction == 0.0
        for _ in range(2):
            await backfills.ask(ANN)
            await until_not_asked(backfills)
        state = await backfills.state(ANN)

    assert (state.done, state.fraction, await queued(database)) == (True, 1.0, 5)


async def test_it_goes_on_after_a_restart(database: Database) -> None:
    """The service stops in the middle; the next one goes on unasked, from there, and nothing is doubled."""
    inbox = Inbox(5)
    inbox.gate.clear()
    async with running(over(database, inbox, FixedClock(NOON))) as first:
        await first.ask(ANN)
        await asyncio.wait_for(inbox.asked.wait(), 60)
    assert await queued(database) == 0

    inbox.gate.set()
    async with running(over(database, inbox, FixedClock(NOON))) as second:
        await until_not_asked(second)
        assert (await second.state(ANN)).done
    assert await queued(database) == 5


async def test_stopped_by_a_person_it_stays_so(database: Database) -> None:
    """Also after a restart; it can be asked for again."""
    inbox = Inbox(5)
    inbox.gate.clear()
    async with running(over(database, inbox, FixedClock(NOON))) as backfills:
        await backfills.ask(ANN)
        await asyncio.wait_for(inbox.asked.wait(), 60)
        await backfills.end(ANN)
        inbox.gate.set()
    async with running(over(database, inbox, FixedClock(NOON))) as again:
        await asyncio.sleep(0)
        assert not (await again.state(ANN)).asked
        assert await queued(database) == 0
        await again.ask(ANN)
        await until_not_asked(again)
    assert await queued(database) == 5


@pytest.mark.parametrize(
    ("error", "asked"), [(TransportError("The server is away."), True), (LoginRefused("No."), False)]
)
async def test_what_passes_is_waited_for(database: Database, error: GlassdomeError, asked: bool) -> None:
    """A server that is away is tried again; a refused login is a person's to mend. Both are shown."""
    inbox = Inbox(5)
    inbox.error = error
    async with running(over(database, inbox, FixedClock(NOON))) as backfills:
        await backfills.ask(ANN)
        async with asyncio.timeout(60):
            while not (state := await backfills.state(ANN)).problem or state.asked is not asked:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        assert state.problem.startswith(error.message)
        inbox.error = None
        await backfills.ask(ANN)
        await until_not_asked(backfills)
        assert (await backfills.state(ANN)).problem == ""
    assert await queued(database) == 5


async def test_the_owners_no_ends_it(database: Database) -> None:
    """Switched off between the press and the next start."""
    wishes = Preferences(username=ANN, chosen=True)
    inbox = Inbox(5)
    inbox.gate.clear()
    async with running(over(database, inbox, FixedClock(NOON))) as first:
        await first.ask(ANN)
        await asyncio.wait_for(inbox.asked.wait(), 60)
    inbox.gate.set()
    await database.preferences.set_preferences(replace(wishes, chosen=True, auto_analysis=False), now=NOON)
    async with running(over(database, inbox, FixedClock(NOON))) as second:
        await second.ask(ANN)
        await until_not_asked(second)
    assert await queued(database) == 0
