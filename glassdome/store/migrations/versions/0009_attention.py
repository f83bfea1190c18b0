"""Store how each mail wants to be met, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import Clipped, ascii_text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLE = "llm_email_analysis"


def upgrade() -> None:
    """Add the columns; mail that was judged before is to be read, for no reason."""
    op.add_column(_TABLE, sa.Column("attention", ascii_text(10), nullable=False, server_default="read"))
    op.add_column(_TABLE, sa.Column("attention_reason", Clipped(200), nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away."""
    op.drop_column(_TABLE, "attention_reason")
    op.drop_column(_TABLE, "attention")
