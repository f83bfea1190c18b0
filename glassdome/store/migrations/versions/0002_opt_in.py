"""What mailcow last said of each mailbox's opt-in; indexes for a million analyses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Instant, exact

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OLDEST = "ix_llm_processing_queue_oldest"
_KIND = "ix_llm_statistics_kind"
_MESSAGE = "ix_llm_email_analysis_message"


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
    op.create_index(_KIND, "llm_statistics", ["kind", "domain"], unique=False)
    _index_messages(["mailbox", "message_id", "analyzed_at", "id"])


def downgrade() -> None:
    """Take them away."""
    _index_messages(["message_id"])
    op.drop_index(_KIND, table_name="llm_statistics")
    op.drop_index(_OLDEST, table_name="llm_processing_queue")
    op.drop_table("llm_opt_in")


def _index_messages(columns: list[str]) -> None:
    op.drop_index(_MESSAGE, table_name="llm_email_analysis")
    length = {"message_id": 190}
    op.create_index(_MESSAGE, "llm_email_analysis", columns, unique=False, mysql_length=length)
