"""Polls every enabled mailbox: the safety net behind doorbell and IDLE, which both may miss mail."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError, StoreError
from glassdome.core.limits import MAX_POLL_CONCURRENCY
from glassdome.core.log import get_logger
from glassdome.mailbox.arrivals import Arrivals
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.values.refs import INBOX
from glassdome.values.watch import PollReport

__all__ = ["Poller"]

_log = get_logger(__name__)


class Poller:
    """One STATUS per mailbox and folder where nothing is new; a bad mailbox never spoils the rest."""

    def __init__(
        self,
        arrivals: Arrivals,
        backoff: MailboxBackoff,
        *,
        clock: Clock,
        folders: Sequence[str] = (INBOX,),
        concurrency: int = MAX_POLL_CONCURRENCY,
    ) -> None:
        """Poll `folders` of each mailbox, with those that `also` names."""
        self._arrivals, self.backoff, self._clock = arrivals, backoff, clock
        self._folders, self._places = tuple(folders), asyncio.Semaphore(concurrency)

    async def poll_all(
        self, mailboxes: Sequence[str], *, also: Callable[[str], frozenset[str]] = lambda _: frozenset()
    ) -> PollReport:
        """Poll all of them once; `also` names further folders of a mailbox. Raises StoreError only."""
        start = time.monotonic()
        now = self._clock.now()
        due = [mailbox for mailbox in mailboxes if self.backoff.may_poll(mailbox, now=now)]
        results = await asyncio.gather(*(self._whole(mailbox, also(mailbox)) for mailbox in due))
        report = PollReport(
            polled=len(due),
            waiting=len(mailboxes) - len(due),
            failed=results.count(None),
            found=sum(found or 0 for found in results),
            seconds=time.monotonic() - start,
        )
        _log.debug("polled", mailboxes=report.polled, failed=report.failed, found=report.found, seconds=report.seconds)
        return report

    async def poll(self, mailbox: str, folder: str, *, rung: bool = False) -> int | None:
        """Poll one folder and write down how it went; None when it failed. Raises StoreError only."""
        async with self._places:
            try:
                found = await self._arrivals.poll(mailbox, folder, rung=rung)
            except StoreError:
                raise
            except GlassdomeError as exc:
                state = self.backoff.record_failure(mailbox, exc, now=self._clock.now())
                _log.warning(
                    "mailbox_failed", mailbox=mailbox, folder=folder, code=exc.code, problem=exc.public_message,
                    failures=state.failures, again_at=str(state.again_at),
                )  # fmt: skip
                return None
        self.backoff.record_success(mailbox, now=self._clock.now())
        return found

    def keep_only(self, mailboxes: frozenset[str]) -> None:
        """Forget mailboxes that are not enabled any more."""
        for mailbox in self.backoff.keep_only(mailboxes):
            self._arrivals.forget(mailbox)

    async def _whole(self, mailbox: str, also: frozenset[str]) -> int | None:
        total = 0
        for folder in (*self._folders, *sorted(also - set(self._folders))):
            found = await self.poll(mailbox, folder)
            if found is None:
                return None
            total += found
        return total
