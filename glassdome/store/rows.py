"""Values to rows and back."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Table, and_

from glassdome.core.errors import InputError
from glassdome.store.schema import FOLDER, MAILBOX, queue
from glassdome.values.analysis import Analysis
from glassdome.values.job import Job, JobReason, JobState
from glassdome.values.message import Address
from glassdome.values.refs import MessageRef
from glassdome.values.role import ModelRole
from glassdome.values.verdict import Label, Verdict

__all__ = ["analysis_of", "analysis_row", "domain_of", "is_ref", "job_of", "key_of", "ref_of", "ref_row"]

#: Columns that are fields of Verdict under the same name.
_VERDICT = (
    "is_phishing", "phishing_score", "spam_score", "phishing_reasons", "summary", "categories", "tags",
    "priority_score", "sensitive", "action_items", "auto_reply_suggestion", "language", "engine", "model",
    "prompt_version", "degraded", "degraded_reason", "skipped", "usage", "asks", "readable", "language_covered",
    "attention", "attention_reason", "model_role",
)  # fmt: skip
_ANALYSIS = (
    "message_id",
    "thread_id",
    "subject",
    "content_hash",
    "signals",
    "processing_time",
    "analyzed_at",
    "received_at",
    "opinion",
    "attachments",
    "facts",
)


#: Stands for the phishing score of unjudged mail in the order of a list: behind all judged mail.
UNJUDGED: Final = -1.0
#: Lists have hundreds of jobs: names are looked up once, not in each row.
_QUEUE: Final = tuple(column.name for column in queue.c)
_JOB: Final = (
    "id", "priority", "attempts", "not_before", "enqueued_at", "updated_at", "lease_owner", "lease_token",
    "lease_until", "error_code", "error", "tried_model", "model_tries",
)  # fmt: skip
_STATES: Final = {state.value: state for state in JobState}
_REASONS: Final = {reason.value: reason for reason in JobReason}


def domain_of(mailbox: str) -> str:
    """Return the part behind the last @."""
    return mailbox.rpartition("@")[2]


def ref_row(ref: MessageRef) -> dict[str, Any]:
    """Return the columns of a ref; raises InputError where a name is longer than the tables hold."""
    if len(ref.mailbox) > MAILBOX or len(ref.folder) > FOLDER:
        raise InputError(f"A mailbox address has at most {MAILBOX} characters, a folder name {FOLDER}.")
    return {"mailbox": ref.mailbox, "folder": ref.folder, "uid_validity": ref.uid_validity, "uid": ref.uid}


def is_ref(table: Table, ref: MessageRef) -> ColumnElement[bool]:
    """Return the condition that a row is of this message."""
    return and_(*(table.c[name] == value for name, value in ref_row(ref).items()))


def ref_of(row: Row[Any]) -> MessageRef:
    """Read the ref of a row."""
    return MessageRef(mailbox=row.mailbox, folder=row.folder, uid_validity=row.uid_validity, uid=row.email_id)


def job_of(row: Row[Any]) -> Job:
    """Read a job; `row` has the columns of the queue in their order."""
    found = dict(zip(_QUEUE, row, strict=True))
    ref = MessageRef(
        mailbox=found["mailbox"], folder=found["folder"], uid_validity=found["uid_validity"], uid=found["email_id"]
    )
    made = {name: found[name] for name in _JOB}
    return Job(ref=ref, state=_STATES[found["state"]], reason=_REASONS[found["reason"]], force=found["forced"], **made)


def analysis_row(analysis: Analysis) -> dict[str, Any]:
    """Write an analysis."""
    verdict, author = analysis.verdict, analysis.header_from
    row = ref_row(analysis.ref) | {name: getattr(analysis, name) for name in _ANALYSIS}
    row |= {name: getattr(verdict, name) for name in _VERDICT}
    return row | {
        "domain": domain_of(analysis.ref.mailbox),
        "label": verdict.label.value,
        "from_name": author.name,
        "from_addr": author.addr,
        "person": author.addr.lower(),
        "sent_at": analysis.date,
        "risk": UNJUDGED if verdict.phishing_score is None else verdict.phishing_score,
        "sensitive_data": verdict.sensitive_data,
        "signals": tuple(signal for signal in analysis.signals if signal.is_reportable),
    }


def analysis_of(row: Row[Any]) -> Analysis:
    """Read an analysis."""
    said = {name: getattr(row, name) for name in _VERDICT}
    said |= {"asks": row.asks or (), "model_role": ModelRole(row.model_role)}
    verdict = Verdict(label=Label(row.label), **said)
    return Analysis(
        ref=ref_of(row),
        header_from=Address(name=row.from_name, addr=row.from_addr),
        date=row.sent_at,
        verdict=verdict,
        **(
            {name: getattr(row, name) for name in _ANALYSIS}
            | {"attachments": row.attachments or (), "facts": row.facts or ()}
        ),
    )


def key_of(text: str) -> str:
    """Return a key short enough for an index."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
