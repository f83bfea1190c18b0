"""The tables of correspondents, actions and the agent's own memory."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, UniqueConstraint

from glassdome.store.columns import Clipped, Instant, Json, Words, ascii_text, big_id, exact
from glassdome.store.schema import FOLDER, MAILBOX, OPTIONS, metadata, ref_columns

__all__ = ["actions", "audit", "commands", "contacts", "feedback", "mailboxes", "nonces", "outbox", "sessions"]

#: One row per correspondent of a mailbox, and one per domain (`addr` starting with @).
contacts = Table(
    "llm_contact",
    metadata,
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
    **OPTIONS,
)

#: `action_key` is the SHA-256 of the action's idempotency key, which is longer than an index allows.
actions = Table(
    "llm_action",
    metadata,
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("action_key", ascii_text(64), nullable=False, unique=True),
    *ref_columns(),
    Column("kind", ascii_text(16), nullable=False),
    Column("argument", exact(FOLDER), nullable=False),
    Column("message_id", Clipped(998), nullable=False),
    Column("state", ascii_text(10), nullable=False),
    Column("detail", Words, nullable=False),
    Column("moved_folder", exact(FOLDER)),
    Column("moved_uid_validity", BigInteger),
    Column("moved_uid", BigInteger),
    Column("planned_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_llm_action_mailbox", "mailbox", "updated_at", "id"),
    Index("ix_llm_action_newest", "updated_at", "id"),
    Index("ix_llm_action_state", "state", "updated_at"),
    Index("ix_llm_action_ref", "mailbox", "folder", "uid_validity", "uid"),
    **OPTIONS,
)

feedback = Table(
    "llm_feedback",
    metadata,
    Column("id", big_id(), primary_key=True, autoincrement=True),
    *ref_columns(),
    Column("label", ascii_text(8), nullable=False),
    Column("actor", Clipped(254), nullable=False),
    Column("note", Words, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("mailbox", "folder", "uid_validity", "uid", name="uq_llm_feedback_ref"),
    Index("ix_llm_feedback_mailbox", "mailbox", "updated_at"),
    **OPTIONS,
)

mailboxes = Table(
    "llm_mailbox",
    metadata,
    Column("address", exact(MAILBOX), primary_key=True),
    Column("name", Clipped(254), nullable=False),
    Column("password", Words, nullable=False),
    Column("login", Clipped(254), nullable=False, server_default=""),
    Column("updated_at", Instant, nullable=False),
    **OPTIONS,
)

#: `message_key` is the SHA-256 of the Message-ID, which may be as long as a line (RFC 5322 2.1.1).
outbox = Table(
    "llm_outbox",
    metadata,
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
    **OPTIONS,
)

commands = Table(
    "llm_command",
    metadata,
    Column("id", big_id(), primary_key=True, autoincrement=True),
    *ref_columns(),
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
    **OPTIONS,
)

nonces = Table(
    "llm_nonce",
    metadata,
    Column("nonce_key", ascii_text(64), primary_key=True),
    Column("expires_at", Instant, nullable=False),
    Index("ix_llm_nonce_expires", "expires_at"),
    **OPTIONS,
)

#: Who is signed in to the web UI; `session_key` is the SHA-256 of the session's token, `who` the caller's name.
sessions = Table(
    "llm_sessions",
    metadata,
    Column("session_key", ascii_text(64), primary_key=True),
    Column("who", Clipped(254), nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_llm_sessions_expires", "expires_at"),
    **OPTIONS,
)

audit = Table(
    "llm_audit",
    metadata,
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", Clipped(254), nullable=False),
    Column("action", Clipped(100), nullable=False),
    Column("subject", Words, nullable=False),
    Column("facts", Json(dict[str, object]), nullable=False),
    Index("ix_llm_audit_at", "at"),
    **OPTIONS,
)
