"""The first schema: analyses, queue, preferences, settings, correspondents, actions, the agent's memory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Clipped, Instant, Words, ascii_text, big_id, exact

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _mail_tables()
    _agent_tables()


def downgrade() -> None:
    """Take every table away."""
    op.drop_table("llm_user_preferences")
    op.drop_table("llm_statistics")
    op.drop_table("llm_processing_queue")
    op.drop_table("llm_outbox")
    op.drop_table("llm_nonce")
    op.drop_table("llm_mailbox")
    op.drop_table("llm_feedback")
    op.drop_table("llm_email_category")
    op.drop_table("llm_email_analysis")
    op.drop_table("llm_cursor")
    op.drop_table("llm_contact")
    op.drop_table("llm_config")
    op.drop_table("llm_command")
    op.drop_table("llm_audit")
    op.drop_table("llm_action")


def _mail_tables() -> None:
    op.create_table(
        "llm_config",
        sa.Column("config_key", exact(100), nullable=False),
        sa.Column("config_value", Words(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("config_key"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_table(
        "llm_cursor",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("folder", exact(500), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "folder"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_table(
        "llm_email_analysis",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("folder", exact(500), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("email_id", sa.BigInteger(), nullable=False),
        sa.Column("domain", exact(254), nullable=False),
        sa.Column("message_id", Clipped(998), nullable=False),
        sa.Column("thread_id", Clipped(998), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("from_name", Words(), nullable=False),
        sa.Column("from_addr", Clipped(400), nullable=False),
        sa.Column("person", Clipped(400), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("content_hash", ascii_text(64), nullable=False),
        sa.Column("summary", Words(), nullable=False),
        sa.Column("categories", Words(), nullable=False),
        sa.Column("tags", Words(), nullable=False),
        sa.Column("priority_score", sa.Integer(), nullable=False),
        sa.Column("label", ascii_text(8), nullable=False),
        sa.Column("is_phishing", sa.Boolean(), nullable=False),
        sa.Column("phishing_score", sa.Float(precision=53), nullable=False),
        sa.Column("spam_score", sa.Float(precision=53), nullable=False),
        sa.Column("phishing_reasons", Words(), nullable=False),
        sa.Column("sensitive_data", sa.Boolean(), nullable=False),
        sa.Column("sensitive", Words(), nullable=False),
        sa.Column("auto_reply_suggestion", Words(), nullable=True),
        sa.Column("action_items", Words(), nullable=False),
        sa.Column("language", Clipped(35), nullable=False),
        sa.Column("engine", ascii_text(32), nullable=False),
        sa.Column("model", Clipped(200), nullable=False),
        sa.Column("prompt_version", ascii_text(64), nullable=False),
        sa.Column("degraded", sa.Boolean(), nullable=False),
        sa.Column("degraded_reason", Clipped(64), nullable=False),
        sa.Column("skipped", Clipped(64), nullable=False),
        sa.Column("usage", Words(), nullable=False),
        sa.Column("signals", Words(), nullable=False),
        sa.Column("opinion", Words(), nullable=True),
        sa.Column("processing_time", sa.Float(precision=53), nullable=False),
        sa.Column("analyzed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mailbox", "folder", "uid_validity", "email_id", name="uq_llm_email_analysis_ref"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_email_analysis_content", "llm_email_analysis", ["content_hash"], unique=False)
    op.create_index(
        "ix_llm_email_analysis_degraded", "llm_email_analysis", ["degraded", "analyzed_at", "id"], unique=False
    )
    op.create_index("ix_llm_email_analysis_domain", "llm_email_analysis", ["domain", "analyzed_at", "id"], unique=False)
    op.create_index(
        "ix_llm_email_analysis_mailbox", "llm_email_analysis", ["mailbox", "analyzed_at", "id"], unique=False
    )
    op.create_index(
        "ix_llm_email_analysis_mailbox_phishing",
        "llm_email_analysis",
        ["mailbox", "is_phishing", "analyzed_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_llm_email_analysis_message",
        "llm_email_analysis",
        ["message_id"],
        unique=False,
        mysql_length={"message_id": 190},
    )
    op.create_index("ix_llm_email_analysis_newest", "llm_email_analysis", ["analyzed_at", "id"], unique=False)
    op.create_index("ix_llm_email_analysis_person", "llm_email_analysis", ["person", "analyzed_at", "id"], unique=False)
    op.create_index(
        "ix_llm_email_analysis_phishing", "llm_email_analysis", ["is_phishing", "analyzed_at", "id"], unique=False
    )
    op.create_index(
        "ix_llm_email_analysis_priority", "llm_email_analysis", ["priority_score", "analyzed_at", "id"], unique=False
    )
    op.create_table(
        "llm_email_category",
        sa.Column("category", Clipped(100), nullable=False),
        sa.Column("analysis_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("analyzed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("category", "analysis_id"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_email_category_analysis", "llm_email_category", ["analysis_id"], unique=False)
    op.create_index(
        "ix_llm_email_category_mailbox",
        "llm_email_category",
        ["mailbox", "category", "analyzed_at", "analysis_id"],
        unique=False,
    )
    op.create_index(
        "ix_llm_email_category_newest", "llm_email_category", ["category", "analyzed_at", "analysis_id"], unique=False
    )
    op.create_table(
        "llm_processing_queue",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("folder", exact(500), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("email_id", sa.BigInteger(), nullable=False),
        sa.Column("state", ascii_text(10), nullable=False),
        sa.Column("reason", ascii_text(10), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("wake_at", Instant(), nullable=True),
        sa.Column("enqueued_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("lease_owner", Clipped(200), nullable=False),
        sa.Column("lease_token", ascii_text(32), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("error_code", Clipped(64), nullable=False),
        sa.Column("error", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mailbox", "folder", "uid_validity", "email_id", name="uq_llm_processing_queue_ref"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index(
        "ix_llm_processing_queue_mailbox",
        "llm_processing_queue",
        ["state", "mailbox", "priority", "turn"],
        unique=False,
    )
    op.create_index(
        "ix_llm_processing_queue_ready",
        "llm_processing_queue",
        ["state", "wake_at", "priority", "turn", "id"],
        unique=False,
    )
    op.create_index("ix_llm_processing_queue_wake", "llm_processing_queue", ["wake_at"], unique=False)
    op.create_table(
        "llm_statistics",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("kind", ascii_text(10), nullable=False),
        sa.Column("name", Clipped(240), nullable=False),
        sa.Column("domain", exact(254), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("phishing", sa.BigInteger(), nullable=False),
        sa.Column("spam", sa.BigInteger(), nullable=False),
        sa.Column("sensitive", sa.BigInteger(), nullable=False),
        sa.Column("degraded", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "kind", "name"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_statistics_domain", "llm_statistics", ["domain"], unique=False)
    op.create_table(
        "llm_user_preferences",
        sa.Column("username", exact(254), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("auto_analysis", sa.Boolean(), nullable=False),
        sa.Column("auto_categorize", sa.Boolean(), nullable=False),
        sa.Column("phishing_alerts", sa.Boolean(), nullable=False),
        sa.Column("summary_enabled", sa.Boolean(), nullable=False),
        sa.Column("engine_access", ascii_text(10), nullable=False),
        sa.Column("summary_language", ascii_text(35), nullable=False),
        sa.Column("flag_phishing", sa.Boolean(), nullable=False),
        sa.Column("flag_categories", sa.Boolean(), nullable=False),
        sa.Column("move_to_junk", sa.Boolean(), nullable=False),
        sa.Column("drafts", sa.Boolean(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("username"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_user_preferences_chosen", "llm_user_preferences", ["chosen", "auto_analysis"], unique=False)


def _agent_tables() -> None:
    op.create_table(
        "llm_action",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("action_key", ascii_text(64), nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("folder", exact(500), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("email_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", ascii_text(16), nullable=False),
        sa.Column("argument", exact(500), nullable=False),
        sa.Column("message_id", Clipped(998), nullable=False),
        sa.Column("state", ascii_text(10), nullable=False),
        sa.Column("detail", Words(), nullable=False),
        sa.Column("moved_folder", exact(500), nullable=True),
        sa.Column("moved_uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("moved_uid", sa.BigInteger(), nullable=True),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("action_key"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_action_ref", "llm_action", ["mailbox", "folder", "uid_validity", "email_id"], unique=False)
    op.create_index("ix_llm_action_state", "llm_action", ["state", "updated_at"], unique=False)
    op.create_table(
        "llm_audit",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", Clipped(254), nullable=False),
        sa.Column("action", Clipped(100), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("facts", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_audit_at", "llm_audit", ["at"], unique=False)
    op.create_table(
        "llm_command",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("folder", exact(500), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("email_id", sa.BigInteger(), nullable=False),
        sa.Column("message_key", ascii_text(64), nullable=False),
        sa.Column("message_id", Clipped(998), nullable=False),
        sa.Column("sender", Clipped(400), nullable=False),
        sa.Column("command", Clipped(100), nullable=False),
        sa.Column("state", ascii_text(10), nullable=False),
        sa.Column("detail", Words(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mailbox", "folder", "uid_validity", "email_id", name="uq_llm_command_ref"),
        sa.UniqueConstraint("mailbox", "message_key", name="uq_llm_command_message"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_command_mailbox", "llm_command", ["mailbox", "created_at"], unique=False)
    op.create_table(
        "llm_contact",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("addr", Clipped(400), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("authenticated", sa.Integer(), nullable=False),
        sa.Column("replied", sa.Integer(), nullable=False),
        sa.Column("junked", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("first_seen", Instant(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "addr"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_contact_addr", "llm_contact", ["addr"], unique=False)
    op.create_index("ix_llm_contact_frequent", "llm_contact", ["mailbox", "replied", "seen"], unique=False)
    op.create_table(
        "llm_feedback",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("folder", exact(500), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("email_id", sa.BigInteger(), nullable=False),
        sa.Column("label", ascii_text(8), nullable=False),
        sa.Column("actor", Clipped(254), nullable=False),
        sa.Column("note", Words(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mailbox", "folder", "uid_validity", "email_id", name="uq_llm_feedback_ref"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_feedback_mailbox", "llm_feedback", ["mailbox", "updated_at"], unique=False)
    op.create_table(
        "llm_mailbox",
        sa.Column("address", exact(254), nullable=False),
        sa.Column("name", Clipped(254), nullable=False),
        sa.Column("password", Words(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_table(
        "llm_nonce",
        sa.Column("nonce_key", ascii_text(64), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("nonce_key"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_nonce_expires", "llm_nonce", ["expires_at"], unique=False)
    op.create_table(
        "llm_outbox",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("message_key", ascii_text(64), nullable=False),
        sa.Column("message_id", Clipped(998), nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("recipients", Words(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("purpose", Clipped(32), nullable=False),
        sa.Column("state", ascii_text(10), nullable=False),
        sa.Column("detail", Words(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_key"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_outbox_mailbox", "llm_outbox", ["mailbox", "created_at"], unique=False)
    op.create_index("ix_llm_outbox_state", "llm_outbox", ["state", "updated_at"], unique=False)
