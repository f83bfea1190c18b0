"""Settings that follow their files and the `llm_config` table without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from glassdome.core.clock import Clock
from glassdome.core.config import Settings, is_live, written_name
from glassdome.core.errors import GlassdomeError, StoreUnavailable
from glassdome.core.log import get_logger
from glassdome.ports.store import ConfigStore

__all__ = ["READ_EVERY", "Follower", "LiveSettings"]

_log = get_logger(__name__)
#: Seconds a value may be old: short enough for a person who waits, long enough that reading costs nothing.
READ_EVERY: Final = 5.0

#: Called with the new settings after a change; if it raises GlassdomeError, all are called again later.
Follower: TypeAlias = Callable[[Settings], Awaitable[None]]


class LiveSettings:
    """The settings of this moment. What cannot be read leaves the last good ones in force."""

    def __init__(self, base: Settings, config: ConfigStore, *, clock: Clock, every: float = READ_EVERY) -> None:
        """`base` holds everything but the table; environment, `.env` and config.yml are read again as it read them."""
        self._base, self._config, self._clock = base, config, clock
        self._every = timedelta(seconds=every)
        self._current, self._table = base, dict[str, str]()
        self._read_at: datetime | None = None
        self._reading = asyncio.Lock()
        self._told, self._followers = base, list[Follower]()
        self._problem, self._unknown = "", frozenset[str]()

    def current(self) -> Settings:
        """Return the settings as last read; never waits."""
        return self._current

    def subscribe(self, follower: Follower) -> None:
        """Call `follower` after each change from now on."""
        self._followers.append(follower)

    async def refresh(self, *, force: bool = False) -> Settings:
        """Read files and table again when it is time, or now with `force`, and return the settings."""
        now = self._clock.now()
        if not force and (self._reading.locked() or (self._read_at is not None and now - self._read_at < self._every)):
            return self._current
        async with self._reading:
            self._read_at = now
            problem = ""
            try:
                self._table = dict(await self._config.read_config())
                self._tell_unknown(self._table)
            except StoreUnavailable as exc:
                problem = exc.public_message
            try:
                await self._follow(await asyncio.to_thread(self._read))
            except GlassdomeError as exc:
                problem = exc.public_message
            if problem and problem != self._problem:
                _log.warning("settings_not_reloaded", problem=problem, effect="the last good settings stay in force")
            self._problem = problem
        return self._current

    def _tell_unknown(self, table: Mapping[str, str]) -> None:
        unknown = frozenset(table) - Settings.model_fields.keys()
        if unknown and unknown != self._unknown:
            _log.warning("unknown_settings", place="llm_config", names=sorted(unknown), effect="they change nothing")
        self._unknown = unknown

    def _read(self) -> Settings:
        return self._base.again().with_table(self._table)

    async def _follow(self, new: Settings) -> None:
        self._current = new
        changed = [name for name in type(new).model_fields if getattr(self._told, name) != getattr(new, name)]
        if not changed:
            return
        _log.info("settings_reloaded", changed=changed)
        waiting = [await asyncio.to_thread(written_name, name) for name in changed if not is_live(name)]
        if waiting:
            _log.warning("restart_needed", settings=waiting, effect="they take effect when the service starts again")
        for follower in self._followers:
            await follower(new)
        self._told = new
