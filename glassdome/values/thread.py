"""Threads: what each mail of a conversation does to the question of who owes whom an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from glassdome.values.refs import MessageRef

__all__ = ["Debt", "Owed", "Thread", "ThreadState", "Turn", "TurnKind"]


class ThreadState(StrEnum):
    """The one whose turn it is: the owner (`open_me`), the others (`open_them`), or nobody."""

    OPEN_ME = "open_me"
    OPEN_THEM = "open_them"
    CLOSED = "closed"


#: The ground of a debt: somebody asked, or somebody promised.
Owed = Literal["request", "promise"]

#: `message` is a person's mail; the others ask nobody for an answer (RFC 3834, RFC 3464, RFC 5546, RFC 2919).
TurnKind = Literal["message", "automatic", "absence", "report", "calendar", "list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """One answer or deed that is owed: the sentence that says so, and the day by which it is due where it names one.

    `to` are the addresses (or the first name in the salutation) that a request is made to, empty where it goes to all;
    `action` is True where a deed is owed, not only an answer.
    """

    basis: Owed
    quote: str
    due: date | None = None
    to: tuple[str, ...] = ()
    action: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One mail of a thread, without its text: who wrote it, to whom, when, and what it asks, promises or settles.

    `mine` is True where the owner of the mailbox wrote it. `settles` says that it answers, declines, thanks for or
    withdraws what was open; `decisions` and `gist` are sentences kept for the thread's summary. `away_until` is the last
    day of an absence notice.
    """

    ref: MessageRef
    message_id: str
    at: datetime
    mine: bool
    author: str
    author_name: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    kind: TurnKind = "message"
    language: str = ""
    requests: tuple[Debt, ...] = ()
    promises: tuple[Debt, ...] = ()
    settles: bool = False
    withdraws: bool = False
    away_until: date | None = None
    decisions: tuple[str, ...] = ()
    gist: str = ""
    suspected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation as it stands at a moment.

    `debt` is what keeps it open (None where closed), `since` when it was asked or promised, `waiting_until` the day
    before which nobody needs a reminder. `remind` is True where a reminder would be right now; `why` says it in a
    sentence. `asked_of_me` and `asked_of_them` are the last request in each direction, answered or not.
    """

    thread_id: str
    subject: str
    people: tuple[str, ...]
    state: ThreadState
    debt: Debt | None
    since: datetime | None
    waiting_until: date | None
    remind: bool
    why: str
    asked_of_me: Debt | None
    asked_of_them: Debt | None
    last_at: datetime
    mails: int
    summary: str = ""
