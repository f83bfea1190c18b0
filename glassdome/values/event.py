"""An event: one thing that happened, told without a word of any mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.analysis import Analysis
from glassdome.values.job import Job
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Thread
from glassdome.values.verdict import Label

__all__ = [
    "Event",
    "EventKind",
    "NewEvent",
    "action_event",
    "analysis_events",
    "failed_event",
    "health_event",
    "waiting_event",
]

#: A category as `act` makes keywords of it: a model may call one by words of the mail, and those stay out.
_CATEGORY: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
#: Actions whose argument is a word of ours or a folder's name.
_TOLD: Final = (ActionKind.ADD_KEYWORD, ActionKind.MOVE, ActionKind.LEARN)


class EventKind(StrEnum):
    """The kinds of events, by the names that receivers see."""

    ANALYSIS = "analysis"
    PHISHING = "phishing"
    THREAD_WAITING = "thread.waiting"
    ACTION = "action"
    JOB_FAILED = "job.failed"
    HEALTH = "health"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to be written. `key` is its identity: the same key is the same event.

    Events with the same `subject` reach a receiver in the order they were written. `mailbox` is empty for events of the
    whole service. `data` holds names, numbers and words of ours.
    """

    key: str
    kind: EventKind
    subject: str
    mailbox: str
    at: datetime
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as it is stored; `id` grows, `name` is the same at each delivery."""

    id: int
    name: str
    kind: EventKind
    mailbox: str
    at: datetime
    data: Mapping[str, object]


def analysis_events(analysis: Analysis, job: Job, *, before: Label | None, now: datetime) -> tuple[NewEvent, ...]:
    """Return the event of a stored analysis, and one more where the message was not called phishing `before`."""
    verdict, subject = analysis.verdict, str(analysis.ref)
    data: dict[str, object] = _place(analysis.ref) | {
        "label": verdict.label.value,
        "is_phishing": verdict.is_phishing,
        "phishing_score": verdict.phishing_score,
        "priority_score": verdict.priority_score,
        "attention": verdict.attention,
        "categories": [name for name in verdict.categories if _CATEGORY.fullmatch(name)],
        "signals": [reason.signal for reason in verdict.phishing_reasons],
        "sensitive_data": verdict.sensitive_data,
        "readable": verdict.readable,
        "language_covered": verdict.language_covered,
        "degraded": verdict.degraded,
        "engine": verdict.engine,
        "reason": job.reason.value,
        "received_at": _moment(analysis.received_at),
        "analyzed_at": _moment(analysis.analyzed_at),
    }
    kinds = [EventKind.ANALYSIS]
    if verdict.label is Label.PHISH and before is not Label.PHISH:
        kinds.append(EventKind.PHISHING)
    return tuple(
        NewEvent(
            key=f"{kind}|{subject}|{job.lease_token}",
            kind=kind,
            subject=subject,
            mailbox=analysis.ref.mailbox,
            at=now,
            data=data,
        )
        for kind in kinds
    )


def action_event(action: Action, *, state: ActionState, now: datetime) -> NewEvent:
    """Return the event of an action that ended or was undone; the reason of a failure may quote a server, so it stays out."""
    data: dict[str, object] = _place(action.ref) | {"action": action.kind.value, "state": state.value}
    if action.kind in _TOLD:
        data["argument"] = action.argument
    return NewEvent(
        key=f"action|{action.key}|{state}|{_moment(now)}",
        kind=EventKind.ACTION,
        subject=str(action.ref),
        mailbox=action.ref.mailbox,
        at=now,
        data=data,
    )


def failed_event(ref: MessageRef, *, code: str, now: datetime) -> NewEvent:
    """Return the event of a message that could not be judged."""
    return NewEvent(
        key=f"job.failed|{ref}|{_moment(now)}",
        kind=EventKind.JOB_FAILED,
        subject=str(ref),
        mailbox=ref.mailbox,
        at=now,
        data=_place(ref) | {"code": code},
    )


def waiting_event(thread: Thread, *, mailbox: str, now: datetime) -> NewEvent:
    """Return the event of a thread in which somebody waits for an answer; the same debt makes one event."""
    asked, due = thread.since, thread.debt.due if thread.debt else None
    data: dict[str, object] = {
        "mailbox": mailbox,
        "thread_id": thread.thread_id,
        "state": thread.state.value,
        "since": _moment(asked) if asked else None,
        "due": due.isoformat() if due else None,
        "remind": thread.remind,
    }
    return NewEvent(
        key=f"thread.waiting|{mailbox}|{thread.thread_id}|{thread.state}|{data['since']}",
        kind=EventKind.THREAD_WAITING,
        subject=f"{mailbox}|{thread.thread_id}",
        mailbox=mailbox,
        at=now,
        data=data,
    )


def health_event(status: str, parts: Mapping[str, str], *, now: datetime) -> NewEvent:
    """Return the event of a changed health; `parts` has the state of each part: `ok`, or the code of its error."""
    return NewEvent(
        key=f"health|{status}|{sorted(parts.items())}|{_moment(now)}",
        kind=EventKind.HEALTH,
        subject="health",
        mailbox="",
        at=now,
        data={"status": status, "parts": dict(parts)},
    )


def _place(ref: MessageRef) -> dict[str, object]:
    return {"mailbox": ref.mailbox, "folder": ref.folder, "uid_validity": ref.uid_validity, "email_id": str(ref.uid)}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
