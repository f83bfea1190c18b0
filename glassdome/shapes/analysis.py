"""An analysis as JSON: its schema for OpenAPI, and the writer."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from glassdome.shapes.examples import example
from glassdome.shapes.instants import rfc3339
from glassdome.values.analysis import Analysis, AttachedFile
from glassdome.values.ask import Ask, AskKind, Identity
from glassdome.values.fact import Fact, FactType
from glassdome.values.opinion import ActionItem, Reason
from glassdome.values.signal import Evidence, SensitiveFinding

__all__ = ["AnalysisShape", "SensitiveShape", "analysis_json", "analysis_shape", "corrected_json"]

_UNCORRECTED: Final = ',"correction":null}'


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
    summary: str = ""


class FactShape(BaseModel):
    """A typed value, with the words that it was read from."""

    type: FactType
    value: Annotated[
        str,
        Field(description="ISO 8601 dates, amounts as `842.50 EUR`, IBANs without spaces"),
    ]
    where: Annotated[str, Field(description="`body`, `invoice.pdf, page 2`, `QR in image.png`")]
    evidence: str


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

    model_config = ConfigDict(json_schema_extra={"example": example("analysis")})

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
        Field(description="`unknown`: fetched, but not judged; `readable` and `language_covered` say why"),
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
    language_covered: Annotated[
        bool, Field(description="false: the words of this language are not judged here, evidence outside them is")
    ] = True
    thread_id: Annotated[str, Field(description="message_id of the mail that began the thread")]
    action_items: list[ActionItemShape]
    attention: Annotated[
        Literal["now", "answer", "read", "skim"], Field(description="How the mail wants to be met, beside its priority")
    ] = "read"
    attention_reason: str = ""
    asks: Annotated[list[AskShape], Field(description="What the mail asks for, and whether the one who asks is proven")]
    attachments: Annotated[list[AttachedShape], Field(description="The first 50; `read` says how far it could be read")]
    facts: Annotated[
        list[FactShape], Field(description="What the mail and its files say of invoices, bookings, parcels and events")
    ] = []
    signals: list[SignalShape]
    engine: str
    model: str
    prompt_version: str
    model_role: Annotated[
        Literal["none", "writer", "second", "judge"],
        Field(description="The highest role that the model held; each includes those before it"),
    ] = "none"
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
    names: Annotated[
        dict[str, str] | None,
        Field(description="Only in another language than English: what label, categories and tags are called there"),
    ] = None


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
        "readable": verdict.readable,
        "spam_score": verdict.spam_score,
        "phishing_reasons": [_reason(item) for item in verdict.phishing_reasons],
        "sensitive_data": verdict.sensitive_data,
        "sensitive_types": _counted(verdict.sensitive),
        "auto_reply_suggestion": verdict.auto_reply_suggestion,
        "language": verdict.language,
        "language_covered": verdict.language_covered,
        "thread_id": analysis.thread_id,
        "action_items": [_action_item(item) for item in verdict.action_items],
        "attachments": [_attached(item) for item in analysis.attachments],
        "facts": [_fact(item) for item in analysis.facts],
        "attention": verdict.attention,
        "attention_reason": verdict.attention_reason,
        "asks": [_ask(item) for item in verdict.asks],
        "signals": [
            {"name": s.name, "outcome": str(s.outcome), "detail": s.detail} for s in analysis.signals if s.is_reportable
        ],
        "engine": verdict.engine,
        "model": verdict.model,
        "prompt_version": verdict.prompt_version,
        "model_role": str(verdict.model_role),
        "degraded": verdict.degraded,
        "degraded_reason": verdict.degraded_reason,
        "skipped": verdict.skipped,
        "usage": {
            "calls": usage.calls,
            "repairs": usage.repairs,
            "drafts": usage.drafts,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "seconds": usage.seconds,
        },
        "processing_time": analysis.processing_time,
        "received_at": rfc3339(analysis.received_at),
        "analyzed_at": rfc3339(analysis.analyzed_at),
        # The last field, so that a store can put a person's word into a text that it has.
        "correction": None,
    }


def analysis_json(analysis: Analysis) -> str:
    """Return the JSON text of an analysis; lone surrogates of broken mail become `?`, since UTF-8 cannot carry them."""
    text = json.dumps(analysis_shape(analysis), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()


def corrected_json(text: str, correction: str) -> str:
    """Return the JSON text of an analysis with what a person said that the message is."""
    return f'{text.removesuffix(_UNCORRECTED)},"correction":{json.dumps(correction)}}}'


def _evidence(item: Evidence) -> dict[str, str]:
    return {"where": item.where, "quote": item.quote}


def _reason(item: Reason) -> dict[str, Any]:
    return {"signal": item.signal, "why": item.why, "evidence": [_evidence(e) for e in item.evidence]}


def _attached(item: AttachedFile) -> dict[str, Any]:
    return {"name": item.name, "type": item.type, "bytes": item.bytes, "read": item.read, "summary": item.summary}


def _fact(item: Fact) -> dict[str, str]:
    return {"type": item.type, "value": item.value, "where": item.where, "evidence": item.evidence}


def _ask(item: Ask) -> dict[str, Any]:
    return {
        "kind": str(item.kind),
        "identity": str(item.identity),
        "quote": item.quote,
        "where": item.where,
        "why": item.why,
    }


def _action_item(item: ActionItem) -> dict[str, Any]:
    return {"text": item.text, "due": item.due, "due_at": item.due_at, "evidence": _evidence(item.evidence)}


def _counted(findings: tuple[SensitiveFinding, ...]) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.type] = counts.get(finding.type, 0) + 1
    return [{"type": kind, "count": count} for kind, count in counts.items()]
