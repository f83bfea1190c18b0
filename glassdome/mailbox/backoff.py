"""Remembers how each mailbox fared and when it may be tried again."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from glassdome.core.errors import GlassdomeError, LoginRefused
from glassdome.values.watch import WatchHealth, WatchState

__all__ = ["Jitter", "MailboxBackoff", "pause_after"]

Jitter = Callable[[float, float], float]
#: Seconds before the next poll after an error, doubled each time up to the longest.
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 600.0
#: The same after a refused login: each try may bring the address closer to a ban.
FIRST_LOGIN_PAUSE: Final = 600.0
LONGEST_LOGIN_PAUSE: Final = 6 * 3600.0


def pause_after(error: GlassdomeError, failures: int, *, jitter: Jitter = random.uniform) -> timedelta:
    """Return how long to leave the mailbox alone after its `failures`-th error in a row."""
    refused = isinstance(error, LoginRefused)
    first, longest = (FIRST_LOGIN_PAUSE, LONGEST_LOGIN_PAUSE) if refused else (FIRST_PAUSE, LONGEST_PAUSE)
    return timedelta(seconds=min(longest, first * 2 ** min(failures - 1, 16)) * jitter(0.75, 1.25))


class MailboxBackoff:
    """One state per mailbox."""

    def __init__(self, *, jitter: Jitter = random.uniform) -> None:
        """`jitter` spreads the tries of many mailboxes after an outage."""
        self._jitter = jitter
        self._states: dict[str, WatchState] = {}

    def states(self) -> tuple[WatchState, ...]:
        """Return all states, by mailbox."""
        return tuple(self._states[mailbox] for mailbox in sorted(self._states))

    def again_at(self, mailbox: str) -> datetime | None:
        """Return until when the mailbox is left alone, None when it is not."""
        state = self._states.get(mailbox)
        return state.again_at if state else None

    def may_poll(self, mailbox: str, *, now: datetime) -> bool:
        """Return whether the mailbox may be tried now."""
        again_at = self.again_at(mailbox)
        return again_at is None or again_at <= now

    def record_success(self, mailbox: str, *, now: datetime) -> None:
        """Record a poll without error."""
        self._states[mailbox] = WatchState(mailbox=mailbox, health=WatchHealth.OK, polled_at=now)

    def recovered(self, mailbox: str, *, now: datetime) -> None:
        """Record that a mailbox that failed answers again."""
        if self.again_at(mailbox) is not None:
            self.record_success(mailbox, now=now)

    def record_failure(self, mailbox: str, error: GlassdomeError, *, now: datetime) -> WatchState:
        """Record an error and decide when to poll again."""
        before = self._states.get(mailbox)
        if before is not None and before.again_at is not None and before.again_at > now:
            return before
        failures = (before.failures if before else 0) + 1
        state = WatchState(
            mailbox=mailbox,
            health=WatchHealth.REFUSED if isinstance(error, LoginRefused) else WatchHealth.WAITING,
            polled_at=before.polled_at if before else None,
            failures=failures,
            again_at=now + pause_after(error, failures, jitter=self._jitter),
            code=error.code,
            sentence=error.public_message,
        )
        self._states[mailbox] = state
        return state

    def keep_only(self, mailboxes: frozenset[str]) -> frozenset[str]:
        """Forget mailboxes that are not chosen any more, and return which these were."""
        gone = frozenset(self._states) - mailboxes
        for mailbox in gone:
            del self._states[mailbox]
        return gone
