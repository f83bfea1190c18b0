"""Threads: what each mail of a conversation does to the question of who owes whom an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from glassdome.values.refs import MessageRef

__all__ = ["Debt", "Owed", "Owner", "Thread", "ThreadState", "Turn", "TurnKind"]


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
class Owner:
    """The owner of a mailbox: the addresses of theirs in lower case, their name, and the addresses of colleagues.

    A colleague is known by `colleagues`, or by a domain of the owner's that is in `domains` (none of a free mail host).
    """

    addresses: frozenset[str]
    name: str = ""
    colleagues: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def is_me(self, address: str) -> bool:
        """Return whether an address in lower case is one of the owner's."""
        return address in self.addresses

    def is_colleague(self, address: str) -> bool:
        """Return whether an address in lower case is a colleague's."""
        return address not in self.addresses and (
            address in self.colleagues or address.rpartition("@")[2] in self.domains
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """One answer or deed that is owed: the sentence that says so, and the day by which it is due where it names one.

    `to` are the addresses (or the first name in the salutation) that a request is made to, empty where it goes to all;
    `action` is True where a deed is owed, not only an answer. `weak` is what a formula hopes for ("I look forward to
    your answer"), `anyone` a question to anyone who knows ("Does anybody have a map?").
    """

    basis: Owed
    quote: str
    due: date | None = None
    to: tuple[str, ...] = ()
    action: bool = False
    weak: bool = False
    anyone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One mail of a thread, without its text: who wrote it, to whom, when, and what it asks, promises or settles.

    `mine` is True where the owner of the mailbox wrote it. `settles` says that it has something of an answer: more than
    thanks, a promise or a question back. `delivers` is True where it brings what was asked for or says that it is done,
    `accepts` where it agrees ("Will do", "Perfect"), `received` where it confirms that something came, `thanks` where it
    thanks. `withdraws` takes back what was asked;
    `no_reply` says that no answer is needed. `leaves` are sentences that leave a part to somebody else, with that
    one's name. `away_until` is the last day of an absence notice, `defers_until` the day before which its writer does
    not want to be asked again. `moved_to` is a day to which its writer puts off what others owe,
    `names_day` a short sentence with a day, which renews a promise where its writer made one. `pending` says that what was asked is
    not done yet, or was passed on ("Your request has been forwarded to the department").
    `points` is how many things it says, `told` the beginnings of the words in them, by which a question finds its answer.
    `pitch` is True where it reads like one of somebody who sells to strangers, which nobody owes an answer.
    `decisions` and `gist` are sentences kept for the thread's summary. `acts` are the highest chances of the sentence acts among its
    sentences, `last_acts` those of its last one, in the order of the model of acts; empty in a turn stored before there were any.
    Addresses are in lower case.
    """

    ref: MessageRef
    message_id: str
    at: datetime
    mine: bool
    author: str
    author_name: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    in_reply_to: tuple[str, ...] = ()
    subject: str = ""
    kind: TurnKind = "message"
    language: str = ""
    requests: tuple[Debt, ...] = ()
    promises: tuple[Debt, ...] = ()
    settles: bool = False
    delivers: bool = False
    accepts: bool = False
    received: bool = False
    thanks: bool = False
    withdraws: bool = False
    no_reply: bool = False
    leaves: tuple[tuple[str, str], ...] = ()
    away_until: date | None = None
    defers_until: date | None = None
    moved_to: date | None = None
    names_day: Debt | None = None
    pending: bool = False
    points: int = 0
    told: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    gist: str = ""
    suspected: bool = False
    pitch: bool = False
    acts: tuple[float, ...] = ()
    last_acts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation as it stands at a moment.

    `debt` is what keeps it open (None where closed), `since` when it was asked or promised, `waiting_until` the day
    before which nobody needs a reminder; of a closed thread, that until which both sides let it rest. `remind` is True where a reminder would be right now; `why` says it in a
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
