"""Threads to rows and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from sqlalchemy import Row

from glassdome.store.actions import key_of
from glassdome.store.rows import domain_of, ref_row
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Thread, ThreadState, Turn
from glassdome.values.thread_mail import StoredThread, ThreadMail

__all__ = [
    "MAX_NAMES",
    "MAX_PEOPLE",
    "message_key",
    "name_keys",
    "new_thread_row",
    "people_of",
    "place_key",
    "stored_thread",
    "subject_key",
    "thread_values",
    "turn_of_row",
    "turn_row",
]

#: Message-IDs of one mail that link it: the first, which named the thread, and the last of a long conversation.
MAX_NAMES: Final = 30
#: People who are kept of one thread; longer lists are announcements.
MAX_PEOPLE: Final = 50


def place_key(ref: MessageRef) -> str:
    """Return the key of a mail that its Message-ID does not identify."""
    return key_of(f"place {ref}")


def message_key(turn: Turn) -> str:
    """Return the key of a mail: by its Message-ID, else by its place."""
    return key_of(turn.message_id) if turn.message_id else place_key(turn.ref)


def subject_key(subject: str) -> str:
    """Return the key of a base subject; an empty one has none."""
    plain = " ".join(subject.casefold().split())
    return key_of(plain) if plain else ""


def thread_id_of(mail: ThreadMail, key: str) -> str:
    """Return the name of the thread that this mail begins, as analyses have it."""
    return next(iter((*mail.references, mail.turn.message_id)), "") or key


def name_keys(mail: ThreadMail, key: str) -> tuple[str, ...]:
    """Return the keys of the names that link this mail, without repeats; `key` is the mail's own."""
    references = (
        mail.references
        if len(mail.references) < MAX_NAMES
        else (*mail.references[:1], *mail.references[1 - MAX_NAMES :])
    )
    return tuple(dict.fromkeys((*(key_of(name) for name in references if name), key)))


def people_of(turn: Turn, *others: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses of a mail, author first, and `others` before them; at most `MAX_PEOPLE`."""
    named = [*(person for people in others for person in people), turn.author, *turn.to, *turn.cc]
    return tuple(dict.fromkeys(person.lower() for person in named if person))[:MAX_PEOPLE]


def new_thread_row(mail: ThreadMail, key: str) -> dict[str, Any]:
    """Write a thread of one mail, whose state is not known yet."""
    turn = mail.turn
    return {
        "mailbox": turn.ref.mailbox,
        "domain": domain_of(turn.ref.mailbox),
        "thread_id": thread_id_of(mail, key),
        "subject": mail.subject,
        "subject_key": subject_key(mail.subject),
        "begun_by_reply": mail.reply and not mail.references,
        "people": people_of(turn),
        "state": "",
        "remind": False,
        "why": "",
        "summary": "",
        "marks": (),
        "mails": 0,
        "revision": 0,
        "last_at": turn.at,
    }


def turn_row(mail: ThreadMail, key: str) -> dict[str, Any]:
    """Write a turn, without its thread."""
    turn = mail.turn
    return ref_row(turn.ref) | {
        "message_key": key,
        "message_id": turn.message_id,
        "refers_to": mail.references[:1] + mail.references[1:][-MAX_NAMES:],
        "mine": turn.mine,
        "author": turn.author.lower(),
        "at": turn.at,
        "turn": turn,
    }


def turn_of_row(row: Row[Any]) -> Turn:
    """Read a turn."""
    found: Turn = row.turn
    return found


def thread_values(thread: Thread, message: MessageRef | None) -> dict[str, Any]:
    """Write the computed part of a thread."""
    due = thread.debt.due if thread.debt is not None else None
    return {
        "people": thread.people[:MAX_PEOPLE],
        "state": thread.state.value,
        "debt": thread.debt,
        "message": message,
        "since": thread.since,
        "due": due.isoformat() if due else None,
        "waiting_until": thread.waiting_until.isoformat() if thread.waiting_until else None,
        "remind": thread.remind,
        "why": thread.why,
        "asked_of_me": thread.asked_of_me,
        "asked_of_them": thread.asked_of_them,
        "summary": thread.summary,
        "mails": thread.mails,
        "last_at": thread.last_at,
    }


def stored_thread(row: Row[Any]) -> StoredThread:
    """Read a thread whose state is known."""
    thread = Thread(
        thread_id=row.thread_id,
        subject=row.subject,
        people=row.people,
        state=ThreadState(row.state),
        debt=row.debt,
        since=row.since,
        waiting_until=date.fromisoformat(row.waiting_until) if row.waiting_until else None,
        remind=row.remind,
        why=row.why,
        asked_of_me=row.asked_of_me,
        asked_of_them=row.asked_of_them,
        last_at=row.last_at,
        mails=row.mails,
        summary=row.summary,
    )
    return StoredThread(
        mailbox=row.mailbox, thread=thread, message=row.message, updated_at=row.updated_at, **_prose(row)
    )


def _prose(row: Row[Any]) -> dict[str, str]:
    """Read the model's summary; one that is behind is left out."""
    if row.prose is None or row.prose_due is not None:
        return {}
    return {"prose": row.prose, "prose_by": row.prose_by or ""}
