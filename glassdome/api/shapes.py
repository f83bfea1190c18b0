"""The JSON of an analysis and of a job: written once, documented once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from glassdome.values.analysis import Analysis
from glassdome.values.job import Job, JobState, QueueDepth
from glassdome.values.opinion import ActionItem, Reason
from glassdome.values.signal import Evidence, Outcome, SensitiveFinding

__all__ = [
    "AnalysisShape",
    "DepthShape",
    "JobShape",
    "analysis_shape",
    "depth_shape",
    "job_shape",
    "rfc3339",
]


class EvidenceShape(BaseModel):
    """Where in the message something rests, and the words there."""

    where: str
    quote: str


class ReasonShape(BaseModel):
    """Why a message looks like phishing."""

    signal: str
    why: str
    evidence: list[EvidenceShape]


class SensitiveShape(BaseModel):
    """How many pieces of one kind of sensitive data there are; never the data."""

    type: str
    count: int


class ActionItemShape(BaseModel):
    """What the mail asks its reader to do."""

    text: str
    due: str
    evidence: EvidenceShape


class SignalShape(BaseModel):
    """A detector that found something, or that failed: unknown is told apart from clean."""

    name: str
    outcome: Literal["hit", "temp_error", "perm_error"]
    detail: str


class UsageShape(BaseModel):
    """What the opinion cost; tokens are the model server's own count."""

    calls: int
    repairs: int
    tokens_in: int
    tokens_out: int
    seconds: float


class AnalysisShape(BaseModel):
    """One message's analysis."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "mailbox": "user@domain.com",
                "email_id": "12345",
                "folder": "INBOX",
                "uid_validity": 1795216601,
                "message_id": "<a1@shop.example>",
                "subject": "Your parcel is waiting",
                "from": "Parcel Service <notice@parcel.example>",
                "date": "2026-11-21T08:00:00Z",
                "summary": "Asks for a fee of 1.99 before a parcel is delivered.",
                "categories": ["shipping"],
                "tags": ["fee"],
                "priority_score": 3,
                "label": "phish",
                "is_phishing": True,
                "phishing_score": 0.97,
                "spam_score": 0.4,
                "phishing_reasons": [
                    {
                        "signal": "link_mismatch",
                        "why": "The link shows one site and leads to another.",
                        "evidence": [{"where": "link:0", "quote": "https://parcel.example.net"}],
                    }
                ],
                "sensitive_data": False,
                "sensitive_types": [],
                "auto_reply_suggestion": None,
                "language": "en",
                "thread_id": "<a1@shop.example>",
                "action_items": [],
                "signals": [{"name": "link_mismatch", "outcome": "hit", "detail": "parcel.example.net"}],
                "engine": "builtin",
                "model": "",
                "prompt_version": "",
                "degraded": False,
                "degraded_reason": "",
                "skipped": "",
                "usage": {"calls": 0, "repairs": 0, "tokens_in": 0, "tokens_out": 0, "seconds": 0.0},
                "processing_time": 0.004,
                "analyzed_at": "2026-11-21T08:00:01Z",
            }
        }
    )

    mailbox: str
    email_id: str
    folder: str
    uid_validity: int
    message_id: str
    subject: str
    header_from: str = Field(alias="from")
    date: str | None
    summary: str
    categories: list[str]
    tags: list[str]
    priority_score: int
    label: Literal["ham", "spam", "phish"]
    is_phishing: bool
    phishing_score: float
    spam_score: float
    phishing_reasons: list[ReasonShape]
    sensitive_data: bool
    sensitive_types: list[SensitiveShape]
    auto_reply_suggestion: str | None
    language: str
    thread_id: str
    action_items: list[ActionItemShape]
    signals: list[SignalShape]
    engine: str
    model: str
    prompt_version: str
    degraded: bool
    degraded_reason: str
    skipped: str
    usage: UsageShape
    processing_time: float
    analyzed_at: str


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
    """How many jobs are in each state; seconds that the oldest one which may run has waited."""

    pending: int
    leased: int
    done: int
    failed: int
    cancelled: int
    oldest_seconds: float


def rfc3339(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def analysis_shape(analysis: Analysis) -> dict[str, Any]:
    """Return the JSON object of an analysis."""
    ref, verdict, usage = analysis.ref, analysis.verdict, analysis.verdict.usage
    return {
        "mailbox": ref.mailbox,
        "email_id": str(ref.uid),
        "folder": ref.folder,
        "uid_validity": ref.uid_validity,
        "message_id": analysis.message_id,
        "subject": analysis.subject,
        "from": str(analysis.header_from),
        "date": rfc3339(analysis.date) if analysis.date else None,
        "summary": verdict.summary,
        "categories": list(verdict.categories),
        "tags": list(verdict.tags),
        "priority_score": verdict.priority_score,
        "label": str(verdict.label),
        "is_phishing": verdict.is_phishing,
        "phishing_score": verdict.phishing_score,
        "spam_score": verdict.spam_score,
        "phishing_reasons": [_reason(item) for item in verdict.phishing_reasons],
        "sensitive_data": verdict.sensitive_data,
        "sensitive_types": _counted(verdict.sensitive),
        "auto_reply_suggestion": verdict.auto_reply_suggestion,
        "language": verdict.language,
        "thread_id": analysis.thread_id,
        "action_items": [_action_item(item) for item in verdict.action_items],
        "signals": [
            {"name": s.name, "outcome": str(s.outcome), "detail": s.detail}
            for s in analysis.signals
            if s.outcome in (Outcome.HIT, Outcome.TEMP_ERROR, Outcome.PERM_ERROR)
        ],
        "engine": verdict.engine,
        "model": verdict.model,
        "prompt_version": verdict.prompt_version,
        "degraded": verdict.degraded,
        "degraded_reason": verdict.degraded_reason,
        "skipped": verdict.skipped,
        "usage": {
            "calls": usage.calls,
            "repairs": usage.repairs,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "seconds": usage.seconds,
        },
        "processing_time": analysis.processing_time,
        "analyzed_at": rfc3339(analysis.analyzed_at),
    }


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


def depth_shape(depth: QueueDepth) -> dict[str, Any]:
    """Return the JSON object of the queue's depth."""
    return {
        "pending": depth.pending,
        "leased": depth.leased,
        "done": depth.done,
        "failed": depth.failed,
        "cancelled": depth.cancelled,
        "oldest_seconds": depth.oldest_seconds,
    }


def _evidence(item: Evidence) -> dict[str, str]:
    return {"where": item.where, "quote": item.quote}


def _reason(item: Reason) -> dict[str, Any]:
    return {"signal": item.signal, "why": item.why, "evidence": [_evidence(e) for e in item.evidence]}


def _action_item(item: ActionItem) -> dict[str, Any]:
    return {"text": item.text, "due": item.due, "evidence": _evidence(item.evidence)}


def _counted(findings: tuple[SensitiveFinding, ...]) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.type] = counts.get(finding.type, 0) + 1
    return [{"type": kind, "count": count} for kind, count in counts.items()]
