"""What mailcow last said of each mailbox's opt-in, and an index for the oldest waiting job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Instant, exact

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OLDEST = "ix_llm_processing_queue_oldest"


def upgrade() -> None:
    """Make the table and the index."""
    op.create_table(
        "llm_opt_in",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index(_OLDEST, "llm_processing_queue", ["state", "wake_at", "not_before"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(_OLDEST, table_name="llm_processing_queue")
    op.drop_table("llm_opt_in")
