"""Store the facts that a mail and its files give."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import Words

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLE = "llm_email_analysis"


def upgrade() -> None:
    """Add the column; of mail that was judged before, no facts are known."""
    op.add_column(_TABLE, sa.Column("facts", Words()))


def downgrade() -> None:
    """Take it away."""
    op.drop_column(_TABLE, "facts")
