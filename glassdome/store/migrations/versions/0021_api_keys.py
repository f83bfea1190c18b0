"""Store the API keys that people make on the page."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Clipped, Instant, Words, ascii_text, big_id

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "llm_api_keys",
        sa.Column("id", big_id(), primary_key=True, autoincrement=True),
        sa.Column("digest", ascii_text(64), nullable=False, unique=True),
        sa.Column("label", Clipped(100), nullable=False),
        sa.Column("scope", ascii_text(2), nullable=False),
        sa.Column("mailboxes", Words()),
        sa.Column("domains", Words()),
        sa.Column("owner", Clipped(254), nullable=False),
        sa.Column("owner_by", ascii_text(10), nullable=False),
        sa.Column("owner_everything", sa.Boolean(), nullable=False),
        sa.Column("owner_domains", Words(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("used_at", Instant()),
        sa.Column("expires_at", Instant(), nullable=False),
        **_OPTIONS,
    )
    op.create_index("ix_llm_api_keys_owner", "llm_api_keys", ["owner"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("llm_api_keys")
