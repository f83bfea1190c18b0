"""A thread and its mails as JSON, and their schemas for OpenAPI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from glassdome.shapes.examples import example
from glassdome.shapes.instants import rfc3339
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Debt, Owed, ThreadState, Turn, TurnKind
from glassdome.values.thread_mail import StoredThread

__all__ = ["DebtShape", "ThreadShape", "TurnShape", "WholeThreadShape", "thread_shape", "whole_thread_shape"]


class DebtShape(BaseModel):
    """An answer or a deed that is owed, by the sentence that says so."""

    basis: Owed
    quote: str
    due: Annotated[str | None, Field(description="The day that the sentence names")]
    to: Annotated[list[str], Field(description="The ones asked; empty: all")]
    action: Annotated[bool, Field(description="A deed is owed, not only an answer")]


class ThreadShape(BaseModel):
    """One thread; `email_id`, `folder` and `uid_validity` are of the mail that its state rests on, null where closed."""

    model_config = ConfigDict(json_schema_extra={"example": example("thread")})

    thread_id: str
    mailbox: str
    subject: Annotated[str, Field(description="Without `Re:` and the like")]
    people: list[str]
    state: Annotated[
        ThreadState, Field(description="Who owes: the owner (`open_me`), the others (`open_them`), no one")
    ]
    owed: Annotated[DebtShape | None, Field(description="What keeps it open")]
    email_id: str | None
    folder: str | None
    uid_validity: int | None
    since: Annotated[str | None, Field(description="When it was asked or promised")]
    due: str | None
    waiting_until: Annotated[str | None, Field(description="A reminder is too early before that day")]
    remind: Annotated[bool, Field(description="A reminder would be right now")]
    why: str
    asked_of_me: Annotated[DebtShape | None, Field(description="The last request to the owner, answered or not")]
    asked_of_them: Annotated[DebtShape | None, Field(description="The owner's last request, answered or not")]
    last_at: str
    mails: int
    summary: str
    prose: Annotated[str | None, Field(description="A summary by a language model; null where none covers every mail")]
    prose_by: Annotated[str | None, Field(description="The model that wrote it")]


class TurnShape(BaseModel):
    """One mail of a thread, without its text."""

    message_id: str
    email_id: str
    folder: str
    uid_validity: int
    at: str
    mine: Annotated[bool, Field(description="The owner wrote it")]
    author: str
    author_name: str
    to: list[str]
    cc: list[str]
    kind: Annotated[TurnKind, Field(description="`message` is a person's; the others ask for no answer")]
    language: str
    requests: list[DebtShape]
    promises: list[DebtShape]
    settles: Annotated[bool, Field(description="It has something of an answer")]
    decisions: list[str]
    gist: str
    suspected: Annotated[bool, Field(description="It counts for nothing: it looks like fraud or spam")]


class WholeThreadShape(ThreadShape):
    """One thread with its mails, oldest first."""

    turns: list[TurnShape]


def thread_shape(stored: StoredThread) -> dict[str, Any]:
    """Return the JSON object of a thread."""
    thread = stored.thread
    return {
        "thread_id": thread.thread_id,
        "mailbox": stored.mailbox,
        "subject": thread.subject,
        "people": list(thread.people),
        "state": str(thread.state),
        "owed": _debt(thread.debt),
        **_place(stored.message),
        "since": rfc3339(thread.since) if thread.since is not None else None,
        "due": thread.debt.due.isoformat() if thread.debt is not None and thread.debt.due is not None else None,
        "waiting_until": thread.waiting_until.isoformat() if thread.waiting_until is not None else None,
        "remind": thread.remind,
        "why": thread.why,
        "asked_of_me": _debt(thread.asked_of_me),
        "asked_of_them": _debt(thread.asked_of_them),
        "last_at": rfc3339(thread.last_at),
        "mails": thread.mails,
        "summary": thread.summary,
        "prose": stored.prose or None,
        "prose_by": stored.prose_by or None,
    }


def whole_thread_shape(stored: StoredThread, turns: Sequence[Turn]) -> dict[str, Any]:
    """Return the JSON object of a thread with its mails."""
    return thread_shape(stored) | {"turns": [_turn(turn) for turn in turns]}


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "message_id": turn.message_id,
        **_place(turn.ref),
        "at": rfc3339(turn.at),
        "mine": turn.mine,
        "author": turn.author,
        "author_name": turn.author_name,
        "to": list(turn.to),
        "cc": list(turn.cc),
        "kind": turn.kind,
        "language": turn.language,
        "requests": [_debt(debt) for debt in turn.requests],
        "promises": [_debt(debt) for debt in turn.promises],
        "settles": turn.settles,
        "decisions": list(turn.decisions),
        "gist": turn.gist,
        "suspected": turn.suspected,
    }


def _debt(debt: Debt | None) -> dict[str, Any] | None:
    if debt is None:
        return None
    due = debt.due.isoformat() if debt.due is not None else None
    return {"basis": debt.basis, "quote": debt.quote, "due": due, "to": list(debt.to), "action": debt.action}


def _place(ref: MessageRef | None) -> dict[str, Any]:
    if ref is None:
        return {"email_id": None, "folder": None, "uid_validity": None}
    return {"email_id": str(ref.uid), "folder": ref.folder, "uid_validity": ref.uid_validity}
