"""Keeps what strangers can provoke from filling the log: of equal lines of a library only some a minute."""

from __future__ import annotations

import logging
import time
from typing import Final

from glassdome.core.limits import MAX_EQUAL_LOG_LINES

__all__ = ["THROTTLED", "Throttle"]

#: Libraries that log what a peer does: requests that are none, no descriptor left for a connection.
THROTTLED: Final = ("asyncio", "uvicorn.error")
_WINDOW: Final = 60.0
#: Different lines counted at one time; the libraries have a few dozen.
_MAX_LINES: Final = 200


class Throttle(logging.Filter):
    """Lets the first lines of each kind pass, and says with the first of the next minute how many were left out."""

    def __init__(self, most: int = MAX_EQUAL_LOG_LINES) -> None:
        """`most` lines of a kind pass in a minute."""
        super().__init__()
        self._most = most
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is written."""
        key, now = (record.name, str(record.msg).partition("\n")[0]), time.monotonic()
        begun, number = self._seen.get(key, (now, 0))
        if now - begun >= _WINDOW:
            if number > self._most:
                record.msg = f"{record.msg} ({number - self._most} equal lines were left out)"
            begun, number = now, 0
        if len(self._seen) >= _MAX_LINES:
            self._seen.clear()
        self._seen[key] = (begun, number + 1)
        return number < self._most
