"""The state of watching one mailbox, for `/health` and for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["BackfillProgress", "PollReport", "WatchHealth", "WatchState"]


class WatchHealth(StrEnum):
    """`refused`: the login is refused, a person must act; `waiting`: it failed and is tried again soon."""

    OK = "ok"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """One mailbox. `code` and `sentence` are the last error's; `failures` counts those in a row."""

    mailbox: str
    health: WatchHealth
    polled_at: datetime | None = None
    failures: int = 0
    again_at: datetime | None = None
    code: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """One poll of many mailboxes: how many were polled, left out because they wait, failed; messages found new; seconds."""

    polled: int = 0
    waiting: int = 0
    failed: int = 0
    found: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillProgress:
    """The progress of a backfill, from the UID `top` down: everything above `reached` is in the queue.

    `found` counts the messages seen in this run, `added` those of them that were not queued before. `next_at` is when
    the hourly limit lets it go on.
    """

    mailbox: str
    folder: str
    top: int
    reached: int
    found: int = 0
    added: int = 0
    next_at: datetime | None = None

    @property
    def done(self) -> bool:
        """The first message was reached."""
        return self.reached <= 0

    @property
    def fraction(self) -> float:
        """The share of UIDs gone through, 0 to 1."""
        return 1.0 if self.top <= 0 else 1.0 - max(0, self.reached) / self.top
