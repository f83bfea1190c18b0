"""Follows the threads of all mailboxes that want it, round by round."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError, StoreError
from glassdome.core.limits import MAX_POLL_CONCURRENCY
from glassdome.core.log import get_logger
from glassdome.core.unexpected import wrap_unexpected
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.pipeline.threads.reading import ThreadReader
from glassdome.pipeline.threads.states import ThreadStates

if TYPE_CHECKING:
    from glassdome.store.threads import Threads

__all__ = ["THREADS_EVERY", "ThreadFollowing"]

_log = get_logger(__name__)
#: Seconds between two rounds: as long as an answer may take to end a mark.
THREADS_EVERY: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class ThreadFollowing:
    """Several processes may: nothing is stored or marked twice. `backoff` says which mailboxes are left alone for now."""

    threads: Threads
    reader: ThreadReader
    states: ThreadStates
    backoff: MailboxBackoff
    clock: Clock

    async def poll(self) -> None:
        """Read the folders, then compute the states that new mail or time may have changed; raises StoreError only."""
        places = asyncio.Semaphore(MAX_POLL_CONCURRENCY)
        await asyncio.gather(*(self._one(mailbox, places) for mailbox in await self.threads.mailboxes()))
        await self.states.settle()

    async def _one(self, mailbox: str, places: asyncio.Semaphore) -> None:
        async with places:
            if not self.backoff.may_poll(mailbox, now=self.clock.now()):
                return
            try:
                await wrap_unexpected("Reading threads", lambda: self.reader.poll(mailbox))
            except StoreError:
                raise
            except GlassdomeError as exc:
                # The poller meets the same problem, reports it loudly and decides when to try again.
                _log.info("threads_skipped", mailbox=mailbox, code=exc.code, problem=exc.public_message)
