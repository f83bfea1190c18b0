"""The tables, as this version of the code expects them; `migrations` makes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, UniqueConstraint, true

from glassdome.core.limits import MAX_WORD_CHARS
from glassdome.store.columns import Clipped, Instant, Json, Words, ascii_text, big_id, exact
from glassdome.store.schema_access import api_keys, sessions
from glassdome.store.schema_base import FOLDER, MAILBOX, metadata
from glassdome.store.schema_base import table as _table
from glassdome.store.schema_events import deliveries, events, webhooks
from glassdome.store.schema_models import model_answers, model_roles, model_speeds
from glassdome.store.schema_preferences import preferences
from glassdome.store.schema_replies import answer_rules, answered, profiles
from glassdome.store.schema_threads import thread_names, thread_turns, threads
from glassdome.values.analysis import AttachedFile
from glassdome.values.ask import Ask
from glassdome.values.fact import Fact
from glassdome.values.opinion import ActionItem, Opinion, Reason, Usage
from glassdome.values.signal import SensitiveFinding, Signal

__all__ = [
    "FOLDER",
    "MAILBOX",
    "actions",
    "analyses",
    "answer_rules",
    "answered",
    "api_keys",
    "audit",
    "categories",
    "commands",
    "config",
    "contacts",
    "cursors",
    "deliveries",
    "documents",
    "domain_statistics",
    "events",
    "feedback",
    "mailboxes",
    "metadata",
    "model_answers",
    "model_roles",
    "model_speeds",
    "nonces",
    "opt_ins",
    "outbox",
    "paces",
    "preferences",
    "profiles",
    "progress",
    "queue",
    "sessions",
    "statistics",
    "thread_names",
    "thread_turns",
    "threads",
    "webhooks",
    "words",
]  # fmt: skip


def _ref_columns() -> tuple[Column[str], Column[str], Column[int], Column[int]]:
    """The columns of a MessageRef; the seed calls the UID `email_id`."""
    return (
        Column("mailbox", exact(MAILBOX), nullable=False),
        Column("folder", exact(FOLDER), nullable=False),
        Column("uid_validity", BigInteger, nullable=False),
        Column("email_id", BigInteger, key="uid", nullable=False),
    )


def _count_columns() -> tuple[Column[Any], ...]:
    """The columns of running totals; `changes` only ever grows."""
    numbers = ("total", "phishing", "spam", "sensitive", "degraded")
    return (
        *(Column(name, BigInteger, nullable=False) for name in numbers),
        Column("seconds", Float(53), nullable=False),
        Column("changes", BigInteger, nullable=False),
    )


analyses = _table(
    "llm_email_analysis",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    *_ref_columns(),
    Column("domain", exact(MAILBOX), nullable=False),
    Column("message_id", Clipped(998), nullable=False),
    Column("thread_id", Clipped(998), nullable=False),
    Column("subject", Words, nullable=False),
    Column("from_name", Words, nullable=False),
    Column("from_addr", Clipped(400), nullable=False),
    Column("person", Clipped(400), nullable=False),
    Column("sent_at", Instant),
    Column("content_hash", ascii_text(64), nullable=False),
    Column("summary", Words, nullable=False),
    Column("categories", Json(tuple[str, ...]), nullable=False),
    Column("tags", Json(tuple[str, ...]), nullable=False),
    Column("priority_score", Integer, nullable=False),
    Column("label", ascii_text(8), nullable=False),
    Column("is_phishing", Boolean),
    Column("phishing_score", Float(53)),
    Column("spam_score", Float(53), nullable=False),
    Column("phishing_reasons", Json(tuple[Reason, ...]), nullable=False),
    Column("sensitive_data", Boolean, nullable=False),
    Column("sensitive", Json(tuple[SensitiveFinding, ...]), nullable=False),
    Column("auto_reply_suggestion", Words),
    Column("action_items", Json(tuple[ActionItem, ...]), nullable=False),
    Column("language", Clipped(35), nullable=False),
    Column("engine", ascii_text(32), nullable=False),
    Column("model", Clipped(200), nullable=False),
    Column("prompt_version", ascii_text(64), nullable=False),
    Column("model_role", ascii_text(8), nullable=False, server_default="none"),
    Column("degraded", Boolean, nullable=False),
    Column("degraded_reason", Clipped(64), nullable=False),
    Column("skipped", Clipped(64), nullable=False),
    Column("readable", ascii_text(10), nullable=False, server_default="yes"),
    Column("language_covered", Boolean, nullable=False, server_default=true()),
    Column("usage", Json(Usage), nullable=False),
    Column("signals", Json(tuple[Signal, ...]), nullable=False),
    Column("opinion", Json(Opinion)),
    Column("attachments", Json(tuple[AttachedFile, ...])),
    Column("facts", Json(tuple[Fact, ...])),
    Column("asks", Json(tuple[Ask, ...])),
    Column("attention", ascii_text(10), nullable=False, server_default="read"),
    Column("attention_reason", Clipped(200), nullable=False, server_default=""),
    Column("processing_time", Float(53), nullable=False),
    Column("analyzed_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False, server_default=""),
    Column("risk", Float(53), nullable=False, server_default="-1"),
    UniqueConstraint("mailbox", "folder", "uid_validity", "uid", name="uq_llm_email_analysis_ref"),
    Index("ix_llm_email_analysis_newest", "analyzed_at", "id"),
    Index("ix_llm_email_analysis_mailbox", "mailbox", "analyzed_at", "id"),
    Index("ix_llm_email_analysis_domain", "domain", "analyzed_at", "id"),
    Index("ix_llm_email_analysis_phishing", "is_phishing", "analyzed_at", "id"),
    Index("ix_llm_email_analysis_mailbox_phishing", "mailbox", "is_phishing", "analyzed_at", "id"),
    Index("ix_llm_email_analysis_degraded", "degraded", "analyzed_at", "id"),
    Index("ix_llm_email_analysis_priority", "priority_score", "analyzed_at", "id"),
    Index(
        "ix_llm_email_analysis_message", "mailbox", "message_id", "analyzed_at", "id", mysql_length={"message_id": 190}
    ),
    Index("ix_llm_email_analysis_person", "person", "analyzed_at", "id"),
    Index("ix_llm_email_analysis_content", "content_hash"),
    Index("ix_llm_email_analysis_received", "received_at", "id"),
    Index("ix_llm_email_analysis_attention", "attention", "received_at", "id"),
    Index("ix_llm_email_analysis_mailbox_attention", "mailbox", "attention", "received_at", "id"),
    Index("ix_llm_email_analysis_mailbox_received", "mailbox", "received_at", "id"),
    Index("ix_llm_email_analysis_domain_received", "domain", "received_at", "id"),
    Index("ix_llm_email_analysis_phishing_received", "is_phishing", "received_at", "id"),
    Index("ix_llm_email_analysis_mailbox_phishing_received", "mailbox", "is_phishing", "received_at", "id"),
    Index("ix_llm_email_analysis_urgent", "priority_score", "id"),
    Index("ix_llm_email_analysis_mailbox_urgent", "mailbox", "priority_score", "id"),
    Index("ix_llm_email_analysis_domain_urgent", "domain", "priority_score", "id"),
    Index("ix_llm_email_analysis_risk", "risk", "id"),
    Index("ix_llm_email_analysis_mailbox_risk", "mailbox", "risk", "id"),
    Index("ix_llm_email_analysis_domain_risk", "domain", "risk", "id"),
)

categories = _table(
    "llm_email_category",
    Column("category", Clipped(100), primary_key=True),
    Column("analysis_id", BigInteger, primary_key=True, autoincrement=False),
    Column("mailbox", exact(MAILBOX), nullable=False),
    Column("analyzed_at", Instant, nullable=False),
    Index("ix_llm_email_category_newest", "category", "analyzed_at", "analysis_id"),
    Index("ix_llm_email_category_mailbox", "mailbox", "category", "analyzed_at", "analysis_id"),
    Index("ix_llm_email_category_analysis", "analysis_id"),
)

#: Each analysis as the text that lists answer; `shape` is the version of the `Rendering` that wrote it. The key
#: begins with the mailbox, so that InnoDB keeps what one list reads in few pages.
documents = _table(
    "llm_analysis_document",
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("analysis_id", BigInteger, primary_key=True, autoincrement=False),
    Column("shape", Integer, nullable=False),
    Column("document", Words, nullable=False),
    Index("ix_llm_analysis_document_analysis", "analysis_id"),
)

#: The words of subject, sender and summary; read by word to find, by analysis to check and to forget.
words = _table(
    "llm_analysis_word",
    Column("word", exact(MAX_WORD_CHARS), primary_key=True),
    Column("analysis_id", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_llm_analysis_word_analysis", "analysis_id", "word"),
    sqlite_with_rowid=False,
)

#: Running totals per mailbox, so that statistics need no scan; `kind` is all, model, category, day or seconds.
statistics = _table(
    "llm_statistics",
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("kind", ascii_text(10), primary_key=True),
    Column("name", Clipped(240), primary_key=True),
    *_count_columns(),
    sqlite_with_rowid=False,
)

#: The same totals per domain, and of all as the domain ''; spread over a few rows each, so that writers seldom meet.
domain_statistics = _table(
    "llm_domain_statistics",
    Column("domain", exact(MAILBOX), primary_key=True),
    Column("kind", ascii_text(10), primary_key=True),
    Column("name", Clipped(240), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    *_count_columns(),
    sqlite_with_rowid=False,
)

#: `wake_at` is when a row needs another look (a lease's end, a back-off's end); NULL when it may run or is over.
#: `turn` orders one priority's jobs so that mailboxes take turns.
queue = _table(
    "llm_processing_queue",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    *_ref_columns(),
    Column("state", ascii_text(10), nullable=False),
    Column("reason", ascii_text(10), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("forced", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("wake_at", Instant),
    Column("enqueued_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("lease_owner", Clipped(200), nullable=False),
    Column("lease_token", ascii_text(32), nullable=False),
    Column("lease_until", Instant),
    Column("error_code", Clipped(64), nullable=False),
    Column("error", Words, nullable=False),
    Column("tried_model", Clipped(200), nullable=False, server_default=""),
    Column("model_tries", Integer, nullable=False, server_default="0"),
    UniqueConstraint("mailbox", "folder", "uid_validity", "uid", name="uq_llm_processing_queue_ref"),
    Index("ix_llm_processing_queue_ready", "state", "wake_at", "priority", "turn", "id"),
    Index("ix_llm_processing_queue_oldest", "state", "wake_at", "not_before"),
    Index("ix_llm_processing_queue_wake", "wake_at"),
    Index("ix_llm_processing_queue_mailbox", "state", "mailbox", "priority", "turn"),
)

config = _table(
    "llm_config",
    Column("config_key", exact(100), primary_key=True),
    Column("config_value", Words, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

#: What mailcow's tags and attributes last said of a mailbox; a change of it counts, not its repetition.
opt_ins = _table(
    "llm_opt_in",
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("wanted", Boolean, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

#: When what all processes take turns at is free again.
paces = _table("llm_pace", Column("name", exact(100), primary_key=True), Column("free_at", Instant, nullable=False))

#: How far a task got, for one mailbox or for all (`''`).
progress = _table(
    "llm_progress",
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("task", exact(100), primary_key=True),
    Column("reached", BigInteger, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

cursors = _table(
    "llm_cursor",
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("folder", exact(FOLDER), primary_key=True),
    Column("uid_validity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

#: One row per correspondent of a mailbox, and one per domain (`addr` starting with @).
contacts = _table(
    "llm_contact",
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("addr", Clipped(400), primary_key=True),
    Column("seen", Integer, nullable=False),
    Column("authenticated", Integer, nullable=False),
    Column("replied", Integer, nullable=False),
    Column("junked", Integer, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Index("ix_llm_contact_frequent", "mailbox", "replied", "seen"),
    Index("ix_llm_contact_addr", "addr"),
)

#: `action_key` is the SHA-256 of the action's idempotency key, which is longer than an index allows.
actions = _table(
    "llm_action",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("action_key", ascii_text(64), nullable=False, unique=True),
    *_ref_columns(),
    Column("kind", ascii_text(16), nullable=False),
    Column("argument", exact(FOLDER), nullable=False),
    Column("message_id", Clipped(998), nullable=False),
    Column("state", ascii_text(10), nullable=False),
    Column("detail", Words, nullable=False),
    Column("moved_folder", exact(FOLDER)),
    Column("moved_uid_validity", BigInteger),
    Column("moved_uid", BigInteger),
    Column("digest", ascii_text(64), nullable=False, server_default=""),
    Column("planned_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_llm_action_mailbox", "mailbox", "updated_at", "id"),
    Index("ix_llm_action_newest", "updated_at", "id"),
    Index("ix_llm_action_state", "state", "updated_at"),
    Index("ix_llm_action_ref", "mailbox", "folder", "uid_validity", "uid"),
)

feedback = _table(
    "llm_feedback",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    *_ref_columns(),
    Column("label", ascii_text(8), nullable=False),
    Column("actor", Clipped(254), nullable=False),
    Column("note", Words, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("mailbox", "folder", "uid_validity", "uid", name="uq_llm_feedback_ref"),
    Index("ix_llm_feedback_mailbox", "mailbox", "updated_at"),
)

mailboxes = _table(
    "llm_mailbox",
    Column("address", exact(MAILBOX), primary_key=True),
    Column("name", Clipped(254), nullable=False),
    Column("password", Words, nullable=False),
    Column("login", Clipped(254), nullable=False, server_default=""),
    Column("updated_at", Instant, nullable=False),
)

#: `message_key` is the SHA-256 of the Message-ID, which may be as long as a line (RFC 5322 2.1.1).
outbox = _table(
    "llm_outbox",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("message_key", ascii_text(64), nullable=False, unique=True),
    Column("message_id", Clipped(998), nullable=False),
    Column("mailbox", exact(MAILBOX), nullable=False),
    Column("recipients", Json(tuple[str, ...]), nullable=False),
    Column("subject", Words, nullable=False),
    Column("purpose", Clipped(32), nullable=False),
    Column("state", ascii_text(10), nullable=False),
    Column("detail", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_llm_outbox_mailbox", "mailbox", "created_at"),
    Index("ix_llm_outbox_state", "state", "updated_at"),
)

commands = _table(
    "llm_command",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    *_ref_columns(),
    Column("message_key", ascii_text(64), nullable=False),
    Column("message_id", Clipped(998), nullable=False),
    Column("sender", Clipped(400), nullable=False),
    Column("command", Clipped(100), nullable=False),
    Column("state", ascii_text(10), nullable=False),
    Column("detail", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("mailbox", "folder", "uid_validity", "uid", name="uq_llm_command_ref"),
    UniqueConstraint("mailbox", "message_key", name="uq_llm_command_message"),
    Index("ix_llm_command_mailbox", "mailbox", "created_at"),
)

nonces = _table(
    "llm_nonce",
    Column("nonce_key", ascii_text(64), primary_key=True),
    Column("expires_at", Instant, nullable=False),
    Index("ix_llm_nonce_expires", "expires_at"),
)

audit = _table(
    "llm_audit",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", Clipped(254), nullable=False),
    Column("action", Clipped(100), nullable=False),
    Column("subject", Words, nullable=False),
    Column("facts", Json(dict[str, object]), nullable=False),
    Index("ix_llm_audit_at", "at"),
)
