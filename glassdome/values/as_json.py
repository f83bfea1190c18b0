"""Values as JSON objects, the one form in which the API, the command line and the agents show them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from glassdome.values.analysis import Analysis, AttachedFile
from glassdome.values.ask import Ask
from glassdome.values.job import Job, QueueDepth
from glassdome.values.opinion import ActionItem, Reason
from glassdome.values.signal import Evidence, SensitiveFinding

__all__ = ["SHAPE", "analysis_json", "analysis_shape", "corrected_json", "depth_shape", "job_shape", "rfc3339"]

#: The version of what `analysis_shape` writes; raised with each change of it, since stores keep the text.
SHAPE: Final = 5

_UNCORRECTED: Final = ',"correction":null}'


def rfc3339(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC; one that is outside the calendar there keeps its clock."""
    try:
        in_utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    except OverflowError:
        in_utc = instant.replace(tzinfo=UTC)
    return in_utc.isoformat()[:-6] + "Z"


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
        "thread_id": analysis.thread_id,
        "action_items": [_action_item(item) for item in verdict.action_items],
        "attachments": [_attached(item) for item in analysis.attachments],
        "attention": verdict.attention,
        "attention_reason": verdict.attention_reason,
        "asks": [_ask(item) for item in verdict.asks],
        "signals": [
            {"name": s.name, "outcome": str(s.outcome), "detail": s.detail} for s in analysis.signals if s.telling
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


def _attached(item: AttachedFile) -> dict[str, Any]:
    return {"name": item.name, "type": item.type, "bytes": item.bytes, "read": item.read}


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
