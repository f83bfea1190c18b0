"""The schema of what `values.as_json` writes, for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from glassdome.values.as_json import analysis_shape, depth_shape, job_shape, rfc3339
from glassdome.values.ask import AskKind, Identity
from glassdome.values.job import JobState

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
    """The place in the message that supports a finding, and the words there."""

    where: str
    quote: str


class ReasonShape(BaseModel):
    """A reason why a message looks like phishing."""

    signal: str
    why: str
    evidence: list[EvidenceShape]


class SensitiveShape(BaseModel):
    """The number of pieces of one kind of sensitive data; never the data."""

    type: str
    count: int


class ActionItemShape(BaseModel):
    """Something the mail asks its reader to do."""

    text: str
    due: str
    due_at: str | None = None
    evidence: EvidenceShape


class SignalShape(BaseModel):
    """A detector that found something, or that failed: unknown is told apart from clean."""

    name: str
    outcome: Literal["hit", "temp_error", "perm_error"]
    detail: str


class AttachedShape(BaseModel):
    """One attachment."""

    name: str
    type: str
    bytes: int
    read: Literal["yes", "encrypted", "damaged", "too_large", "unsupported"]


class AskShape(BaseModel):
    """Something that the mail asks for."""

    kind: AskKind
    identity: Identity
    quote: str
    where: str
    why: str


class UsageShape(BaseModel):
    """The cost of the opinion; tokens are the model server's own count."""

    calls: int
    repairs: int
    drafts: int
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
                "message_id": "a1@shop.example",
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
                "readable": "yes",
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
                "thread_id": "a1@shop.example",
                "action_items": [],
                "asks": [
                    {
                        "kind": "payment",
                        "identity": "contradicted",
                        "quote": "pay the fee of 1.99",
                        "where": "text",
                        "why": "Asks you to pay; it speaks for dhl, and was sent from parcel.example",
                    }
                ],
                "attachments": [
                    {"name": "invoice.pdf", "type": "application/pdf", "bytes": 48213, "read": "unsupported"}
                ],
                "signals": [{"name": "link_mismatch", "outcome": "hit", "detail": "parcel.example.net"}],
                "engine": "builtin",
                "model": "",
                "prompt_version": "",
                "degraded": False,
                "degraded_reason": "",
                "skipped": "",
                "usage": {"calls": 0, "repairs": 0, "drafts": 0, "tokens_in": 0, "tokens_out": 0, "seconds": 0.0},
                "processing_time": 0.004,
                "received_at": "2026-11-21T08:00:00Z",
                "analyzed_at": "2026-11-21T08:00:01Z",
                "correction": None,
            }
        }
    )

    mailbox: str
    email_id: str
    folder: str
    uid_validity: int
    message_id: Annotated[str, Field(description="Without angle brackets; empty where the mail has none")]
    subject: str
    header_from: str = Field(alias="from")
    date: str | None
    summary: str
    categories: list[str]
    tags: list[str]
    priority_score: int
    label: Annotated[
        Literal["ham", "spam", "phish", "unknown"],
        Field(description="`unknown`: fetched, but not judged; `readable` says why"),
    ]
    is_phishing: Annotated[bool | None, Field(description="null where the label is `unknown`")]
    phishing_score: Annotated[float | None, Field(description="0 to 1; null where the label is `unknown`")]
    readable: Annotated[
        Literal["yes", "encrypted", "damaged", "empty"],
        Field(description="`empty`: no words in subject, body or attachments, and no picture"),
    ]
    spam_score: float
    phishing_reasons: list[ReasonShape]
    sensitive_data: bool
    sensitive_types: list[SensitiveShape]
    auto_reply_suggestion: str | None
    language: str
    thread_id: Annotated[str, Field(description="message_id of the mail that began the thread")]
    action_items: list[ActionItemShape]
    attention: Annotated[
        Literal["now", "answer", "read", "skim"], Field(description="How the mail wants to be met, beside its priority")
    ] = "read"
    attention_reason: str = ""
    asks: Annotated[list[AskShape], Field(description="What the mail asks for, and whether the one who asks is proven")]
    attachments: Annotated[list[AttachedShape], Field(description="The first 50; `read` says how far it could be read")]
    signals: list[SignalShape]
    engine: str
    model: str
    prompt_version: str
    degraded: bool
    degraded_reason: str
    skipped: str
    usage: UsageShape
    processing_time: float
    received_at: Annotated[str, Field(description="When it arrived, by the last server's Received field")]
    analyzed_at: str
    correction: Annotated[
        Literal["ham", "spam", "phish"] | None, Field(description="What a person said that the message is")
    ]


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
