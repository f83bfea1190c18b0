"""The durable truth: queue, analyses, cursors, preferences, settings, history.

Every method raises StoreUnavailable when the database cannot be reached.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from glassdome.ports.model import Engine
from glassdome.values.action import Action
from glassdome.values.analysis import Analysis
from glassdome.values.context import Habit, SenderHistory
from glassdome.values.feedback import Feedback
from glassdome.values.job import Job, JobReason, JobState, NewJob, QueueDepth
from glassdome.values.message import Message
from glassdome.values.preferences import EngineAccess, Preferences
from glassdome.values.refs import Cursor, MessageRef

__all__ = [
    "AnalysisQuery",
    "AnalysisStore",
    "ConfigStore",
    "CursorStore",
    "Documents",
    "HistoryStore",
    "JobQueue",
    "Outdated",
    "OutdatedStore",
    "Overview",
    "Page",
    "PreferenceStore",
    "QueuePage",
    "Sort",
    "Statistics",
]

#: What a list is ordered by, the highest first: when it was judged or received, its priority, its phishing score.
Sort = Literal["judged", "received", "priority", "phishing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """The queue's depth and one page of jobs as JSON texts, each an object as of `values.as_json.job_shape`.

    `next_after_id` begins the next page, None on the last.
    """

    depth: QueueDepth
    jobs: tuple[str, ...]
    next_after_id: int | None = None


class JobQueue(Protocol):
    """The queue; a job is unique by its MessageRef."""

    async def enqueue(self, jobs: Sequence[NewJob], *, now: datetime) -> int:
        """Add jobs in one transaction and return how many are new; a known ref is left as it is unless `force`.

        With `force` a known job that is not leased returns to pending with the new reason and priority. Without, a job
        that waits takes the more urgent priority and runs at once.
        """
        ...

    async def pulse(self, *, now: datetime) -> None:
        """Write something that means nothing; raises StoreUnavailable where nothing can be written."""
        ...

    async def arrived(self, jobs: Sequence[NewJob], *, mailbox: str, folder: str, cursor: Cursor, now: datetime) -> int:
        """Enqueue and move the folder's cursor in one transaction, so that a crash repeats and never loses."""
        ...

    async def claim(
        self, owner: str, *, limit: int, lease: timedelta, now: datetime, idle: bool = True
    ) -> tuple[Job, ...]:
        """Lease up to `limit` jobs that may run now, fair between mailboxes; each attempt is counted here.

        One that is suspected of ending workers is leased alone, and only to a worker that is `idle`.
        """
        ...

    async def renew(self, jobs: Sequence[Job], *, lease: timedelta, now: datetime) -> frozenset[int]:
        """Extend leases; return the ids still ours (a lost lease means: stop and drop the result)."""
        ...

    async def complete(
        self,
        job: Job,
        analysis: Analysis,
        *,
        actions: Sequence[Action],
        now: datetime,
        again_at: datetime | None = None,
        again: JobReason = JobReason.UPGRADE,
        history: Message | None = None,
        instead_of: MessageRef | None = None,
    ) -> bool:
        """Store analysis, planned actions, sender history and the job's end in one transaction, fenced by the token.

        `instead_of` is the same message under a name that is void: what is known of it goes over, and its analysis ends.
        With `again_at` the job returns to pending with the reason `again`: upgrade after a degraded verdict, or draft.
        False: the lease was lost, and nothing was stored.
        """
        ...

    async def retry_later(
        self, job: Job, *, code: str, sentence: str, not_before: datetime, now: datetime, counted: bool = True
    ) -> bool:
        """Put the job back with its reason; False when the lease was lost.

        Without `counted` the attempt is forgotten: a server was away, the message is not to blame.
        """
        ...

    async def fail(self, job: Job, *, code: str, sentence: str, now: datetime) -> bool:
        """End the job as failed with its reason; False when the lease was lost."""
        ...

    async def cancel(self, job: Job, *, code: str, sentence: str, now: datetime) -> bool:
        """End a leased job as cancelled: its message is gone; False when the lease was lost."""
        ...

    async def release(self, jobs: Sequence[Job], *, now: datetime) -> None:
        """Give unstarted jobs back without counting the attempt (graceful drain)."""
        ...

    async def get(self, ref: MessageRef) -> Job | None:
        """Return the job of one message."""
        ...

    async def jobs(
        self,
        *,
        state: JobState | None = None,
        mailbox: str = "",
        limit: int = 100,
        after_id: int = 0,
        ids: Sequence[int] | None = None,
        mailboxes: Sequence[str] | None = None,
        domains: Sequence[str] | None = None,
    ) -> tuple[Job, ...]:
        """List jobs by id; `ids` keeps only those, `mailboxes` and `domains` restrict as in `AnalysisQuery`."""
        ...

    async def page(
        self,
        *,
        now: datetime,
        state: JobState | None = None,
        mailbox: str = "",
        limit: int = 100,
        after_id: int = 0,
        mailboxes: Sequence[str] | None = None,
        domains: Sequence[str] | None = None,
    ) -> QueuePage:
        """Return `depth` and `jobs` of one moment."""
        ...

    async def set_state(self, ids: Sequence[int], *, state: JobState, now: datetime) -> int:
        """Retry (failed or cancelled -> pending) or cancel (pending or failed -> cancelled); return how many moved."""
        ...

    async def forget_ended(self, *, before: datetime) -> int:
        """Remove jobs that failed or were cancelled before then, and return how many."""
        ...

    async def depth(
        self, *, now: datetime, mailboxes: Sequence[str] | None = None, domains: Sequence[str] | None = None
    ) -> QueueDepth:
        """Count jobs by state, those done as messages with an analysis, even if they wait for another.

        `mailboxes` and `domains` restrict as in `AnalysisQuery`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisQuery:
    """Filters of a list; None or empty means any.

    `mailboxes` and `domains` restrict to what a key may see: a mailbox passes when it is in one of them; both None
    restrict nothing. `ref` is one message, `uid` with `mailbox` and `folder` too, under the newest UIDVALIDITY known.
    `without` are mailboxes that are left out. `person` is an address: every mail whose From it is, in any mailbox. Each word of `text` must begin a word of subject, sender or summary; case and accents do not matter.
    """

    ref: MessageRef | None = None
    uid: int | None = None
    message_id: str = ""
    person: str = ""
    mailbox: str = ""
    mailboxes: tuple[str, ...] | None = None
    domains: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    folder: str = ""
    is_phishing: bool | None = None
    category: str = ""
    min_priority: int | None = None
    degraded: bool | None = None
    sensitive: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    sort: Sort = "judged"
    limit: int = 50
    offset: int = 0
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, in the order of the query; `next_cursor` is empty on the last. Only that one may tell that nothing was found."""

    items: tuple[Analysis, ...]
    next_cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """One page as JSON texts, each what `values.as_json.analysis_json` makes of its analysis."""

    items: tuple[str, ...]
    next_cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Totals over the analyses a key may see; times are seconds; `corrected` is how many people call what."""

    total: int = 0
    phishing: int = 0
    spam: int = 0
    unknown: int = 0
    sensitive: int = 0
    degraded: int = 0
    average_seconds: float = 0.0
    p50_seconds: float = 0.0
    p95_seconds: float = 0.0
    per_model: Mapping[str, int] | None = None
    per_category: Mapping[str, int] | None = None
    per_day: Mapping[str, int] | None = None
    corrected: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Totals, queue and the newest analyses of one moment."""

    statistics: Statistics
    depth: QueueDepth
    newest: Documents


