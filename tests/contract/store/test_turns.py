"""Turns at what all processes share, on SQLite and on MariaDB."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from glassdome.store import Database
from glassdome.testing.samples import NOON


async def test_turns_are_taken_one_behind_the_other(database: Database) -> None:
    """Whoever takes them, and from now on where nobody took one for a while."""
    minute = timedelta(minutes=1)
    await database.cursors.take_turn("pace", lasting=minute, now=NOON)

    begins = await asyncio.gather(
        *(database.cursors.take_turn("pace", lasting=minute, now=NOON) for _ in range(4)),
    )
    later = await database.cursors.take_turn("pace", lasting=minute, now=NOON + timedelta(hours=1))
    other = await database.cursors.take_turn("other", lasting=minute, now=NOON)

    assert sorted(begins) == [NOON + n * minute for n in (1, 2, 3, 4)]
    assert (later, other) == (NOON + timedelta(hours=1), NOON)
