"""The worker: claims jobs, judges their messages, stores the results; any number may run on any number of hosts."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import Stopping, StoreError, StoreUnavailable
from glassdome.core.log import get_logger
from glassdome.core.log_outage import BACK
from glassdome.core.metrics import Metrics
from glassdome.pipeline.job import JobRunner
from glassdome.pipeline.process import warm_up
from glassdome.values.job import Job

if TYPE_CHECKING:
    from glassdome.store.queue import Queue

__all__ = ["Worker"]

_log = get_logger(__name__)
#: How long a job stays ours without a sign of life; the time a killed worker's mail waits.
LEASE: Final = timedelta(seconds=60)
#: Seconds between two polls of an idle queue: at first, and at most. Jobs of other processes wait no longer.
IDLE_FIRST, IDLE_LONGEST = 0.1, 1.0
#: Seconds of work one claim may hold back from other workers.
PREFETCH_SECONDS: Final = 1.0
#: Seconds between two tries while the database is away.
AWAY_SECONDS: Final = 2.0
#: Weight of the newest job in the running average of its time.
_NEWEST: Final = 0.2


class Worker:
    """Runs until `stop`; then finishes the jobs it began and gives the others back."""

    def __init__(
        self,
        queue: Queue,
        runner: JobRunner,
        *,
        owner: str,
        settings: Callable[[], Awaitable[Settings]],
        clock: Clock,
        metrics: Metrics | None = None,
        lease: timedelta = LEASE,
    ) -> None:
        """`owner` names this worker in the queue; `settings` returns the current settings."""
        self._queue, self._runner, self._owner, self._clock = queue, runner, owner, clock
        self._settings, self._lease = settings, lease
        self._metrics = metrics or Metrics()
        self._woken, self._stopping = asyncio.Event(), asyncio.Event()
        self._waiting: deque[Job] = deque()
        self._running: dict[int, tuple[Job, asyncio.Task[None]]] = {}
        self._leased: set[int] = set()
        self._seconds = 0.0
        self._away = False

    def wake(self) -> None:
        """Say that there is a job; must be called on the worker's event loop."""
        self._woken.set()

    def stop(self) -> None:
        """Ask it to drain: `run` returns when the jobs it began are finished."""
        self._stopping.set()
        self._woken.set()

    async def probe(self) -> None:
        """Return where it takes jobs; raises Stopping, StoreUnavailable."""
        if self._stopping.is_set():
            raise Stopping
        if self._away:
            raise StoreUnavailable

    async def run(self) -> None:
        """Work until `stop`; cancelling drops what runs, whose leases then expire."""
        await warm_up()
        heartbeat = asyncio.create_task(self._heartbeat())
        try:
            idle = IDLE_FIRST
            while not self._stopping.is_set():
                self._woken.clear()
                idle = IDLE_FIRST if await self._top_up() else min(IDLE_LONGEST, idle * 2)
                await self._pause(idle)
            await self._drain()
        finally:
            heartbeat.cancel()
            for _, task in self._running.values():
                task.cancel()

    async def run_until_idle(self) -> None:
        """Work until nothing may run now: for one-off runs, and for tests."""
        await warm_up()
        heartbeat = asyncio.create_task(self._heartbeat())
        try:
            while await self._top_up() or self._running:
                tasks = [task for _, task in self._running.values()]
                if tasks:
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            heartbeat.cancel()

    async def _top_up(self) -> bool:
        """Start as many jobs as may run at once; return whether any was started."""
        settings = await self._settings()
        free = settings.concurrent_jobs - len(self._running)
        alone = any(job.is_suspected for job, _ in self._running.values())
        if free > 0 and not self._waiting and not alone:
            await self._claim(self._wanted(settings, free))
        started = False
        while self._waiting and len(self._running) < settings.concurrent_jobs:
            self._start(self._waiting.popleft())
            started = True
        return started

    def _wanted(self, settings: Settings, free: int) -> int:
        """Claim a whole batch where a message takes milliseconds, only what can start now where it takes seconds."""
        prefetch = int(PREFETCH_SECONDS / self._seconds * settings.concurrent_jobs) if self._seconds else free
        return max(1, min(settings.llm_batch_size, max(free, prefetch)))

    async def _claim(self, limit: int) -> None:
        try:
            now, idle = self._clock.now(), not self._running
            if self._away:  # a full database finds no job without complaint, since nothing is written then
                await self._queue.pulse(now=now)
            found = await self._queue.claim(self._owner, limit=limit, lease=self._lease, now=now, idle=idle)
        except StoreError as exc:
            self._lost_database(exc)
            if not isinstance(exc, StoreUnavailable):
                raise
            return
        if self._away:
            self._away = False
            _log.info(BACK)
        self._waiting.extend(found)

    def _lost_database(self, exc: StoreError) -> None:
        self._metrics.errors.labels(exc.code).inc()
        if not self._away:
            self._away = True
            _log.warning("database_unavailable", code=exc.code, problem=exc.public_message)

    async def _pause(self, idle: float) -> None:
        """Wait for a wake-up, the end of a job, or the next look."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), AWAY_SECONDS if self._away else idle)

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._one(job))
        self._running[job.id] = (job, task)
        self._leased.add(job.id)
        task.add_done_callback(lambda ended: self._ended(job, ended))

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        self._running.pop(job.id, None)
        self._leased.discard(job.id)
        self._woken.set()
        if not task.cancelled() and (problem := task.exception()) is not None:
            _log.error("job_abandoned", job=job.id, problem=repr(problem))

    async def _one(self, job: Job) -> None:
        start = asyncio.get_running_loop().time()
        try:
            await self._runner.run(job)
            self._leased.discard(job.id)
            await self._runner.act(job)
        except Exception as exc:  # the boundary: whatever one message did, the others go on
            await self._runner.failed(job, exc)
        spent = asyncio.get_running_loop().time() - start
        self._seconds = spent if not self._seconds else self._seconds + _NEWEST * (spent - self._seconds)

    async def _heartbeat(self) -> None:
        """Renew leases; a job whose lease was lost is dropped, since another worker has it now."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            held = [job for job, _ in self._running.values() if job.id in self._leased] + list(self._waiting)
            try:
                ours = await self._queue.renew(held, lease=self._lease, now=self._clock.now())
            except StoreError as exc:
                self._lost_database(exc)
                continue
            for job in held:
                if job.id not in ours:
                    self._drop(job)

    def _drop(self, job: Job) -> None:
        if job in self._waiting:
            self._waiting.remove(job)
        elif job.id in self._leased:
            _log.warning("lease_lost", job=job.id)
            self._running[job.id][1].cancel()

    async def _drain(self) -> None:
        """Give back the jobs not begun and finish the others."""
        unstarted = list(self._waiting)
        self._waiting.clear()
        with contextlib.suppress(StoreError):
            await self._queue.release(unstarted, now=self._clock.now())
        tasks = [task for _, task in self._running.values()]
        if tasks:
            await asyncio.wait(tasks)
        _log.info("worker_drained", finished=len(tasks), released=len(unstarted))