class AnalysisStore(Protocol):
    """The analyses: one row per message."""

    async def get(self, ref: MessageRef) -> Analysis | None:
        """Return one message's analysis."""
        ...

    async def find(self, mailbox: str, folder: str, uid: int) -> Analysis | None:
        """Return the analysis of that UID under the newest UIDVALIDITY known."""
        ...

    async def by_message_id(self, mailbox: str, message_id: str) -> Analysis | None:
        """Return the newest analysis of that Message-ID in the mailbox."""
        ...

    async def by_content(self, content_hash: str, *, engine: str, model: str, prompt_version: str) -> Analysis | None:
        """Return a non-degraded analysis of the same content by the same model and prompt, for the repeat policy."""
        ...

    async def list(self, query: AnalysisQuery) -> Page:
        """Return one page; raises InvalidQuery for a cursor that is not ours, and for a text without any word."""
        ...

    async def documents(self, query: AnalysisQuery) -> Documents:
        """Return the same page as JSON texts, which costs a fraction; raises as `list`."""
        ...

    async def delete(self, query: AnalysisQuery) -> int:
        """Erase what matches (analyses, jobs, actions, history) and return how many analyses went."""
        ...

    async def statistics(self, query: AnalysisQuery) -> Statistics:
        """Sum up what matches."""
        ...

    async def overview(self, query: AnalysisQuery, *, now: datetime) -> Overview:
        """Return `statistics` and `documents` of the query, and the queue's depth within its restrictions."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """Messages whose analysis another model or prompt made; `reached` is the row looked at last, 0 at the end."""

    refs: tuple[MessageRef, ...] = ()
    reached: int = 0


class OutdatedStore(Protocol):
    """Analyses that a present engine would make anew."""

    async def outdated(self, engine: Engine, *, before_id: int | None, limit: int, look_at: int) -> Outdated:
        """Look at up to `look_at` rows below `before_id`, newest first, and return at most `limit` outdated ones.

        What a policy kept from the model, and degraded verdicts, which are revisited anyway, are not among them.
        """
        ...


class CursorStore(Protocol):
    """How far each folder was read."""

    async def get_cursor(self, mailbox: str, folder: str) -> Cursor | None:
        """Return the cursor, None at first sight."""
        ...

    async def set_cursor(self, mailbox: str, folder: str, cursor: Cursor, *, now: datetime) -> None:
        """Store the cursor."""
        ...

    async def begin_turn(self, name: str, *, lasting: timedelta, now: datetime) -> datetime:
        """Take so much time of something that all processes share, if it is free, and return `now`; else when it will be."""
        ...

    async def shorten_turn(self, name: str, *, unused: timedelta, now: datetime) -> None:
        """Give back what was taken and not needed."""
        ...


class PreferenceStore(Protocol):
    """What the owners want."""

    async def get_preferences(self, username: str) -> Preferences:
        """Return the mailbox's preferences, or the defaults (`chosen=False`)."""
        ...

    async def set_preferences(self, preferences: Preferences, *, now: datetime) -> None:
        """Store them."""
        ...

    async def chosen_mailboxes(self) -> tuple[str, ...]:
        """Return the mailboxes whose analysis was chosen and is switched on."""
        ...

    async def mailboxes_with(self, access: Collection[EngineAccess]) -> tuple[str, ...]:
        """Return the mailboxes whose owners let a model see that much of their mail."""
        ...


