"""Limits the request rate of each key: a token bucket per key."""

from __future__ import annotations

import math
from datetime import datetime

from glassdome.core.errors import RateLimited
from glassdome.core.limits import MAX_RATE_BUCKETS

__all__ = ["RateLimit"]


class RateLimit:
    """Holds a minute's worth of requests per name and refills evenly; past a bound the names unused for longest are forgotten."""

    def __init__(self) -> None:
        """Start with full buckets."""
        #: The one used last stands last.
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def take(self, name: str, *, per_minute: int, now: datetime) -> None:
        """Take one request; raises RateLimited with the seconds to wait in `facts['retry_after']`."""
        level, then = self._buckets.pop(name, (float(per_minute), now))
        elapsed = max(0.0, (now - then).total_seconds())
        level = min(float(per_minute), level + elapsed * per_minute / 60)
        if len(self._buckets) >= MAX_RATE_BUCKETS:
            # Not all of them: who makes up names would else fill the buckets of others.
            del self._buckets[next(iter(self._buckets))]
        if level < 1:
            self._buckets[name] = (level, now)
            raise RateLimited(retry_after=math.ceil((1 - level) * 60 / per_minute))
        self._buckets[name] = (level - 1, now)
