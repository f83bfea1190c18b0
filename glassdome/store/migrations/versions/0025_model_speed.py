"""Count how often a model was shown a mail in vain, and how fast models answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Clipped, Instant, exact

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_QUEUE = "llm_processing_queue"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column(_QUEUE, sa.Column("tried_model", Clipped(200), nullable=False, server_default=""))
    op.add_column(_QUEUE, sa.Column("model_tries", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "llm_model_speed",
        sa.Column("model", exact(200), nullable=False),
        sa.Column("span_at", Instant(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("too_slow", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("model", "span_at"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("llm_model_speed")
    op.drop_column(_QUEUE, "model_tries")
    op.drop_column(_QUEUE, "tried_model")
