"""The name that a registered mailbox logs in with, where it is not its address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import Clipped

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("llm_mailbox", sa.Column("login", Clipped(254), nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("llm_mailbox", "login")
