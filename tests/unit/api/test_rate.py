"""The rate limit of one key."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from glassdome.core.errors import RateLimited
from glassdome.core.limits import MAX_RATE_BUCKETS
from glassdome.desk.rate import RateLimit

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_minutes_worth_is_allowed_at_once() -> None:
    """The bucket starts full; one more is refused with the seconds to wait."""
    limit = RateLimit()
    for _ in range(60):
        limit.take("key", per_minute=60, now=NOW)

    with pytest.raises(RateLimited) as caught:
        limit.take("key", per_minute=60, now=NOW)

    assert caught.value.facts == {"retry_after": 1}


def test_it_refills_with_time() -> None:
    """After the announced wait the next request passes, and only that one."""
    limit = RateLimit()
    for _ in range(6):
        limit.take("key", per_minute=6, now=NOW)
    later = NOW + timedelta(seconds=10)

    limit.take("key", per_minute=6, now=later)

    with pytest.raises(RateLimited):
        limit.take("key", per_minute=6, now=later)


def test_keys_do_not_share() -> None:
    """One key's hurry costs another nothing."""
    limit = RateLimit()
    limit.take("one", per_minute=1, now=NOW)

    limit.take("two", per_minute=1, now=NOW)


def test_a_clock_set_back_does_no_harm() -> None:
    """A clock that goes backwards neither refills nor empties."""
    limit = RateLimit()
    limit.take("key", per_minute=2, now=NOW)

    limit.take("key", per_minute=2, now=NOW - timedelta(hours=1))

    with pytest.raises(RateLimited):
        limit.take("key", per_minute=2, now=NOW - timedelta(hours=1))


def test_made_up_names_fill_nobody_elses_bucket() -> None:
    """A name that is still in use stays known, however many others come, and the oldest of them is forgotten."""
    limit, heard = RateLimit(), 0
    for number in range(2 * MAX_RATE_BUCKETS):
        limit.take(f"made up {number}", per_minute=1, now=NOW)
        if number % 1000 == 0:
            with suppress(RateLimited):
                limit.take("guessed", per_minute=1, now=NOW)
                heard += 1

    assert heard == 1
    limit.take("made up 0", per_minute=1, now=NOW)
