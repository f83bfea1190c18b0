"""Store what models answered to the canaries, and the roles that they earned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Clipped, Instant, Words, ascii_text, exact

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "llm_model_answer",
        sa.Column("model_key", ascii_text(64), nullable=False),
        sa.Column("canary", exact(100), nullable=False),
        sa.Column("opinion", Words()),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("model_key", "canary"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_table(
        "llm_model_role",
        sa.Column("model_key", ascii_text(64), nullable=False),
        sa.Column("model", Clipped(200), nullable=False),
        sa.Column("role", ascii_text(8), nullable=False),
        sa.Column("test", Words(), nullable=False),
        sa.Column("tested_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("model_key"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_model_role_newest", "llm_model_role", ["tested_at"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("llm_model_role")
    op.drop_table("llm_model_answer")
