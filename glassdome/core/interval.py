"""Wait for an interval that may change meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

__all__ = ["wait_interval"]

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
