"""Looks at every chosen mailbox: the safety net behind doorbell and IDLE, which both may miss mail."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError, StoreError
from glassdome.core.limits import MAX_POLL_CONCURRENCY
from glassdome.core.log import get_logger
from glassdome.pipeline.arrivals import Arrivals
from glassdome.pipeline.backoff import MailboxBackoff
from glassdome.values.refs import INBOX
from glassdome.values.watch import PollReport

__all__ = ["Sweep"]

_log = get_logger(__name__)


class Sweep:
    """One STATUS per mailbox and folder where nothing is new; a bad mailbox never spoils the rest."""

    def __init__(
        self,
        arrivals: Arrivals,
        book: MailboxBackoff,
        *,
        clock: Clock,
        folders: Sequence[str] = (INBOX,),
        concurrency: int = MAX_POLL_CONCURRENCY,
    ) -> None:
        """`folders` are looked at in each mailbox, with those that `also` names."""
        self._arrivals, self._book, self._clock = arrivals, book, clock
        self._folders, self._places = tuple(folders), asyncio.Semaphore(concurrency)

    async def over(
        self, mailboxes: Sequence[str], *, also: Callable[[str], frozenset[str]] = lambda _: frozenset()
    ) -> PollReport:
        """Look at all of them once; `also` names further folders of a mailbox. Raises StoreError only."""
        start = time.monotonic()
        now = self._clock.now()
        due = [mailbox for mailbox in mailboxes if self._book.may_poll(mailbox, now=now)]
        results = await asyncio.gather(*(self._whole(mailbox, also(mailbox)) for mailbox in due))
        report = PollReport(
            looked=len(due),
            waiting=len(mailboxes) - len(due),
            failed=results.count(None),
            found=sum(found or 0 for found in results),
            seconds=time.monotonic() - start,
        )
        _log.debug("swept", looked=report.looked, failed=report.failed, found=report.found, seconds=report.seconds)
        return report

    async def one(self, mailbox: str, folder: str, *, rung: bool = False) -> int | None:
        """Look at one folder and write down how it went; None when it failed. Raises StoreError only."""
        async with self._places:
            try:
                found = await self._arrivals.look(mailbox, folder, rung=rung)
            except StoreError:
                raise
            except GlassdomeError as exc:
                state = self._book.failed(mailbox, exc, now=self._clock.now())
                _log.warning(
                    "mailbox_failed", mailbox=mailbox, folder=folder, code=exc.code, problem=exc.sentence,
                    failures=state.failures, again_at=str(state.again_at),
                )  # fmt: skip
                return None
        self._book.record_success(mailbox, now=self._clock.now())
        return found

    def keep_only(self, mailboxes: frozenset[str]) -> None:
        """Forget mailboxes that are not chosen any more."""
        for mailbox in self._book.keep_only(mailboxes):
            self._arrivals.forget(mailbox)

    async def _whole(self, mailbox: str, also: frozenset[str]) -> int | None:
        total = 0
        for folder in (*self._folders, *sorted(also - set(self._folders))):
            found = await self.one(mailbox, folder)
            if found is None:
                return None
            total += found
        return total
