"""Analyses without a judgement (`is_phishing` and `phishing_score` null, `readable` says why), and their attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import Words, ascii_text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLE = "llm_email_analysis"
_READABLE = "readable"
_ATTACHMENTS = "attachments"


def upgrade() -> None:
    """Add the columns, and let both be null."""
    op.add_column(_TABLE, sa.Column(_READABLE, ascii_text(10), nullable=False, server_default="yes"))
    op.add_column(_TABLE, sa.Column(_ATTACHMENTS, Words()))
    _may_be_null(True)


def downgrade() -> None:
    """Call what has no judgement harmless, as the versions before did, and take the columns away."""
    rows = sa.table(_TABLE, sa.column("label"), sa.column("is_phishing"), sa.column("phishing_score"))
    op.execute(
        sa.update(rows).where(rows.c.label == "unknown").values(label="ham", is_phishing=False, phishing_score=0.2)
    )
    _may_be_null(False)
    op.drop_column(_TABLE, _ATTACHMENTS)
    op.drop_column(_TABLE, _READABLE)


def _may_be_null(nullable: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table(_TABLE) as table:  # SQLite makes the table anew
            table.alter_column("is_phishing", existing_type=sa.Boolean(), nullable=nullable)
            table.alter_column("phishing_score", existing_type=sa.Float(precision=53), nullable=nullable)
        return
    op.alter_column(_TABLE, "is_phishing", existing_type=sa.Boolean(), nullable=nullable)
    op.alter_column(_TABLE, "phishing_score", existing_type=sa.Float(precision=53), nullable=nullable)
