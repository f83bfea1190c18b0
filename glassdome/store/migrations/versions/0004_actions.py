"""Indexes for lists of actions: of all mailboxes and of one."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLE = "llm_action"
_MAILBOX = "ix_llm_action_mailbox"
_NEWEST = "ix_llm_action_newest"


def upgrade() -> None:
    """Make them."""
    op.create_index(_MAILBOX, _TABLE, ["mailbox", "updated_at", "id"], unique=False)
    op.create_index(_NEWEST, _TABLE, ["updated_at", "id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(_NEWEST, table_name=_TABLE)
    op.drop_index(_MAILBOX, table_name=_TABLE)
