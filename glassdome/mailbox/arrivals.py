"""Brings what arrived in a folder into the queue, by UID, whatever the reason to poll was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from glassdome.core.clock import Clock
from glassdome.core.limits import MAX_ENQUEUE_BATCH
from glassdome.core.log import get_logger
from glassdome.ports.mail import MailSource
from glassdome.values.job import NewJob
from glassdome.values.refs import Cursor, MessageRef, NewUids

if TYPE_CHECKING:
    from glassdome.store.cursors import Cursors
    from glassdome.store.queue import Queue

__all__ = ["Arrivals"]

_log = get_logger(__name__)
#: A folder that is rebuilt twice within this time is not kept well.
_OFTEN: Final = timedelta(days=1)


class Arrivals:
    """Compares a folder with its cursor. Safe to run at any time: a repeat finds nothing, a crash repeats."""

    def __init__(
        self,
        source: MailSource,
        queue: Queue,
        cursors: Cursors,
        *,
        clock: Clock,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`wake` is called after something was queued."""
        self._source, self._queue, self._cursors, self._clock, self._wake = source, queue, cursors, clock, wake
        # Another process may have moved a cursor since: then what it queued is found again, and known by its identity.
        self._known: dict[tuple[str, str], Cursor] = {}
        self._rebuilt: dict[tuple[str, str], datetime] = {}
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def poll(self, mailbox: str, folder: str, *, rung: bool = False) -> int:
        """Queue new mail and return how many messages that is.

        At first sight that is what arrived since the mailbox was enabled; with `rung` also the newest message, since
        somebody just told of a delivery. Raises as MailSource and Queue.
        """
        key = (mailbox, folder)
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            cursor = self._known.get(key) or await self._begun(mailbox, folder)
            found = await self._source.new_uids(mailbox, folder, cursor)
            if cursor.starts_at is not None and rung and found.cursor.last_uid > 0:
                found = replace(found, uids=tuple({*found.uids, found.cursor.last_uid}))
            if found.cursor != cursor:
                await self._store(mailbox, folder, found)
            self._known[key] = found.cursor
        if found.reset:
            self._tell_rebuilt(mailbox, folder, found)
        return len(found.uids)

    def forget(self, mailbox: str) -> None:
        """Forget a mailbox that is not enabled any more."""
        self._known = {key: cursor for key, cursor in self._known.items() if key[0] != mailbox}
        self._rebuilt = {key: at for key, at in self._rebuilt.items() if key[0] != mailbox}

    def _tell_rebuilt(self, mailbox: str, folder: str, found: NewUids) -> None:
        """Say that the folder was rebuilt; where it happens again and again, the server or its storage needs a look."""
        now, key = self._clock.now(), (mailbox, folder)
        again = (before := self._rebuilt.get(key)) is not None and now - before < _OFTEN
        self._rebuilt[key] = now
        _log.warning("folder_rebuilt", mailbox=mailbox, folder=folder, messages=len(found.uids))
        if again:
            fix = "look in the mail server's log why it gives the folder a new UIDVALIDITY each time"
            _log.warning("folder_rebuilt_again", mailbox=mailbox, folder=folder, since=str(before), fix=fix)

    async def _begun(self, mailbox: str, folder: str) -> Cursor:
        """Return the cursor; at first sight write down when that was, since the poll may fail for a while."""
        cursor = await self._cursors.get_cursor(mailbox, folder)
        if cursor is None:
            now = self._clock.now()
            # Servers date mail by whole seconds: mail of this second counts as older, except for announced mail.
            cursor = Cursor.starting(now + timedelta(seconds=1))
            await self._cursors.set_cursor(mailbox, folder, cursor, now=now)
        return cursor

    async def _store(self, mailbox: str, folder: str, found: NewUids) -> None:
        uids = iter(sorted(found.uids))
        validity = found.cursor.uid_validity
        while True:
            batch = list(islice(uids, MAX_ENQUEUE_BATCH))
            last = len(batch) < MAX_ENQUEUE_BATCH
            cursor = found.cursor if last else Cursor(uid_validity=validity, last_uid=batch[-1])
            refs = [MessageRef(mailbox=mailbox, folder=folder, uid_validity=validity, uid=uid) for uid in batch]
            added = await self._queue.arrived(
                [NewJob(ref=ref) for ref in refs], mailbox=mailbox, folder=folder, cursor=cursor, now=self._clock.now()
            )
            if added:
                self._wake()
            if last:
                return
