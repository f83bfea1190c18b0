"""Store threads, the turns of their mails, and the names that link them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Clipped, Instant, Words, ascii_text, big_id, exact

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}
_INDEXES = (
    ("ix_llm_threads_newest", "llm_threads", ["last_at", "id"]),
    ("ix_llm_threads_mailbox", "llm_threads", ["mailbox", "last_at", "id"]),
    ("ix_llm_threads_domain", "llm_threads", ["domain", "last_at", "id"]),
    ("ix_llm_threads_state", "llm_threads", ["state", "last_at", "id"]),
    ("ix_llm_threads_mailbox_state", "llm_threads", ["mailbox", "state", "last_at", "id"]),
    ("ix_llm_threads_domain_state", "llm_threads", ["domain", "state", "last_at", "id"]),
    ("ix_llm_threads_subject", "llm_threads", ["mailbox", "subject_key"]),
    ("ix_llm_threads_look", "llm_threads", ["look_at"]),
    ("ix_llm_thread_turns_thread", "llm_thread_turns", ["thread", "at"]),
    ("ix_llm_thread_turns_ref", "llm_thread_turns", ["mailbox", "folder", "uid_validity", "email_id"]),
    ("ix_llm_thread_turns_author", "llm_thread_turns", ["mailbox", "mine", "author"]),
    ("ix_llm_thread_turns_at", "llm_thread_turns", ["at"]),
    ("ix_llm_thread_names_thread", "llm_thread_names", ["thread"]),
)


def upgrade() -> None:
    """Make the tables."""
    _make_threads()
    _make_turns()
    op.create_table(
        "llm_thread_names",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("name_key", ascii_text(64), nullable=False),
        sa.Column("thread", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "name_key"),
        **_OPTIONS,
    )
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns, unique=False)


def _make_threads() -> None:
    op.create_table(
        "llm_threads",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("domain", exact(254), nullable=False),
        sa.Column("thread_id", Clipped(998), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("subject_key", ascii_text(64), nullable=False),
        sa.Column("begun_by_reply", sa.Boolean(), nullable=False),
        sa.Column("people", Words(), nullable=False),
        sa.Column("state", ascii_text(10), nullable=False),
        sa.Column("debt", Words()),
        sa.Column("message", Words()),
        sa.Column("since", Instant()),
        sa.Column("due", ascii_text(10)),
        sa.Column("waiting_until", ascii_text(10)),
        sa.Column("remind", sa.Boolean(), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.Column("asked_of_me", Words()),
        sa.Column("asked_of_them", Words()),
        sa.Column("summary", Words(), nullable=False),
        sa.Column("marks", Words(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("look_at", Instant()),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_OPTIONS,
    )


def _make_turns() -> None:
    op.create_table(
        "llm_thread_turns",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("folder", exact(500), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("email_id", sa.BigInteger(), nullable=False),
        sa.Column("message_key", ascii_text(64), nullable=False),
        sa.Column("message_id", Clipped(998), nullable=False),
        sa.Column("refers_to", Words(), nullable=False),
        sa.Column("thread", sa.BigInteger(), nullable=False),
        sa.Column("mine", sa.Boolean(), nullable=False),
        sa.Column("author", Clipped(400), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("turn", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mailbox", "message_key", name="uq_llm_thread_turns_message"),
        **_OPTIONS,
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("llm_thread_names", "llm_thread_turns", "llm_threads"):
        op.drop_table(table)
