"""Time as a value: code that needs the time takes a `Clock`, so that tests control it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "FixedClock", "SystemClock"]


class Clock(Protocol):
    """The source of the current time."""

    def now(self) -> datetime:
        """Return the present instant, timezone-aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds`; a fixed clock only moves its hand."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Sleep on the event loop."""
        await asyncio.sleep(seconds)


class FixedClock:
    """A clock that moves only when `advance` is called."""

    def __init__(self, start: datetime) -> None:
        """`start` must be timezone-aware."""
        self._now = start

    def now(self) -> datetime:
        """Return the instant it was last set to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the hand forward."""
        self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Move the hand forward and let other tasks run once."""
        self.advance(seconds)
        await asyncio.sleep(0)
