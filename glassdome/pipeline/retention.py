"""Deletes data past the retention time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.log import get_logger
from glassdome.ports.store import AnalysisQuery

if TYPE_CHECKING:
    from glassdome.store.analyses import Analyses
    from glassdome.store.queue import Queue
    from glassdome.store.threads import Threads

__all__ = ["RETENTION_EVERY", "Retention"]

_log = get_logger(__name__)
#: Seconds between two rounds; retention is counted in days.
RETENTION_EVERY: Final = 3600.0


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Erases analyses with their jobs, actions and corrections, the turns of threads, and jobs that ended without an analysis."""

    analyses: Analyses
    queue: Queue
    threads: Threads
    clock: Clock
    settings: Callable[[], Settings]

    async def forget(self) -> int:
        """Erase data past `retention_days` in small steps; return how many analyses were erased."""
        days = self.settings().retention_days
        if not days:
            return 0
        until = self.clock.now() - timedelta(days=days)
        gone = await self.analyses.delete(AnalysisQuery(until=until))
        ended = await self.queue.forget_ended(before=until)
        turns = await self.threads.forget(before=until)
        if gone or ended or turns:
            _log.info("retention", days=days, analyses=gone, jobs=ended, turns=turns)
        return gone
