"""A job: one message that wants its analysis, and where it stands in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

from glassdome.values.refs import MessageRef

__all__ = ["NO_TRIES", "WORKER_ENDED", "Job", "JobReason", "JobState", "ModelTries", "NewJob", "Priority", "QueueDepth"]


class JobState(StrEnum):
    """pending -> leased -> done | failed; cancelled (discarded) from pending or failed; retry: failed -> pending."""

    PENDING = "pending"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: The error code of a job whose lease ran out: its worker ended, or hung.
WORKER_ENDED: Final = "worker_ended"


class JobReason(StrEnum):
    """The reason for an analysis; `draft` adds a reply draft to an analysis that exists."""

    NEW = "new"
    ASKED = "asked"
    BACKFILL = "backfill"
    UPGRADE = "upgrade"
    DRAFT = "draft"


class Priority(IntEnum):
    """Lower runs first: a waiting person, new mail, reply drafts, the model's second look, old mail."""

    ASKED = 0
    NEW = 10
    DRAFT = 15
    UPGRADE = 20
    BACKFILL = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTries:
    """The number of times that a model was shown one mail in vain: it took too long, or broke."""

    model: str = ""
    number: int = 0


NO_TRIES: Final = ModelTries()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to enqueue; `force` analyses again what already has an analysis."""

    ref: MessageRef
    reason: JobReason = JobReason.NEW
    priority: Priority = Priority.NEW
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stands in `llm_processing_queue`; `lease_token` fences its completion."""

    id: int
    ref: MessageRef
    state: JobState
    reason: JobReason
    priority: int
    force: bool
    attempts: int
    not_before: datetime
    enqueued_at: datetime
    updated_at: datetime
    lease_owner: str = ""
    lease_token: str = ""
    lease_until: datetime | None = None
    error_code: str = ""
    error: str = ""
    tried_model: str = ""
    model_tries: int = 0

    @property
    def is_suspected(self) -> bool:
        """Return whether its worker ended more than once while it was tried; it is then tried alone, to spare its
        neighbours.
        """
        begun_before = self.attempts - (self.state is JobState.LEASED)
        return self.error_code == WORKER_ENDED and begun_before >= 2


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """The number of jobs in each state, and the age in seconds of the oldest that may run now.

    `done` counts the messages that have an analysis, also those that wait for another one.
    """

    pending: int = 0
    leased: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    oldest_seconds: float = 0.0
