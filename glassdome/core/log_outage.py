"""Says once that the database is away: every part notices, again and again, and the log may lie on the same full disk."""

from __future__ import annotations

import sys
import time
from collections.abc import MutableMapping
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from typing import Any, Final

import structlog

from glassdome.core.errors import StoreUnavailable

__all__ = ["BACK", "LogFile", "Outage"]

#: The event that ends it.
BACK: Final = "database_back"
#: Seconds after which it is said again while it lasts.
_AGAIN: Final = 3600.0
#: What ends a command is an error, and said whatever was said before.
_REPEATED: Final = ("info", "warning")


class Outage:
    """A structlog processor: of all events about a database that is away the first passes, until it is back."""

    def __init__(self) -> None:
        """The database is there."""
        self._told_at: float | None = None

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Pass the event on or drop it."""
        now = time.monotonic()
        if event.get("event") == BACK:
            if self._told_at is None:
                raise structlog.DropEvent
            self._told_at = None
        elif event.get("code") == StoreUnavailable.code and event.get("level") in _REPEATED:
            if self._told_at is not None and now - self._told_at < _AGAIN:
                raise structlog.DropEvent
            self._told_at = now
        return event


class LogFile(RotatingFileHandler):
    """A rotating file that says once on stderr when it cannot be written, not with a traceback for each line."""

    _told = _failed = False

    def handleError(self, record: LogRecord) -> None:  # noqa: N802 - the library's name
        """Say it once, until a line is written again."""
        self._failed, problem = True, sys.exc_info()[1]
        if not self._told:
            self._told = True
            sys.stderr.write(f"The log file {self.baseFilename} cannot be written: {problem}.\n")

    def emit(self, record: LogRecord) -> None:
        """Write a line."""
        self._failed = False
        super().emit(record)
        self._told = self._told and self._failed
