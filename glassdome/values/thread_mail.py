"""Threads as they are kept: a mail of one with what links it to the others, a thread with its marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from glassdome.values.action import Action
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Thread, Turn

__all__ = ["ANSWER", "WAITING", "DueProse", "DueThread", "Mark", "Placed", "Reminder", "StoredThread", "ThreadMail"]

#: The keyword of the mail that the owner owes an answer to, and of the owner's last mail while others owe one.
ANSWER: Final = "glassdome-answer"
WAITING: Final = "glassdome-waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMail:
    """One mail's turn with what links it: Message-IDs that it refers to, oldest first, and its subject without `Re:`.

    `reply` says that the subject had such a prefix (RFC 5256 2.1).
    """

    turn: Turn
    references: tuple[str, ...] = ()
    subject: str = ""
    reply: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The place of a mail whose turn is known: the owner moved it, or its folder was rebuilt."""

    message_id: str
    ref: MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A keyword that a thread's state puts on one of its mails; `ref` is its place when that was planned."""

    keyword: str
    message_id: str
    ref: MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class DueThread:
    """A thread whose state must be computed: its turns, oldest first, and the marks of its present state.

    `revision` changes with each turn: a state that was computed of an older one is not stored.
    """

    id: int
    mailbox: str
    thread_id: str
    subject: str
    revision: int
    turns: tuple[Turn, ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A reminder that is to be drafted, on the owner's last mail `message_id`.

    `run` are the Message-IDs of the owner's mails since the others' last one: one reminder is enough for them all.
    """

    action: Action
    message_id: str
    run: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredThread:
    """A thread of a mailbox; `message` is the mail that its state rests on, None where it is closed.

    `prose` is a summary by the language model `prose_by`; empty where none covers every mail.
    """

    mailbox: str
    thread: Thread
    message: MessageRef | None
    updated_at: datetime
    prose: str = ""
    prose_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueProse:
    """A thread whose summary by a language model must be written.

    `before` is the one so far, `turns` are the mails that it does not cover, oldest first, `last` is the row of the newest.
    A text made for an older `revision` is not stored. `others` says that somebody else than the owner wrote in the thread.
    """

    id: int
    mailbox: str
    subject: str
    revision: int
    mails: int
    before: str
    turns: tuple[Turn, ...]
    last: int
    others: bool
