"""Store how owners write, their automatic answers and who got one, and the bytes of drafts by their hash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Clipped, Instant, Words, ascii_text, exact

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, then the columns: all are empty at first."""
    op.create_table(
        "llm_writing_profile",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("language", ascii_text(35), nullable=False),
        sa.Column("greeting", Clipped(80), nullable=False),
        sa.Column("naming", ascii_text(10), nullable=False),
        sa.Column("ends", Clipped(4), nullable=False),
        sa.Column("formal", sa.Integer(), nullable=False),
        sa.Column("informal", sa.Integer(), nullable=False),
        sa.Column("sign_off", Words(), nullable=False),
        sa.Column("signed", sa.Integer(), nullable=False),
        sa.Column("name", Clipped(254), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "language"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_table(
        "llm_answer_rule",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("name", exact(100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("categories", Words(), nullable=False),
        sa.Column("sender_domains", Words(), nullable=False),
        sa.Column("subject_words", Words(), nullable=False),
        sa.Column("recipients", Words(), nullable=False),
        sa.Column("subject", Clipped(250), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "name"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_table(
        "llm_answered",
        sa.Column("answer_key", ascii_text(64), nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("person", Clipped(400), nullable=False),
        sa.Column("mail_key", ascii_text(64), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("answer_key"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_answered_mailbox", "llm_answered", ["mailbox", "answered_at"], unique=False)
    op.add_column("llm_action", sa.Column("digest", ascii_text(64), nullable=False, server_default=""))
    for name, kind in (
        ("absence_from", ascii_text(10)),
        ("absence_until", ascii_text(10)),
        ("absence_subject", Clipped(250)),
    ):
        op.add_column("llm_user_preferences", sa.Column(name, kind, nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away."""
    for name in ("absence_subject", "absence_until", "absence_from"):
        op.drop_column("llm_user_preferences", name)
    op.drop_column("llm_action", "digest")
    op.drop_table("llm_answered")
    op.drop_table("llm_answer_rule")
    op.drop_table("llm_writing_profile")
