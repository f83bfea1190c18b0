"""Store whether the language of a mail was covered when it was judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TABLE = "llm_email_analysis"


def upgrade() -> None:
    """Add the column; mail judged before counts as covered, as it was judged."""
    op.add_column(_TABLE, sa.Column("language_covered", sa.Boolean, nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Take it away."""
    op.drop_column(_TABLE, "language_covered")
