"""The speed of models on both databases."""

from __future__ import annotations

from datetime import timedelta

from glassdome.store import Database
from tests.samples import NOON, jobs


async def test_calls_are_counted_by_model_and_hour(database: Database) -> None:
    """Counts of all spans of the last hour are added up, older ones are left out; the mail that waits is known."""
    speeds = database.model_speeds
    for minutes, answered in ((-90, True), (-50, True), (-20, False), (-19, True), (0, True)):
        await speeds.count("m:1", answered=answered, seconds=60, now=NOON + timedelta(minutes=minutes))
    await speeds.count("m:2", answered=False, seconds=60, now=NOON)
    await database.queue.enqueue(jobs(1, 2), now=NOON - timedelta(minutes=5))
    found = await speeds.speed("m:1", now=NOON)

    assert (found.answered, found.too_slow, found.seconds) == (3, 1, 51 * 60)
    assert (found.waiting, found.oldest_seconds) == (2, 300)
