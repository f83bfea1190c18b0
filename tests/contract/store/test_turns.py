"""Turns at what all processes share, on SQLite and on MariaDB."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from glassdome.store import Database
from tests.samples import NOON

MINUTE = timedelta(minutes=1)


async def test_one_at_a_time_has_the_turn(database: Database) -> None:
    """Of many who ask at once one has it; the others learn when it ends, and take nothing meanwhile."""
    asked = [database.progress.reserve_slot("pace", lasting=MINUTE, now=NOON) for _ in range(5)]
    assert sorted(await asyncio.gather(*asked)) == [NOON, *[NOON + MINUTE] * 4]
    assert await database.progress.reserve_slot("other", lasting=MINUTE, now=NOON) == NOON
    later = NOON + timedelta(hours=1)
    assert await database.progress.reserve_slot("pace", lasting=MINUTE, now=later) == later


async def test_what_was_not_needed_is_given_back(database: Database) -> None:
    """The next one begins as much earlier."""
    await database.progress.reserve_slot("pace", lasting=timedelta(hours=1), now=NOON)
    await database.progress.shorten_slot("pace", unused=timedelta(minutes=58))
    assert await database.progress.reserve_slot("pace", lasting=MINUTE, now=NOON) == NOON + timedelta(minutes=2)
    await database.progress.shorten_slot("nobody's", unused=MINUTE)
    assert await database.progress.reserve_slot("nobody's", lasting=MINUTE, now=NOON) == NOON
