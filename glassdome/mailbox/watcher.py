"""Keeps watch over the enabled mailboxes: doorbell and IDLE for speed, polling for certainty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock, wait_interval
from glassdome.core.errors import StoreError
from glassdome.core.limits import MAX_PENDING_RINGS
from glassdome.core.log import get_logger
from glassdome.mailbox.poller import Poller
from glassdome.mailbox.special_use import use_of
from glassdome.mailbox.watch import InboxWatch, Listener
from glassdome.values.refs import INBOX
from glassdome.values.watch import WatchState

if TYPE_CHECKING:
    from glassdome.store.preferences import PreferenceTable

__all__ = ["Watcher"]

_log = get_logger(__name__)
#: Seconds for which a mailbox is taken as not enabled without a database read, so that its doorbell costs none.
_NOT_ENABLED_SECONDS: Final = 5.0


class Watcher:
    """Runs until `stop`. All its methods belong to one event loop."""

    def __init__(
        self,
        watch: InboxWatch,
        poller: Poller,
        preferences: PreferenceTable,
        *,
        clock: Clock,
        interval: Callable[[], float],
    ) -> None:
        """`interval` answers the seconds between polls of all mailboxes."""
        self._watch, self._poller, self._preferences = watch, poller, preferences
        self._clock, self._interval = clock, interval
        self._listener = Listener(watch, partial(self._note, folder=INBOX, delivered=False))
        self._enabled: dict[str, str] = {}
        self._enabled_at = float("-inf")
        self._rung: dict[tuple[str, str], bool] = {}
        self._rung_folders: dict[str, frozenset[str]] = {}
        self._polling: set[tuple[str, str]] = set()
        self._bell, self._hurry, self._stopping = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def ring(self, mailbox: str, folder: str = INBOX) -> None:
        """Report a delivery to a folder; returns at once. Many rings of one folder are one poll."""
        self._note(mailbox, folder, delivered=True)
        if folder.upper() == INBOX:
            self._watch.changed(self._enabled.get(mailbox.lower(), mailbox))

    def states(self) -> tuple[WatchState, ...]:
        """Return the state of each mailbox."""
        return self._poller.backoff.states()

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
                    await self._poll_all(whole=True)
                    await self._wait()
        finally:
            await self._listener.follow(())

    # -- inside

    def _note(self, mailbox: str, folder: str, *, delivered: bool) -> None:
        folder = INBOX if folder.upper() == INBOX else folder
        key = (mailbox.lower(), folder)
        # Mail in Junk, Sent, Trash or Drafts was judged already, or the owner wrote it.
        if not use_of(folder) and len(self._rung) < MAX_PENDING_RINGS:
            self._rung[key] = self._rung.get(key, False) or delivered
            self._bell.set()

    async def _wait(self) -> None:
        """Wait for the next poll; a mailbox that is enabled meanwhile is polled when it is."""
        time = asyncio.get_running_loop().time
        polled = time()
        while not self._stopping.is_set():
            await wait_interval(self._hurry, partial(self._rest, time() - polled))
            if not self._hurry.is_set():
                return
            self._hurry.clear()
            if not self._stopping.is_set():
                await self._poll_all(whole=False)

    def _rest(self, spent: float) -> float:
        return self._interval() - spent

    async def _poll_all(self, *, whole: bool) -> None:
        before = {} if whole else self._enabled
        try:
            mailboxes = await self._read_enabled()
            await self._listener.follow(mailboxes)
            mailboxes = [mailbox for mailbox in mailboxes if mailbox.lower() not in before]
            await self._poller.poll_all(mailboxes, also=lambda mailbox: self._rung_folders.get(mailbox, frozenset()))
        except StoreError as exc:
            _log.warning("poll_failed", code=exc.code, problem=exc.public_message)

    async def _read_enabled(self) -> Sequence[str]:
        mailboxes = await self._preferences.chosen_mailboxes()
        self._enabled = {mailbox.lower(): mailbox for mailbox in mailboxes}
        self._enabled_at = asyncio.get_running_loop().time()
        kept = frozenset(mailboxes)
        self._poller.keep_only(kept)
        self._rung_folders = {name: found for name, found in self._rung_folders.items() if name in kept}
        return mailboxes

    async def _answer(self, tasks: asyncio.TaskGroup) -> None:
        while not self._stopping.is_set():
            await self._bell.wait()
            self._bell.clear()
            for key in [key for key in self._rung if key not in self._polling]:
                self._polling.add(key)
                tasks.create_task(self._poll(*key, delivered=self._rung.pop(key)))

    async def _poll(self, rung: str, folder: str, *, delivered: bool) -> None:
        try:
            mailbox = await self._spelled(rung)
            if mailbox and self._poller.backoff.may_poll(mailbox, now=self._clock.now()):
                self._rung_folders[mailbox] = self._rung_folders.get(mailbox, frozenset()) | {folder}
                await self._poller.poll(mailbox, folder, rung=delivered)
        except StoreError as exc:
            _log.warning("doorbell_lost", mailbox=rung, folder=folder, code=exc.code, problem=exc.public_message)
        finally:
            self._polling.discard((rung, folder))
            # A ring that came meanwhile is answered now.
            self._bell.set()

    async def _spelled(self, mailbox: str) -> str:
        """Return the mailbox as its preferences spell it, empty when it is not enabled."""
        age = asyncio.get_running_loop().time() - self._enabled_at
        if mailbox not in self._enabled and age > _NOT_ENABLED_SECONDS:
            await self._read_enabled()
        return self._enabled.get(mailbox, "")
