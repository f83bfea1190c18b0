"""Polls, now and then, what owners did with their mail, so that the next verdict and the next training know."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError, StoreError
from glassdome.core.limits import MAX_POLL_CONCURRENCY
from glassdome.core.log import get_logger
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.pipeline.habits import Habits
from glassdome.pipeline.junk_feedback import JunkFeedback

if TYPE_CHECKING:
    from glassdome.store.preferences import PreferenceTable

__all__ = ["LEARNING_EVERY", "Learning"]

_log = get_logger(__name__)
#: Seconds between two polls.
LEARNING_EVERY: Final = 60.0
#: Mailboxes of one poll, so that a stop never waits long; where there are more, the next poll goes on.
MAILBOXES: Final = 100
#: Flags are read a day after the mail, so that polling more often finds little.
HABITS_EVERY: Final = timedelta(hours=6)


@dataclass(kw_only=True)
class Learning:
    """Walks over the chosen mailboxes, and no others; several processes may, since nothing is counted twice.

    `backoff` says which mailboxes are left alone for now.
    """

    junk: JunkFeedback
    habits: Habits
    preferences: PreferenceTable
    backoff: MailboxBackoff
    clock: Clock
    mailboxes: int = MAILBOXES
    _last: str = ""
    _habits_at: dict[str, datetime] = field(default_factory=dict)

    async def poll(self) -> None:
        """Poll the next mailboxes; raises StoreError only."""
        chosen = sorted(await self.preferences.chosen_mailboxes())
        self._habits_at = {name: at for name, at in self._habits_at.items() if name in set(chosen)}
        following = [name for name in chosen if name > self._last] or chosen
        polled = following[: self.mailboxes]
        self._last = polled[-1] if polled else ""
        places = asyncio.Semaphore(MAX_POLL_CONCURRENCY)
        await asyncio.gather(*(self._one(mailbox, places) for mailbox in polled))

    async def _one(self, mailbox: str, places: asyncio.Semaphore) -> None:
        async with places:
            now = self.clock.now()
            if not self.backoff.may_poll(mailbox, now=now):
                return
            try:
                await self.junk.poll(mailbox)
                read_at = self._habits_at.get(mailbox)
                if read_at is None or now - read_at >= HABITS_EVERY:
                    await self.habits.poll(mailbox)
                    self._habits_at[mailbox] = now
            except StoreError:
                raise
            except GlassdomeError as exc:
                # The poller meets the same problem, reports it loudly and decides when to try again.
                _log.info("learning_skipped", mailbox=mailbox, code=exc.code, problem=exc.public_message)
