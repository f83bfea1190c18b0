"""Store what happened, for pages that follow along and for webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Instant, Words, ascii_text, big_id, exact

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what happened before is not in it."""
    op.create_table(
        "llm_events",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("event_key", ascii_text(64), nullable=False),
        sa.Column("kind", ascii_text(20), nullable=False),
        sa.Column("subject_key", ascii_text(64), nullable=False),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("domain", exact(254), nullable=False),
        sa.Column("data", Words(), nullable=False),
        sa.Column("spread", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_key"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_events_spread", "llm_events", ["spread", "id"], unique=False)
    op.create_index("ix_llm_events_mailbox", "llm_events", ["mailbox", "id"], unique=False)
    op.create_index("ix_llm_events_domain", "llm_events", ["domain", "id"], unique=False)
    op.create_index("ix_llm_events_subject", "llm_events", ["subject_key"], unique=False)
    op.create_index("ix_llm_events_at", "llm_events", ["at"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_table("llm_events")
