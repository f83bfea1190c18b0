"""Let a language model summarise threads; `prose_due` is the plan, and a crash leaves it in place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import Clipped, Instant, Words

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TABLE, _INDEX = "llm_threads", "ix_llm_threads_prose"


def upgrade() -> None:
    """Add the columns; threads that are there wait for their next mail."""
    op.add_column(_TABLE, sa.Column("prose", Words()))
    op.add_column(_TABLE, sa.Column("prose_by", Clipped(200)))
    op.add_column(_TABLE, sa.Column("prose_turn", sa.BigInteger()))
    op.add_column(_TABLE, sa.Column("prose_due", Instant()))
    op.create_index(_INDEX, _TABLE, ["prose_due"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index(_INDEX, _TABLE)
    for column in ("prose_due", "prose_turn", "prose_by", "prose"):
        op.drop_column(_TABLE, column)
