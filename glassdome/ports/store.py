"""Queries of the store and their answers, and the table of settings.

Every method raises StoreUnavailable when the database cannot be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from glassdome.values.analysis import Analysis
from glassdome.values.job import QueueDepth
from glassdome.values.refs import MessageRef

__all__ = [
    "AnalysisQuery",
    "ConfigStore",
    "Documents",
    "Outdated",
    "Overview",
    "Page",
    "QueuePage",
    "Rendering",
    "Sort",
    "Statistics",
]

#: What a list is ordered by, the highest first: when it was judged or received, its priority, its phishing score.
Sort = Literal["judged", "received", "priority", "phishing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """Makes the texts that the store keeps with its rows and hands out in pages; it knows nothing of their content.

    `analysis` writes the text of an analysis, `corrected` puts a person's label into such a text. A stored text of another
    `version` is written again when it is read. `job` names, for each field of a job's JSON text, a column of the queue, or
    `uid_text` for the UID as a string: the database itself makes the texts of a page.
    """

    version: int
    analysis: Callable[[Analysis], str]
    corrected: Callable[[str, str], str]
    job: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """The queue's depth and one page of jobs as JSON texts, each with the fields of `Rendering.job`.

    `next_after_id` begins the next page, None on the last.
    """

    depth: QueueDepth
    jobs: tuple[str, ...]
    next_after_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisQuery:
    """Filters of a list; None or empty means any.

    `mailboxes` and `domains` restrict to what a key may see: a mailbox passes when it is in one of them; both None
    restrict nothing. `ref` is one message, `uid` with `mailbox` and `folder` too, under the newest UIDVALIDITY known.
    `done` means marked so by the owner. `without` are mailboxes that are left out. `person` is an address: every mail whose From it is, in any mailbox. Each word of `text` must begin a word of subject, sender or summary; case and accents do not matter.
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
    attention: str = ""
    label: str = ""
    done: bool | None = None
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
    """One page of texts, each what `Rendering.analysis` writes of its analysis, with the correction where there is one."""

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
    per_model: Mapping[str, int] = field(default_factory=dict)
    per_category: Mapping[str, int] = field(default_factory=dict)
    per_day: Mapping[str, int] = field(default_factory=dict)
    corrected: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Totals, queue and the newest analyses of one moment."""

    statistics: Statistics
    depth: QueueDepth
    newest: Documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """Messages whose analysis another model or prompt made; `reached` is the last row that was read, 0 at the end."""

    refs: tuple[MessageRef, ...] = ()
    reached: int = 0


class ConfigStore(Protocol):
    """The `llm_config` table."""

    async def read_config(self) -> Mapping[str, str]:
        """Return key -> value."""
        ...

    async def write_config(self, changes: Mapping[str, str | None], *, now: datetime) -> None:
        """Set values; None removes one."""
        ...
