"""Store the state of a session's account, so that its change ends the session after a restart too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import Json
from glassdome.values.person import AccountMark

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; sessions that are there get theirs at the next look."""
    op.add_column("llm_sessions", sa.Column("account", Json(AccountMark)))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("llm_sessions", "account")
