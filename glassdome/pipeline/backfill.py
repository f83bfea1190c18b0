"""Brings older mail into the queue when a person asks for it: newest first, slowly, resumable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.limits import MAX_ENQUEUE_BATCH
from glassdome.ports.mail import MailSource
from glassdome.values.job import JobReason, NewJob, Priority
from glassdome.values.refs import INBOX, Cursor, MessageRef
from glassdome.values.watch import BackfillProgress

if TYPE_CHECKING:
    from glassdome.store.cursors import Cursors
    from glassdome.store.progress import Progress
    from glassdome.store.queue import Queue

__all__ = ["Backfill", "backfill_key"]

#: Messages per step: small enough to be polite, large enough that steps cost nothing.
_BATCH: Final = 100
#: Seconds after which one that waits for another's turn to end asks again.
_ASK_AGAIN: Final = 15.0
#: What all backfills take turns at.
_PACE: Final = "backfill"


class Backfill:
    """Walks a folder down from where live watching began."""

    def __init__(
        self,
        source: MailSource,
        queue: Queue,
        cursors: Cursors,
        progress: Progress,
        *,
        clock: Clock,
        per_hour: int,
        batch: int = _BATCH,
    ) -> None:
        """At most `per_hour` messages are queued in an hour, `batch` at a time, however many of these run anywhere."""
        self._source, self._queue, self._cursors, self._progress = source, queue, cursors, progress
        self._clock, self._per_hour, self._batch = clock, per_hour, max(1, min(batch, per_hour, MAX_ENQUEUE_BATCH))

    async def run(
        self,
        mailbox: str,
        folder: str = INBOX,
        *,
        limit: int | None = None,
        progress: Callable[[BackfillProgress], None] = lambda _: None,
    ) -> BackfillProgress:
        """Queue older mail until the first message or `limit` messages; stopped at any moment, it goes on from there.

        `progress` is called after each step. Raises as MailSource and Queue.
        """
        place = await self._begin(mailbox, folder)
        state = BackfillProgress(mailbox=mailbox, folder=folder, top=place.last_uid, reached=place.last_uid)
        progress(state)
        while not state.done and (limit is None or state.found < limit):
            wanted = self._batch if limit is None else min(self._batch, limit - state.found)
            await self._turn(state, wanted, progress)
            before, state = state, await self._step(state, wanted)
            # Messages that are gone, or in the queue already, cost no time.
            unused = self._time_for(wanted - (state.added - before.added))
            await self._progress.shorten_slot(_PACE, unused=unused)
            progress(state)
        return state

    async def _turn(self, state: BackfillProgress, wanted: int, progress: Callable[[BackfillProgress], None]) -> None:
        """Wait until so many messages more are within the limit, which all backfills of all mailboxes share."""
        while True:
            now = self._clock.now()
            free = await self._progress.reserve_slot(_PACE, lasting=self._time_for(wanted), now=now)
            if free <= now:
                return
            progress(replace(state, next_at=free))
            # Another one may need less time than it took.
            await self._clock.sleep(min(_ASK_AGAIN, (free - now).total_seconds()))

    def _time_for(self, messages: int) -> timedelta:
        return timedelta(hours=messages / self._per_hour)

    async def _begin(self, mailbox: str, folder: str) -> Cursor:
        """Return the place reached by an earlier run, else the present end of the folder."""
        now = (await self._source.new_uids(mailbox, folder, None)).cursor
        earlier = await self._cursors.get_cursor(mailbox, backfill_key(folder))
        return earlier if earlier is not None and earlier.uid_validity == now.uid_validity else now

    async def _step(self, state: BackfillProgress, wanted: int) -> BackfillProgress:
        mailbox, folder = state.mailbox, state.folder
        found = await self._source.older_uids(mailbox, folder, before=state.reached + 1, limit=wanted)
        validity = found.cursor.uid_validity
        jobs = [
            NewJob(
                ref=MessageRef(mailbox=mailbox, folder=folder, uid_validity=validity, uid=uid),
                reason=JobReason.BACKFILL,
                priority=Priority.BACKFILL,
            )
            for uid in found.uids
        ]
        reached = found.cursor.last_uid if found.uids else 0
        place = Cursor(uid_validity=validity, last_uid=reached)
        # One transaction with the jobs, under a key of its own: a folder can have no name with an empty level.
        added = await self._queue.arrived(
            jobs, mailbox=mailbox, folder=backfill_key(folder), cursor=place, now=self._clock.now()
        )
        return replace(state, reached=reached, found=state.found + len(jobs), added=state.added + added)


def backfill_key(folder: str) -> str:
    """Return where the place is kept that the backfill of a folder reached."""
    return f"//backfill/{folder}"
