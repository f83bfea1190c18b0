"""The tables of threads."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, UniqueConstraint

from glassdome.store.columns import Clipped, Instant, Json, Words, ascii_text, big_id, exact
from glassdome.store.schema_base import FOLDER, MAILBOX, table
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Debt, Turn
from glassdome.values.thread_mail import Mark

__all__ = ["thread_names", "thread_turns", "threads"]

#: `begun_by_reply`: its first known mail answers one that it does not name. `state` is empty until it was computed once. `look_at` is when it must be computed: at once after a new mail, later
#: where time alone may change it, NULL where nothing can. `revision` counts the changes of the thread's turns.
#: `prose` is the summary by the model `prose_by`, which covers the turns up to the id `prose_turn`. `prose_due` is when it must be
#: written again, NULL where nothing is to do; while it is set, `prose` is behind.
threads = table(
    "llm_threads",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("mailbox", exact(MAILBOX), nullable=False),
    Column("domain", exact(MAILBOX), nullable=False),
    Column("thread_id", Clipped(998), nullable=False),
    Column("subject", Words, nullable=False),
    Column("subject_key", ascii_text(64), nullable=False),
    Column("begun_by_reply", Boolean, nullable=False),
    Column("people", Json(tuple[str, ...]), nullable=False),
    Column("state", ascii_text(10), nullable=False),
    Column("debt", Json(Debt)),
    Column("message", Json(MessageRef)),
    Column("since", Instant),
    Column("due", ascii_text(10)),
    Column("waiting_until", ascii_text(10)),
    Column("remind", Boolean, nullable=False),
    Column("why", Words, nullable=False),
    Column("asked_of_me", Json(Debt)),
    Column("asked_of_them", Json(Debt)),
    Column("summary", Words, nullable=False),
    Column("marks", Json(tuple[Mark, ...]), nullable=False),
    Column("mails", Integer, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("look_at", Instant),
    Column("prose", Words),
    Column("prose_by", Clipped(200)),
    Column("prose_turn", BigInteger),
    Column("prose_due", Instant),
    Column("updated_at", Instant, nullable=False),
    Index("ix_llm_threads_newest", "last_at", "id"),
    Index("ix_llm_threads_mailbox", "mailbox", "last_at", "id"),
    Index("ix_llm_threads_domain", "domain", "last_at", "id"),
    Index("ix_llm_threads_state", "state", "last_at", "id"),
    Index("ix_llm_threads_mailbox_state", "mailbox", "state", "last_at", "id"),
    Index("ix_llm_threads_domain_state", "domain", "state", "last_at", "id"),
    Index("ix_llm_threads_subject", "mailbox", "subject_key"),
    Index("ix_llm_threads_look", "look_at"),
    Index("ix_llm_threads_prose", "prose_due"),
)

#: One row per mail, without its text. `message_key` is the SHA-256 of its Message-ID, or of its place where it has none.
thread_turns = table(
    "llm_thread_turns",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("mailbox", exact(MAILBOX), nullable=False),
    Column("folder", exact(FOLDER), nullable=False),
    Column("uid_validity", BigInteger, nullable=False),
    Column("email_id", BigInteger, key="uid", nullable=False),
    Column("message_key", ascii_text(64), nullable=False),
    Column("message_id", Clipped(998), nullable=False),
    Column("refers_to", Json(tuple[str, ...]), nullable=False),
    Column("thread", BigInteger, nullable=False),
    Column("mine", Boolean, nullable=False),
    Column("author", Clipped(400), nullable=False),
    Column("at", Instant, nullable=False),
    Column("turn", Json(Turn), nullable=False),
    UniqueConstraint("mailbox", "message_key", name="uq_llm_thread_turns_message"),
    Index("ix_llm_thread_turns_thread", "thread", "at"),
    Index("ix_llm_thread_turns_ref", "mailbox", "folder", "uid_validity", "uid"),
    Index("ix_llm_thread_turns_author", "mailbox", "mine", "author"),
    Index("ix_llm_thread_turns_at", "at"),
)

#: The thread of each Message-ID that a mail has or refers to; `name_key` is its SHA-256.
thread_names = table(
    "llm_thread_names",
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("name_key", ascii_text(64), primary_key=True),
    Column("thread", BigInteger, nullable=False),
    Index("ix_llm_thread_names_thread", "thread"),
)
