"""Store the owners' own categories, with the words and senders by which new mail gets them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Clipped, Instant, Words, exact

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "llm_own_category",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("name", Clipped(60), nullable=False),
        sa.Column("words", Words(), nullable=False),
        sa.Column("senders", Words(), nullable=False),
        sa.Column("keyword", sa.Boolean(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "name"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("llm_own_category")
