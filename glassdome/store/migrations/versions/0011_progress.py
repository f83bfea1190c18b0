"""Keep paces and the progress of tasks in tables of their own, so that a cursor is a reading position and nothing else."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from glassdome.store.columns import COLLATION, Instant, exact

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OPTIONS: Final[dict[str, Any]] = {"mysql_charset": "utf8mb4", "mysql_collate": COLLATION, "mysql_engine": "InnoDB"}
_CURSOR: Final = sa.table(
    "llm_cursor", *(sa.column(name) for name in ("mailbox", "folder", "uid_validity", "last_uid", "updated_at"))
)
_PROGRESS: Final = sa.table("llm_progress", *(sa.column(name) for name in ("mailbox", "task", "reached", "updated_at")))
#: Prefixes of keys of readers other than the queue, before and after: none may look like a folder's name.
_READERS: Final = {"monitor:": "//monitor/", "commands:": "//commands/", "once:": "//once/"}
_TASKS: Final = ("//backfill-asked", "//reprocess/%")


def upgrade() -> None:
    """Make the tables and move what is no reading position; a pace is over in minutes, so none is moved."""
    op.create_table(
        "llm_pace",
        sa.Column("name", exact(100), nullable=False),
        sa.Column("free_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        **_OPTIONS,
    )
    op.create_table(
        "llm_progress",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("task", exact(100), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "task"),
        **_OPTIONS,
    )
    key = _CURSOR.c.folder
    for task in _TASKS:
        moved = sa.select(_CURSOR.c.mailbox, sa.func.substr(key, 3), _CURSOR.c.last_uid, _CURSOR.c.updated_at)
        op.execute(sa.insert(_PROGRESS).from_select(list(_PROGRESS.c.keys()), moved.where(key.like(task))))
        op.execute(sa.delete(_CURSOR).where(key.like(task)))
    op.execute(sa.delete(_CURSOR).where(key == "//backfill", _CURSOR.c.mailbox == ""))
    for before, after in _READERS.items():
        _rename(before, after)


def downgrade() -> None:
    """Move the progress back, and take the tables away."""
    for before, after in _READERS.items():
        _rename(after, before)
    back = sa.select(
        _PROGRESS.c.mailbox, sa.literal("//").concat(_PROGRESS.c.task), 1, _PROGRESS.c.reached, _PROGRESS.c.updated_at
    )
    op.execute(sa.insert(_CURSOR).from_select(list(_CURSOR.c.keys()), back))
    op.drop_table("llm_progress")
    op.drop_table("llm_pace")


def _rename(before: str, after: str) -> None:
    folder = _CURSOR.c.folder
    renamed = sa.literal(after).concat(sa.func.substr(folder, len(before) + 1))
    op.execute(sa.update(_CURSOR).where(folder.like(f"{before}%")).values(folder=renamed))
