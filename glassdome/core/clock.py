"""Time as a value: code that needs the time takes a `Clock`, so that tests control it; zones, and waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["Clock", "FixedClock", "SystemClock", "wait_interval", "zone_of"]


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


def zone_of(name: str, default: str) -> ZoneInfo:
    """Return the zone of that name, else the server's `default`, else UTC. It may read a file."""
    for each in (name, default):
        try:
            return ZoneInfo(each)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


#: Seconds after which the interval is asked for again, so that a shorter one holds soon.
ASK_EVERY: Final = 5.0


async def wait_interval(stopping: asyncio.Event, seconds: Callable[[], float]) -> None:
    """Return when `seconds()` have passed since the call, or `stopping` is set."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    while not stopping.is_set() and (left := start + seconds() - loop.time()) > 0:
        try:
            await asyncio.wait_for(stopping.wait(), min(left, ASK_EVERY))
        except TimeoutError:
            continue
