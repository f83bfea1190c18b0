"""Queries of threads and their answers.

Every method raises StoreUnavailable when the database cannot be reached.
"""

from __future__ import annotations

from dataclasses import dataclass

from glassdome.values.thread import ThreadState
from glassdome.values.thread_mail import StoredThread

__all__ = ["ThreadPage", "ThreadQuery"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadQuery:
    """Filters of a list of threads; None or empty means any. `mailboxes` and `domains` restrict as in `AnalysisQuery`."""

    mailbox: str = ""
    mailboxes: tuple[str, ...] | None = None
    domains: tuple[str, ...] | None = None
    state: ThreadState | None = None
    limit: int = 50
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage:
    """One page, the thread with the newest mail first; `next_cursor` is empty on the last."""

    items: tuple[StoredThread, ...]
    next_cursor: str = ""
