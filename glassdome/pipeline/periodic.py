"""Work that runs periodically next to the workers: retention, reprocessing, mailcow's opt-ins."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from glassdome.core.clock import wait_interval
from glassdome.core.errors import GlassdomeError
from glassdome.core.log import get_logger
from glassdome.core.unexpected import wrap_unexpected

__all__ = ["PeriodicTask"]

_log = get_logger(__name__)


class PeriodicTask:
    """Runs until `stop`; a run that fails is logged, and the next one follows."""

    def __init__(self, name: str, work: Callable[[], Awaitable[object]], *, every: Callable[[], float]) -> None:
        """`every` answers the seconds to the next round."""
        self._name, self._work, self._every = name, work, every
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask it to end."""
        self._stopping.set()

    async def run(self) -> None:
        """Do rounds until `stop`."""
        while not self._stopping.is_set():
            try:
                await wrap_unexpected(f"The periodic task {self._name}", self._work)
            except GlassdomeError as exc:
                _log.warning("periodic_task_failed", task=self._name, code=exc.code, problem=exc.public_message)
            await wait_interval(self._stopping, self._every)
