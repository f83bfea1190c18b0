"""Finds the thread that a mail belongs to: by References and In-Reply-To, else by base subject and people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from glassdome.parse.reply_words import subject_mark
from glassdome.values.message import Message

__all__ = ["SUBJECT_DAYS", "Known", "base_subject", "linked_ids", "thread_for"]

#: Days within which a mail of the same subject and people continues a thread without naming it.
SUBJECT_DAYS: Final = 30
#: Brackets taken off a subject, and characters of it that are read.
_MOST_BLOBS: Final = 8
_READ: Final = 500
#: The longest tag in brackets: a list's name, a ticket's number.
_LONGEST_BLOB: Final = 60
_FORWARD_END: Final = "(fwd)"
#: Message-IDs of one mail that are compared.
_MOST_IDS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A thread that is kept: its Message-IDs, base subject, people (addresses in lower case) and last moment."""

    thread_id: str
    message_ids: frozenset[str] = frozenset()
    subject: str = ""
    people: frozenset[str] = frozenset()
    last_at: datetime


def base_subject(subject: str) -> tuple[str, bool]:
    """Return the base subject in lower case, and whether it shows marks of a reply or a forward (RFC 5256 2.1)."""
    bare, marked = " ".join(subject[:_READ].split()), False
    for _ in range(_MOST_BLOBS):
        kind, without = subject_mark(bare)
        ends = without.lower().endswith(_FORWARD_END)
        without = without[: -len(_FORWARD_END)].rstrip() if ends else without
        marked = marked or bool(kind) or ends
        without = _without_blobs(without)
        if without == bare:
            break
        bare = without
    return bare.lower(), marked


def _without_blobs(subject: str) -> str:
    """Take tags in brackets off both ends, as long as something else remains."""
    if subject.startswith("["):
        end = subject.find("]", 0, _LONGEST_BLOB)
        rest = subject[end + 1 :].strip()
        if end > 0 and rest:
            subject = rest
    if subject.endswith("]"):
        begin = subject.rfind("[", max(0, len(subject) - _LONGEST_BLOB))
        rest = subject[: max(begin, 0)].strip()
        if rest:
            subject = rest
    return subject


def linked_ids(message: Message) -> tuple[str, ...]:
    """Return the Message-IDs that a mail continues, the nearest first (RFC 5322 3.6.4)."""
    nearest = (*message.in_reply_to, *reversed(message.references))
    return tuple(dict.fromkeys(nearest))[:_MOST_IDS]


def thread_for(message: Message, known: Iterable[Known]) -> str:
    """Return the id of the thread that the mail continues, else its own Message-ID.

    A named Message-ID decides. Otherwise the base subject must be the same, within `SUBJECT_DAYS` of the thread's last mail:
    with a mark of a reply one person in common is enough, without one nearly all must be the same (RFC 5256 leaves people out,
    which joins the "Hello" of strangers).
    """
    threads = list(known)
    for linked in linked_ids(message):
        found = next((thread.thread_id for thread in threads if linked in thread.message_ids), None)
        if found is not None:
            return found
    if message.in_reply_to or message.references:
        return message.thread_id or message.message_id
    return _by_subject(message, threads) or message.message_id


def _by_subject(message: Message, threads: Sequence[Known]) -> str:
    subject, marked = base_subject(message.subject)
    written = message.date or message.received
    if not subject or written is None:
        return ""
    people = frozenset(address.addr.lower() for address in (message.author, *message.recipients))
    near = [
        thread
        for thread in threads
        if thread.subject == subject and abs(written - thread.last_at) <= timedelta(days=SUBJECT_DAYS)
    ]
    fitting = [thread for thread in near if _fits(thread.people, people, marked=marked)]
    return max(fitting, key=lambda thread: thread.last_at).thread_id if fitting else ""


def _fits(there: frozenset[str], here: frozenset[str], *, marked: bool) -> bool:
    """Return whether the people of a mail are those of a thread: the owner is always one of them, so two must be."""
    return len(there & here) >= 2 and (marked or here <= there)
