"""Settings that follow the `llm_config` table without a restart."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, StoreUnavailable
from glassdome.core.log import get_logger
from glassdome.ports.store import ConfigStore

__all__ = ["LiveSettings"]

_log = get_logger(__name__)
#: Seconds a value may be old: short enough for a person who waits, long enough that reading costs nothing.
READ_EVERY: Final = 5.0


class LiveSettings:
    """The settings of this moment. A bad table or a database that is away leaves the last good ones in force."""

    def __init__(self, base: Settings, config: ConfigStore, *, clock: Clock, every: float = READ_EVERY) -> None:
        """`base` holds everything but the table."""
        self._base, self._config, self._clock = base, config, clock
        self._every = timedelta(seconds=every)
        self._current, self._table = base, dict[str, str]()
        self._read_at: datetime | None = None

    def current(self) -> Settings:
        """Return the settings as last read; never waits."""
        return self._current

    async def refresh(self, *, force: bool = False) -> Settings:
        """Read the table again when it is time, or now with `force`, and return the settings."""
        now = self._clock.now()
        if not force and self._read_at is not None and now - self._read_at < self._every:
            return self._current
        self._read_at = now
        try:
            table = dict(await self._config.read_config())
            if table != self._table:
                self._current = await asyncio.to_thread(self._base.with_table, table)
                self._table = table
                _log.info("settings_reloaded", keys=sorted(table))
        except (ConfigError, StoreUnavailable) as exc:
            _log.warning("settings_not_reloaded", code=exc.code, problem=exc.sentence)
        return self._current
