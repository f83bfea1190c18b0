"""A job and the depth of the queue as JSON: their schemas for OpenAPI, and the writer of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from glassdome.shapes.instants import rfc3339
from glassdome.values.job import Job, JobState

__all__ = ["JOB_COLUMNS", "DepthShape", "JobShape", "job_shape"]

#: The column behind each field of `job_shape`: with these names the store makes whole pages of jobs in the database.
JOB_COLUMNS: Final[Mapping[str, str]] = {
    "id": "id",
    "mailbox": "mailbox",
    "email_id": "uid_text",
    **{name: name for name in ("folder", "uid_validity", "state", "reason", "priority", "attempts", "not_before")},
    **{name: name for name in ("enqueued_at", "updated_at", "lease_owner", "error_code", "error")},
}


class JobShape(BaseModel):
    """One job of the queue."""

    id: int
    mailbox: str
    email_id: str
    folder: str
    uid_validity: int
    state: JobState
    reason: str
    priority: int
    attempts: int
    not_before: str
    enqueued_at: str
    updated_at: str
    lease_owner: str
    error_code: str
    error: str


class DepthShape(BaseModel):
    """The number of jobs in each state; `oldest_seconds` is the wait of the oldest one that may run."""

    pending: int
    leased: int
    done: int
    failed: int
    cancelled: int
    oldest_seconds: float


def job_shape(job: Job) -> dict[str, Any]:
    """Return the JSON object of a job; the lease token stays inside."""
    return {
        "id": job.id,
        "mailbox": job.ref.mailbox,
        "email_id": str(job.ref.uid),
        "folder": job.ref.folder,
        "uid_validity": job.ref.uid_validity,
        "state": str(job.state),
        "reason": str(job.reason),
        "priority": int(job.priority),
        "attempts": job.attempts,
        "not_before": rfc3339(job.not_before),
        "enqueued_at": rfc3339(job.enqueued_at),
        "updated_at": rfc3339(job.updated_at),
        "lease_owner": job.lease_owner,
        "error_code": job.error_code,
        "error": job.error,
    }
