"""Let owners choose that reminders are drafted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_TABLE = "llm_user_preferences"


def upgrade() -> None:
    """Add the column."""
    op.add_column(_TABLE, sa.Column("follow_up_drafts", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take it away."""
    op.drop_column(_TABLE, "follow_up_drafts")
