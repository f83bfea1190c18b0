"""Store when each mail was received, and its risk, with the indexes of lists in those orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLE = "llm_email_analysis"
_INDEXES = {
    "received": ["received_at", "id"],
    "mailbox_received": ["mailbox", "received_at", "id"],
    "domain_received": ["domain", "received_at", "id"],
    "phishing_received": ["is_phishing", "received_at", "id"],
    "mailbox_phishing_received": ["mailbox", "is_phishing", "received_at", "id"],
    "urgent": ["priority_score", "id"],
    "mailbox_urgent": ["mailbox", "priority_score", "id"],
    "domain_urgent": ["domain", "priority_score", "id"],
    "risk": ["risk", "id"],
    "mailbox_risk": ["mailbox", "risk", "id"],
    "domain_risk": ["domain", "risk", "id"],
}


def upgrade() -> None:
    """Add the columns; mail that was judged before counts as received at its Date, at the latest when it was judged."""
    op.add_column(_TABLE, sa.Column("received_at", Instant(), nullable=False, server_default=""))
    op.add_column(_TABLE, sa.Column("risk", sa.Float(precision=53), nullable=False, server_default="-1"))
    rows = sa.table(
        _TABLE, *(sa.column(name) for name in ("received_at", "risk", "sent_at", "analyzed_at", "phishing_score"))
    )
    received = sa.case((rows.c.sent_at < rows.c.analyzed_at, rows.c.sent_at), else_=rows.c.analyzed_at)
    op.execute(sa.update(rows).values(received_at=received, risk=sa.func.coalesce(rows.c.phishing_score, -1)))
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_{_TABLE}_{name}", _TABLE, columns)


def downgrade() -> None:
    """Take them away."""
    for name in _INDEXES:
        op.drop_index(f"ix_{_TABLE}_{name}", _TABLE)
    op.drop_column(_TABLE, "risk")
    op.drop_column(_TABLE, "received_at")
