"""Brings analyses of an older model or prompt back into the queue, newest first, so many an hour."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.log import get_logger
from glassdome.ports.model import Engine
from glassdome.values.job import JobReason, JobState, NewJob, Priority
from glassdome.values.refs import MessageRef

if TYPE_CHECKING:
    from glassdome.store.analyses import Analyses
    from glassdome.store.progress import Progress
    from glassdome.store.queue import Queue

__all__ = ["Reprocess"]

_log = get_logger(__name__)
#: Rows read in one step, of which all may be outdated.
LOOKED_AT: Final = 1000
#: Seconds between two looks where there is nothing to do, and at least between two steps.
IDLE, SHORTEST = 60.0, 1.0


@dataclass(kw_only=True)
class Reprocess:
    """Walks the analyses once per model and prompt; where it stands survives a restart.

    `engine` answers the one of the moment, None while there is none but the built-in.
    """

    analyses: Analyses
    queue: Queue
    progress: Progress
    engine: Callable[[], Engine | None]
    clock: Clock
    settings: Callable[[], Settings]
    wake: Callable[[], None] = lambda: None
    _pause: float = field(default=IDLE)

    def pause(self) -> float:
        """Return the seconds until the next step."""
        return self._pause

    async def step(self) -> int:
        """Queue a minute's share of outdated analyses and return how many; raises StoreError."""
        self._pause = IDLE
        settings, engine = self.settings(), self.engine()
        if not settings.reprocess or engine is None or not engine.model:
            return 0
        task = _task(engine)
        before = await self.progress.reached(task)
        if before is not None and before <= 0:
            return 0
        share = max(1, int(settings.backfill_per_hour * IDLE / 3600))
        found = await self.analyses.outdated(engine, before_id=before, limit=share, look_at=LOOKED_AT)
        refs = [ref for ref in found.refs if not await self._is_cancelled(ref)]
        jobs = [NewJob(ref=ref, reason=JobReason.UPGRADE, priority=Priority.BACKFILL, force=True) for ref in refs]
        now = self.clock.now()
        await self.queue.enqueue(jobs, now=now)
        await self.progress.set_reached(task, found.reached, now=now)
        self._pause = max(SHORTEST, len(jobs) * 3600 / settings.backfill_per_hour)
        if jobs:
            _log.info("reprocessing", jobs=len(jobs), model=engine.model, prompt=engine.prompt_version)
            self.wake()
        return len(jobs)

    async def _is_cancelled(self, ref: MessageRef) -> bool:
        """Return whether a person, or the owner's wishes, took the message out of the queue: it stays out."""
        job = await self.queue.get(ref)
        return job is not None and job.state is JobState.CANCELLED


def _task(engine: Engine) -> str:
    named = f"{engine.name} {engine.model} {engine.prompt_version}"
    return f"reprocess/{hashlib.sha256(named.encode()).hexdigest()[:32]}"
