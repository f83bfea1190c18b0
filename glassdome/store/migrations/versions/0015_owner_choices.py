"""Store an owner's choices on digests, threads, absence and language models."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import Words, ascii_text

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLE = "llm_user_preferences"


def upgrade() -> None:
    """Add the columns; who chose before has none of the new features, and language models as before."""
    for column in (
        sa.Column("language", ascii_text(35), nullable=False, server_default=""),
        sa.Column("timezone", ascii_text(64), nullable=False, server_default=""),
        sa.Column("digest", ascii_text(10), nullable=False, server_default="off"),
        sa.Column("digest_hour", sa.Integer(), nullable=False, server_default="7"),
        sa.Column("threads", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("flag_threads", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("follow_up_days", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("absence", Words(), nullable=False, server_default=""),
        sa.Column("model", sa.Boolean(), nullable=False, server_default=sa.true()),
    ):
        op.add_column(_TABLE, column)


def downgrade() -> None:
    """Take them away."""
    for name in (
        "model", "absence", "follow_up_days", "flag_threads", "threads", "digest_hour", "digest", "timezone", "language",
    ):  # fmt: skip
        op.drop_column(_TABLE, name)
