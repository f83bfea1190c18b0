"""Keeps watch over the chosen mailboxes: doorbell and IDLE for speed, the sweep for certainty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError, StoreError
from glassdome.core.limits import MAX_PENDING_RINGS, MAX_WATCHED_MAILBOXES
from glassdome.core.log import get_logger
from glassdome.pipeline.backoff import MailboxBackoff
from glassdome.pipeline.interval import wait_interval
from glassdome.pipeline.sweep import Sweep
from glassdome.ports.mail import MailSource
from glassdome.source.special_use import use_of
from glassdome.values.refs import INBOX
from glassdome.values.watch import WatchState

if TYPE_CHECKING:
    from glassdome.store.preferences import PreferenceTable

__all__ = ["Watcher"]

_log = get_logger(__name__)
#: Seconds for which a mailbox that nobody chose is taken at its word, so that its doorbell costs no database read.
_UNCHOSEN_SECONDS: Final = 5.0


class Watcher:
    """Runs until it is told to stop. All its methods belong to one event loop."""

    def __init__(
        self,
        source: MailSource,
        sweep: Sweep,
        book: MailboxBackoff,
        preferences: PreferenceTable,
        *,
        clock: Clock,
        interval: Callable[[], float],
        max_watched: int = MAX_WATCHED_MAILBOXES,
    ) -> None:
        """`interval` answers the seconds between sweeps; `max_watched` mailboxes at most are watched with IDLE."""
        self._source, self._sweep, self._book, self._preferences = source, sweep, book, preferences
        self._clock, self._interval, self._max_watched = clock, interval, max_watched
        self._chosen: dict[str, str] = {}
        self._chosen_at = float("-inf")
        self._rung: dict[tuple[str, str], bool] = {}
        self._rung_folders: dict[str, frozenset[str]] = {}
        self._looking: set[tuple[str, str]] = set()
        self._watching: dict[str, asyncio.Task[None]] = {}
        self._bell, self._hurry, self._stopping = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def ring(self, mailbox: str, folder: str = INBOX) -> None:
        """Say that mail was delivered to a folder; returns at once. Many rings of one folder are one look."""
        self._note(mailbox, folder, delivered=True)

    def states(self) -> tuple[WatchState, ...]:
        """Return how each mailbox fares."""
        return self._book.states()

    def rescan(self) -> None:
        """Re-read the enabled mailboxes now. Mail older than the opt-in is not processed."""
        self._hurry.set()

    def stop(self) -> None:
        """Ask `run` to return."""
        self._stopping.set()
        self._hurry.set()
        self._bell.set()

    async def run(self) -> None:
        """Watch until `stop`; a database that is away is waited for."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._answer(tasks))
                while not self._stopping.is_set():
                    await self._sweep_once(tasks, whole=True)
                    await self._wait(tasks)
                for task in self._watching.values():
                    task.cancel()
        finally:
            self._watching.clear()

    # -- inside

    def _note(self, mailbox: str, folder: str, *, delivered: bool) -> None:
        folder = INBOX if folder.upper() == INBOX else folder
        key = (mailbox.lower(), folder)
        # What is in Junk, Sent, Trash or Drafts was judged already, or the owner wrote it.
        if not use_of(folder) and len(self._rung) < MAX_PENDING_RINGS:
            self._rung[key] = self._rung.get(key, False) or delivered
            self._bell.set()

    async def _wait(self, tasks: asyncio.TaskGroup) -> None:
        """Wait for the next sweep; a mailbox that is chosen meanwhile is looked at when it is."""
        time = asyncio.get_running_loop().time
        swept = time()
        while not self._stopping.is_set():
            await wait_interval(self._hurry, partial(self._rest, time() - swept))
            if not self._hurry.is_set():
                return
            self._hurry.clear()
            if not self._stopping.is_set():
                await self._sweep_once(tasks, whole=False)

    def _rest(self, spent: float) -> float:
        return self._interval() - spent

    async def _sweep_once(self, tasks: asyncio.TaskGroup, *, whole: bool) -> None:
        before = {} if whole else self._chosen
        try:
            mailboxes = await self._read_chosen()
            self._align(tasks, mailboxes)
            mailboxes = [mailbox for mailbox in mailboxes if mailbox.lower() not in before]
            await self._sweep.over(mailboxes, also=lambda mailbox: self._rung_folders.get(mailbox, frozenset()))
        except StoreError as exc:
            _log.warning("sweep_failed", code=exc.code, problem=exc.sentence)

    async def _read_chosen(self) -> Sequence[str]:
        mailboxes = await self._preferences.chosen_mailboxes()
        self._chosen = {mailbox.lower(): mailbox for mailbox in mailboxes}
        self._chosen_at = asyncio.get_running_loop().time()
        kept = frozenset(mailboxes)
        self._sweep.keep_only(kept)
        self._rung_folders = {name: found for name, found in self._rung_folders.items() if name in kept}
        return mailboxes

    def _align(self, tasks: asyncio.TaskGroup, mailboxes: Sequence[str]) -> None:
        """Watch the first few of the chosen, and nobody who is not chosen any more."""
        wanted = mailboxes[: self._max_watched]
        for mailbox in self._watching.keys() - set(wanted):
            self._watching.pop(mailbox).cancel()
        for mailbox in wanted:
            if mailbox not in self._watching:
                self._watching[mailbox] = tasks.create_task(self._watch(mailbox))

    async def _watch(self, mailbox: str) -> None:
        while True:
            again_at = self._book.again_at(mailbox)
            if again_at is not None:
                await self._clock.sleep(max(0.0, (again_at - self._clock.now()).total_seconds()))
            try:
                async for _ in self._source.watch(mailbox, INBOX):
                    self._note(mailbox, INBOX, delivered=False)
                return  # a source that cannot watch leaves it to the sweep
            except GlassdomeError as exc:
                state = self._book.failed(mailbox, exc, now=self._clock.now())
                _log.warning(
                    "watch_lost", mailbox=mailbox, code=exc.code, problem=exc.sentence, again_at=str(state.again_at)
                )

    async def _answer(self, tasks: asyncio.TaskGroup) -> None:
        while not self._stopping.is_set():
            await self._bell.wait()
            self._bell.clear()
            for key in [key for key in self._rung if key not in self._looking]:
                self._looking.add(key)
                tasks.create_task(self._look(*key, delivered=self._rung.pop(key)))

    async def _look(self, rung: str, folder: str, *, delivered: bool) -> None:
        try:
            mailbox = await self._spelled(rung)
            if mailbox and self._book.may_poll(mailbox, now=self._clock.now()):
                self._rung_folders[mailbox] = self._rung_folders.get(mailbox, frozenset()) | {folder}
                await self._sweep.one(mailbox, folder, rung=delivered)
        except StoreError as exc:
            _log.warning("doorbell_lost", mailbox=rung, folder=folder, code=exc.code, problem=exc.sentence)
        finally:
            self._looking.discard((rung, folder))
            # A ring that came meanwhile is answered now.
            self._bell.set()

    async def _spelled(self, mailbox: str) -> str:
        """Return the mailbox as its owner's choice spells it, empty when nobody chose it."""
        age = asyncio.get_running_loop().time() - self._chosen_at
        if mailbox not in self._chosen and age > _UNCHOSEN_SECONDS:
            await self._read_chosen()
        return self._chosen.get(mailbox, "")