class ConfigStore(Protocol):
    """The `llm_config` table."""

    async def read_config(self) -> Mapping[str, str]:
        """Return key -> value."""
        ...

    async def write_config(self, changes: Mapping[str, str | None], *, now: datetime) -> None:
        """Set values; None removes one."""
        ...


class HistoryStore(Protocol):
    """What a mailbox knows of its correspondents."""

    async def sender_history(self, mailbox: str, addr: str) -> SenderHistory:
        """Return what was seen of one address."""
        ...

    async def contacts(self, mailbox: str, *, limit: int = 1000) -> frozenset[str]:
        """Return the addresses this mailbox corresponds with, most frequent first within the limit."""
        ...

    async def record_feedback(self, feedback: Feedback, *, now: datetime) -> None:
        """Store a person's correction (one per message, the last one counts) and teach the sender's history."""
        ...

    async def observed(
        self,
        mailbox: str,
        habits: Mapping[str, Habit],
        *,
        key: str,
        before: Cursor | None,
        after: Cursor,
        now: datetime,
    ) -> bool:
        """Add what the owner did to the history of those addresses, and move the cursor `key` from `before` to `after`.

        One transaction. False, with nothing stored, where the cursor is not at `before` any more: another counted it.
        """
        ...

    async def audit(self, *, actor: str, action: str, subject: str, facts: Mapping[str, Any], now: datetime) -> None:
        """Record an administrative write."""
        ...
