"""Store what each mail asks its reader to give or do, and whether the one who asks is proven."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import Words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLE, _COLUMN = "llm_email_analysis", "asks"


def upgrade() -> None:
    """Add the column."""
    op.add_column(_TABLE, sa.Column(_COLUMN, Words()))


def downgrade() -> None:
    """Take it away."""
    op.drop_column(_TABLE, _COLUMN)
