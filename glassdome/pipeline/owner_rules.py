"""The owners' rules file, read again when it changes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from glassdome.core.errors import ConfigError
from glassdome.core.limits import MAX_RULES_CHARS
from glassdome.core.log import get_logger
from glassdome.engine.builtin.rules import load_rules
from glassdome.values.rules import Rule

__all__ = ["OwnerRules", "read_rules"]

_log = get_logger(__name__)
#: Seconds between checks of the file's time: short enough for a person who edits, long enough that it costs nothing.
LOOK_EVERY: Final = 5.0
#: What tells one state of the file from the next: time of change and size; None where there is no file.
Stamp = tuple[int, int] | None


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Read a rules file; raises ConfigError naming file, line and rule."""
    try:
        with path.open(encoding="utf-8") as file:
            return load_rules(file.read(MAX_RULES_CHARS + 1))
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path} cannot be read: {exc}.") from exc
    except ConfigError as exc:
        raise ConfigError(f"{path}: {exc}") from exc


class OwnerRules:
    """The rules of this moment. A file with a mistake leaves the last good rules in force, and the log says where."""

    def __init__(self, path: Path, *, every: float = LOOK_EVERY) -> None:
        """The file is checked at most once in `every` seconds."""
        self._path, self._every = path, every
        self._rules: tuple[Rule, ...] = ()
        self._stamp: Stamp = None
        self._looked = float("-inf")
        self._reading = asyncio.Lock()

    async def current(self) -> tuple[Rule, ...]:
        """Return the rules; reads in a thread when the file changed, and never raises."""
        async with self._reading:
            if time.monotonic() - self._looked >= self._every:
                await asyncio.to_thread(self._look)
                self._looked = time.monotonic()
        return self._rules

    def _look(self) -> None:
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._rules = read_rules(self._path) if stamp is not None else ()
            _log.info("rules_read", path=str(self._path), rules=len(self._rules))
        except ConfigError as exc:
            _log.warning("rules_not_read", path=str(self._path), code=exc.code, problem=exc.message)


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
