"""Looks, now and then, at what owners did with their mail, so that the next verdict and the next training know."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError, StoreError
from glassdome.core.limits import MAX_POLL_CONCURRENCY
from glassdome.core.log import get_logger
from glassdome.pipeline.backoff import MailboxBackoff
from glassdome.pipeline.habits import Habits
from glassdome.pipeline.junk_feedback import JunkFeedback

if TYPE_CHECKING:
    from glassdome.store.preferences import PreferenceTable

__all__ = ["LEARNING_EVERY", "Learning"]

_log = get_logger(__name__)
#: Seconds between two rounds.
LEARNING_EVERY: Final = 60.0
#: Mailboxes of one round, so that a stop never waits long; where there are more, the next round goes on.
MAILBOXES: Final = 100
#: Flags are read a day after the mail, so that looking more often finds little.
HABITS_EVERY: Final = timedelta(hours=6)


@dataclass(kw_only=True)
class Learning:
    """Walks over the chosen mailboxes, and no others; several processes may, since nothing is counted twice.

    `book` says which mailboxes are left alone for now.
    """

    junk: JunkFeedback
    habits: Habits
    preferences: PreferenceTable
    book: MailboxBackoff
    clock: Clock
    mailboxes: int = MAILBOXES
    _last: str = ""
    _habits_at: dict[str, datetime] = field(default_factory=dict)

    async def look(self) -> None:
        """Look at the next mailboxes; raises StoreError only."""
        chosen = sorted(await self.preferences.chosen_mailboxes())
        self._habits_at = {name: at for name, at in self._habits_at.items() if name in set(chosen)}
        following = [name for name in chosen if name > self._last] or chosen
        round_ = following[: self.mailboxes]
        self._last = round_[-1] if round_ else ""
        places = asyncio.Semaphore(MAX_POLL_CONCURRENCY)
        await asyncio.gather(*(self._one(mailbox, places) for mailbox in round_))

    async def _one(self, mailbox: str, places: asyncio.Semaphore) -> None:
        async with places:
            now = self.clock.now()
            if not self.book.may_poll(mailbox, now=now):
                return
            try:
                await self.junk.look(mailbox)
                read_at = self._habits_at.get(mailbox)
                if read_at is None or now - read_at >= HABITS_EVERY:
                    await self.habits.look(mailbox)
                    self._habits_at[mailbox] = now
            except StoreError:
                raise
            except GlassdomeError as exc:
                # The sweep meets the same trouble, tells it loudly and decides when to try again.
                _log.info("learning_skipped", mailbox=mailbox, code=exc.code, problem=exc.sentence)
