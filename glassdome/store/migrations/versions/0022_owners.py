"""Store what owners say of their mail: done, categories, senders, views; index the attention that mail wants."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Clipped, Instant, Words, ascii_text, exact

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": COLLATION, "mysql_engine": "InnoDB"}
_ANALYSES = "llm_email_analysis"


def upgrade() -> None:
    """Make the tables and the indexes."""
    op.create_table(
        "llm_mark",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("folder", exact(500), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("done_at", Instant()),
        sa.Column("category", Clipped(60), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "folder", "uid_validity", "email_id"),
        **_OPTIONS,
    )
    op.create_table(
        "llm_sender_rule",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("addr", Clipped(400), nullable=False),
        sa.Column("standing", ascii_text(8), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "addr"),
        **_OPTIONS,
    )
    op.create_table(
        "llm_view",
        sa.Column("owner", Clipped(254), nullable=False),
        sa.Column("name", Clipped(60), nullable=False),
        sa.Column("query", Words(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "name"),
        **_OPTIONS,
    )
    op.create_table(
        "llm_bulk_change",
        sa.Column("change_key", ascii_text(64), nullable=False),
        sa.Column("owner", Clipped(254), nullable=False),
        sa.Column("items", Words(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("change_key"),
        **_OPTIONS,
    )
    op.create_index("ix_llm_email_analysis_attention", _ANALYSES, ["attention", "received_at", "id"], unique=False)
    op.create_index(
        "ix_llm_email_analysis_mailbox_attention",
        _ANALYSES,
        ["mailbox", "attention", "received_at", "id"],
        unique=False,
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_llm_email_analysis_mailbox_attention", table_name=_ANALYSES)
    op.drop_index("ix_llm_email_analysis_attention", table_name=_ANALYSES)
    for name in ("llm_bulk_change", "llm_view", "llm_sender_rule", "llm_mark"):
        op.drop_table(name)
