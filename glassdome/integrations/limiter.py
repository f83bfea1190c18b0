"""Limits the concurrent requests to a model server, learned from how long its answers take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

__all__ = ["Limiter", "SlotLearner"]

#: Keep a higher limit only if throughput grows by at least this factor.
_WORTH: Final = 1.05
#: While each doubling brings at least this, the number is doubled, later raised by one.
_STEEP: Final = 1.5
#: Answers per step in addition to the number itself; one answer's length says nothing about the server.
_LEAST_ANSWERS: Final = 3
#: Steps for which a number that proved best is kept before a higher one is tried again.
_HOLD: Final = 20
_MOST: Final = 256


class SlotLearner:
    """Raises the number of requests until more of them bring no more answers; halves it when the server says busy.

    Pure: time comes in as seconds of each answer. With n requests in flight that take w seconds each, a server gives
    n / w answers per second (Little's law), so that seconds per answer are w / n.
    """

    def __init__(self) -> None:
        """Begin with one."""
        self.limit = 1
        self._steep = True
        self._best = (0, 0.0)
        self._held = 0
        self._seconds: list[float] = []

    def answered(self, seconds: float, *, busy: int) -> None:
        """Learn from one answer, with `busy` requests in flight; a server that was not kept busy teaches nothing."""
        if busy < self.limit:
            return
        self._seconds.append(seconds)
        if len(self._seconds) >= self.limit + _LEAST_ANSWERS:
            average = sum(self._seconds) / len(self._seconds)
            self._seconds.clear()
            self._step(self.limit / max(average, 1e-6))

    def refused(self) -> None:
        """Learn that the server had no room."""
        self.limit = max(1, self.limit // 2)
        self._best, self._steep, self._held = (self.limit, 0.0), False, 0
        self._seconds.clear()

    def _step(self, rate: float) -> None:
        best_limit, best_rate = self._best
        if self.limit == best_limit:
            self._best = (self.limit, rate)
            self._held += 1
            if self._held >= _HOLD or best_rate == 0.0:
                self._raise()
        elif rate >= best_rate * _WORTH:
            self._steep = self._steep and rate >= best_rate * _STEEP
            self._best = (self.limit, rate)
            self._raise()
        else:
            # No more answers than before: back to the number that was enough.
            steep, self._steep, self._held = self._steep, False, 0
            self.limit = best_limit
            if steep and best_limit:
                self._held = _HOLD - 1

    def _raise(self) -> None:
        self._held = 0
        self.limit = min(self.limit * 2 if self._steep else self.limit + 1, _MOST)


class Limiter:
    """Holds requests back to a fixed number, or to what a `SlotLearner` found."""

    def __init__(self, fixed: int | None) -> None:
        """`fixed` None means learned."""
        self.learner = SlotLearner() if fixed is None else None
        self._fixed = fixed or 1
        self._busy = 0
        self._freed: tuple[asyncio.AbstractEventLoop, asyncio.Condition] | None = None

    @property
    def limit(self) -> int:
        """The number of requests that may run now."""
        return self.learner.limit if self.learner else self._fixed

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[int]:
        """Wait for room, hold it, and give how many are busy now."""
        condition = self._condition()
        async with condition:
            await condition.wait_for(lambda: self._busy < self.limit)
            self._busy += 1
        try:
            yield self._busy
        finally:
            self._busy -= 1
            async with condition:
                # A learned limit may have risen by several.
                condition.notify_all()

    def _condition(self) -> asyncio.Condition:
        loop = asyncio.get_running_loop()
        if self._freed is None or self._freed[0] is not loop:
            self._freed = (loop, asyncio.Condition())
            self._busy = 0
        return self._freed[1]
