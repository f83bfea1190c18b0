"""Store the receivers of events, and the deliveries on their way to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Instant, Words, ascii_text, big_id, exact

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_DELIVERY = "llm_webhook_delivery"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "llm_webhooks",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("url", Words(), nullable=False),
        sa.Column("events", Words(), nullable=False),
        sa.Column("secret", Words(), nullable=False),
        sa.Column("old_secret", Words(), nullable=False),
        sa.Column("old_until", Instant()),
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("domain", exact(254), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rests_until", Instant()),
        sa.Column("last_error", ascii_text(64), nullable=False),
        sa.Column("last_status", sa.Integer()),
        sa.Column("delivered_at", Instant()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_table(
        _DELIVERY,
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_key", ascii_text(64), nullable=False),
        sa.Column("state", ascii_text(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("first_at", Instant()),
        sa.Column("token", ascii_text(32), nullable=False),
        sa.Column("error", ascii_text(64), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("webhook_id", "event_id", name="uq_llm_webhook_delivery_event"),
        mysql_charset="utf8mb4",
        mysql_collate=COLLATION,
        mysql_engine="InnoDB",
    )
    op.create_index("ix_llm_webhook_delivery_due", _DELIVERY, ["webhook_id", "state", "next_at", "id"], unique=False)
    op.create_index(
        "ix_llm_webhook_delivery_turn", _DELIVERY, ["webhook_id", "subject_key", "state", "event_id"], unique=False
    )
    op.create_index("ix_llm_webhook_delivery_event", _DELIVERY, ["event_id"], unique=False)
    op.create_index("ix_llm_webhook_delivery_state", _DELIVERY, ["state", "updated_at"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table(_DELIVERY)
    op.drop_table("llm_webhooks")
