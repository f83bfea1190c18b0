"""The tables, as this version of the code expects them; `migrations` makes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, Table, UniqueConstraint

from glassdome.core.limits import MAX_WORD_CHARS
from glassdome.store.columns import COLLATION, Clipped, Instant, Json, Words, ascii_text, big_id, exact
from glassdome.values.analysis import AttachedFile
from glassdome.values.ask import Ask
from glassdome.values.opinion import ActionItem, Opinion, Reason, Usage
from glassdome.values.signal import SensitiveFinding, Signal

__all__ = [
    "analyses",
    "categories",
    "config",
    "cursors",
    "documents",
    "domain_statistics",
    "metadata",
    "opt_ins",
    "preferences",
    "queue",
    "statistics",
    "words",
]

metadata = MetaData()
OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}
#: Characters of a mailbox address (RFC 5321 4.5.3.1.3) and of a folder name; together they fit an InnoDB key.
MAILBOX, FOLDER = 254, 500


def ref_columns() -> tuple[Column[str], Column[str], Column[int], Column[int]]:
    """The columns of a MessageRef; the seed calls the UID `email_id`."""
    return (
        Column("mailbox", exact(MAILBOX), nullable=False),
        Column("folder", exact(FOLDER), nullable=False),
        Column("uid_validity", BigInteger, nullable=False),
        Column("email_id", BigInteger, key="uid", nullable=False),
    )


def count_columns() -> tuple[Column[Any], ...]:
    """The columns of running totals; `changes` only ever grows."""
    numbers = ("total", "phishing", "spam", "sensitive", "degraded")
    return (
        *(Column(name, BigInteger, nullable=False) for name in numbers),
        Column("seconds", Float(53), nullable=False),
        Column("changes", BigInteger, nullable=False),
    )


analyses = Table(
    "llm_email_analysis",
    metadata,
    Column("id", big_id(), primary_key=True, autoincrement=True),
    *ref_columns(),
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
    Column("degraded", Boolean, nullable=False),
    Column("degraded_reason", Clipped(64), nullable=False),
    Column("skipped", Clipped(64), nullable=False),
    Column("readable", ascii_text(10), nullable=False, server_default="yes"),
    Column("usage", Json(Usage), nullable=False),
    Column("signals", Json(tuple[Signal, ...]), nullable=False),
    Column("opinion", Json(Opinion)),
    Column("attachments", Json(tuple[AttachedFile, ...])),
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
    **OPTIONS,
)

categories = Table(
    "llm_email_category",
    metadata,
    Column("category", Clipped(100), primary_key=True),
    Column("analysis_id", BigInteger, primary_key=True, autoincrement=False),
    Column("mailbox", exact(MAILBOX), nullable=False),
    Column("analyzed_at", Instant, nullable=False),
    Index("ix_llm_email_category_newest", "category", "analyzed_at", "analysis_id"),
    Index("ix_llm_email_category_mailbox", "mailbox", "category", "analyzed_at", "analysis_id"),
    Index("ix_llm_email_category_analysis", "analysis_id"),
    **OPTIONS,
)

#: Each analysis as the JSON text that lists answer; `shape` is the version of `values.as_json` that wrote it. The key
#: begins with the mailbox, so that InnoDB keeps what one list reads in few pages.
documents = Table(
    "llm_analysis_document",
    metadata,
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("analysis_id", BigInteger, primary_key=True, autoincrement=False),
    Column("shape", Integer, nullable=False),
    Column("document", Words, nullable=False),
    Index("ix_llm_analysis_document_analysis", "analysis_id"),
    **OPTIONS,
)

#: The words of subject, sender and summary; read by word to find, by analysis to check and to forget.
words = Table(
    "llm_analysis_word",
    metadata,
    Column("word", exact(MAX_WORD_CHARS), primary_key=True),
    Column("analysis_id", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_llm_analysis_word_analysis", "analysis_id", "word"),
    sqlite_with_rowid=False,
    **OPTIONS,
)

#: Running totals per mailbox, so that statistics need no scan; `kind` is all, model, category, day or seconds.
statistics = Table(
    "llm_statistics",
    metadata,
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("kind", ascii_text(10), primary_key=True),
    Column("name", Clipped(240), primary_key=True),
    *count_columns(),
    sqlite_with_rowid=False,
    **OPTIONS,
)

#: The same totals per domain, and of all as the domain ''; spread over a few rows each, so that writers seldom meet.
domain_statistics = Table(
    "llm_domain_statistics",
    metadata,
    Column("domain", exact(MAILBOX), primary_key=True),
    Column("kind", ascii_text(10), primary_key=True),
    Column("name", Clipped(240), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    *count_columns(),
    sqlite_with_rowid=False,
    **OPTIONS,
)

#: `wake_at` is when a row needs another look (a lease's end, a back-off's end); NULL when it may run or is over.
#: `turn` orders one priority's jobs so that mailboxes take turns.
queue = Table(
    "llm_processing_queue",
    metadata,
    Column("id", big_id(), primary_key=True, autoincrement=True),
    *ref_columns(),
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
    UniqueConstraint("mailbox", "folder", "uid_validity", "uid", name="uq_llm_processing_queue_ref"),
    Index("ix_llm_processing_queue_ready", "state", "wake_at", "priority", "turn", "id"),
    Index("ix_llm_processing_queue_oldest", "state", "wake_at", "not_before"),
    Index("ix_llm_processing_queue_wake", "wake_at"),
    Index("ix_llm_processing_queue_mailbox", "state", "mailbox", "priority", "turn"),
    **OPTIONS,
)

config = Table(
    "llm_config",
    metadata,
    Column("config_key", exact(100), primary_key=True),
    Column("config_value", Words, nullable=False),
    Column("updated_at", Instant, nullable=False),
    **OPTIONS,
)

preferences = Table(
    "llm_user_preferences",
    metadata,
    Column("username", exact(MAILBOX), primary_key=True),
    Column("chosen", Boolean, nullable=False),
    Column("auto_analysis", Boolean, nullable=False),
    Column("auto_categorize", Boolean, nullable=False),
    Column("phishing_alerts", Boolean, nullable=False),
    Column("summary_enabled", Boolean, nullable=False),
    Column("engine_access", ascii_text(10), nullable=False),
    Column("summary_language", ascii_text(35), nullable=False),
    Column("flag_phishing", Boolean, nullable=False),
    Column("flag_categories", Boolean, nullable=False),
    Column("move_to_junk", Boolean, nullable=False),
    Column("drafts", Boolean, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_llm_user_preferences_chosen", "chosen", "auto_analysis"),
    **OPTIONS,
)

#: What mailcow's tags and attributes last said of a mailbox; a change of it counts, not its repetition.
opt_ins = Table(
    "llm_opt_in",
    metadata,
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("wanted", Boolean, nullable=False),
    Column("updated_at", Instant, nullable=False),
    **OPTIONS,
)

cursors = Table(
    "llm_cursor",
    metadata,
    Column("mailbox", exact(MAILBOX), primary_key=True),
    Column("folder", exact(FOLDER), primary_key=True),
    Column("uid_validity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("updated_at", Instant, nullable=False),
    **OPTIONS,
)
