"""Store the role that a model held when it read a mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import ascii_text

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLE = "llm_email_analysis"


def upgrade() -> None:
    """Add the column; no model had earned a role before."""
    op.add_column(_TABLE, sa.Column("model_role", ascii_text(8), nullable=False, server_default="none"))


def downgrade() -> None:
    """Take it away."""
    op.drop_column(_TABLE, "model_role")
