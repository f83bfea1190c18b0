"""Sessions of the web UI, so that signing out holds in every process and after a restart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Clipped, Instant, ascii_text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLE = "llm_sessions"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        _TABLE,
        sa.Column("session_key", ascii_text(64), nullable=False),
        sa.Column("who", Clipped(254), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("session_key"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_sessions_expires", _TABLE, ["expires_at"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_table(_TABLE)
