"""How often one key may ask: a token bucket per key."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from glassdome.core.errors import RateLimited

__all__ = ["RateLimit"]

#: Buckets kept; keys are few, so this is only reached when keys are changed often.
_MAX_BUCKETS: Final = 10_000


class RateLimit:
    """Holds a minute's worth of requests per name and refills evenly."""

    def __init__(self) -> None:
        """Start with full buckets."""
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def take(self, name: str, *, per_minute: int, now: datetime) -> None:
        """Take one request; raises RateLimited with the seconds to wait in `facts['retry_after']`."""
        level, then = self._buckets.get(name, (float(per_minute), now))
        elapsed = max(0.0, (now - then).total_seconds())
        level = min(float(per_minute), level + elapsed * per_minute / 60)
        if level < 1:
            self._buckets[name] = (level, now)
            raise RateLimited(retry_after=math.ceil((1 - level) * 60 / per_minute))
        if len(self._buckets) >= _MAX_BUCKETS:
            self._buckets.clear()
        self._buckets[name] = (level - 1, now)
