"""Backfills that a person asked for on a page: they go on in the service, also after its restart, until they are done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError
from glassdome.core.log import get_logger
from glassdome.core.unexpected import wrap_unexpected
from glassdome.pipeline.backfill import Backfill, backfill_key
from glassdome.values.refs import INBOX
from glassdome.values.watch import BackfillProgress

if TYPE_CHECKING:
    from glassdome.store.cursors import Cursors
    from glassdome.store.preferences import PreferenceTable
    from glassdome.store.progress import Progress

__all__ = ["BackfillState", "Backfills"]

_log = get_logger(__name__)
#: The task whose progress is 1 while somebody wants it done.
_ASKED: Final = "backfill-asked"
#: Seconds until one that failed for now is tried again.
_AGAIN: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillState:
    """The progress of queueing an inbox's older mail. `fraction` is of the UIDs; 0.0 if it never began.

    `asked` says that it goes on by itself; `progress` is that of this run, `problem` why it waits.
    """

    asked: bool = False
    fraction: float = 0.0
    done: bool = False
    progress: BackfillProgress | None = None
    problem: str = ""


class Backfills:
    """Runs them in this process; the requests are kept in the database."""

    def __init__(
        self,
        make: Callable[[], Backfill],
        cursors: Cursors,
        kept: Progress,
        preferences: PreferenceTable,
        *,
        clock: Clock,
    ) -> None:
        """`make` returns a backfill with the settings of the moment."""
        self._make, self._cursors, self._kept = make, cursors, kept
        self._preferences, self._clock = preferences, clock
        self._tasks = dict[str, asyncio.Task[None]]()
        self._progress = dict[str, BackfillProgress]()
        self._problems = dict[str, str]()
        self._stopping = asyncio.Event()

    async def ask(self, mailbox: str) -> None:
        """Begin, or go on, with the inbox of a mailbox."""
        await self._keep(mailbox, asked=True)
        self._start(mailbox)

    async def end(self, mailbox: str) -> None:
        """Stop at once; queued jobs stay."""
        await self._keep(mailbox, asked=False)
        if task := self._tasks.pop(mailbox, None):
            task.cancel()
            await asyncio.wait((task,))
        self._problems.pop(mailbox, None)

    async def state(self, mailbox: str) -> BackfillState:
        """Return how far it is, in whichever process it ran."""
        reached = await self._cursors.get_cursor(mailbox, backfill_key(INBOX))
        newest = await self._cursors.get_cursor(mailbox, INBOX)
        known = reached is not None and newest is not None and reached.uid_validity == newest.uid_validity
        fraction = 0.0
        if known and reached is not None and newest is not None:
            fraction = 1.0 - min(reached.last_uid, newest.last_uid) / max(newest.last_uid, 1)
        return BackfillState(
            asked=await self._is_asked(mailbox),
            fraction=fraction,
            done=known and reached is not None and reached.last_uid == 0,
            progress=self._progress.get(mailbox),
            problem=self._problems.get(mailbox, ""),
        )

    def stop(self) -> None:
        """Ask `run` to end; unfinished backfills go on with the next start."""
        self._stopping.set()

    async def run(self) -> None:
        """Resume the backfills of before the last stop; requests made meanwhile wait."""
        try:
            for mailbox in await self._preferences.chosen_mailboxes():
                if await self._is_asked(mailbox):
                    self._start(mailbox)
        except GlassdomeError as exc:
            _log.warning("backfills_not_resumed", code=exc.code, problem=exc.public_message)
        await self._stopping.wait()
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _start(self, mailbox: str) -> None:
        task = self._tasks.get(mailbox)
        if (task is None or task.done()) and not self._stopping.is_set():
            self._problems.pop(mailbox, None)
            self._tasks[mailbox] = asyncio.create_task(self._go_on(mailbox))

    async def _go_on(self, mailbox: str) -> None:
        """Run to the end; wait out what passes by itself, give up for what does not."""
        while True:
            try:
                await wrap_unexpected(f"The backfill of {mailbox}", lambda: self._run(mailbox))
                return
            except GlassdomeError as exc:
                _log.warning("backfill_failed", mailbox=mailbox, code=exc.code, problem=exc.public_message)
                self._problems[mailbox] = exc.outward
                if not exc.temporary:
                    break
            await self._clock.sleep(_AGAIN)
        with suppress(GlassdomeError):
            await self._keep(mailbox, asked=False)

    async def _run(self, mailbox: str) -> None:
        """Run until it is done, unless the owner said no meanwhile."""

        def note(progress: BackfillProgress) -> None:
            if progress.found:
                self._problems.pop(mailbox, None)
            self._progress[mailbox] = progress

        wishes = await self._preferences.get_preferences(mailbox)
        if wishes.chosen and wishes.auto_analysis:
            await self._make().run(mailbox, progress=note)
        await self._keep(mailbox, asked=False)

    async def _is_asked(self, mailbox: str) -> bool:
        return await self._kept.reached(_ASKED, mailbox) == 1

    async def _keep(self, mailbox: str, *, asked: bool) -> None:
        await self._kept.set_reached(_ASKED, int(asked), mailbox=mailbox, now=self._clock.now())
