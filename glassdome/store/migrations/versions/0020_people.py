"""Store who a session belongs to, what an identity provider granted, and when it was last used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import Clipped, Instant, Words, ascii_text

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLE = "llm_sessions"


def upgrade() -> None:
    """End all sessions, since nothing tells when they were last used, and add the columns."""
    op.execute("DELETE FROM llm_sessions")
    for column in (
        sa.Column("signed_in_by", ascii_text(10), nullable=False, server_default="key"),
        sa.Column("everything", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("domains", Words()),
        sa.Column("browser", Clipped(200), nullable=False, server_default=""),
        sa.Column("used_at", Instant(), nullable=False, server_default=""),
    ):
        op.add_column(_TABLE, column)
    op.create_index("ix_llm_sessions_who", _TABLE, ["who"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_llm_sessions_who", _TABLE)
    for name in ("used_at", "browser", "domains", "everything", "signed_in_by"):
        op.drop_column(_TABLE, name)
