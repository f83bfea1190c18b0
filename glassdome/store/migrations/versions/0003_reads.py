"""What makes reads cheap at a million analyses: their JSON, an index of words, totals per domain and of all."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from glassdome.core.limits import MAX_INDEXED_WORDS
from glassdome.store.columns import COLLATION, Clipped, Words, ascii_text, exact
from glassdome.store.words import terms_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COUNTS: Final = ("total", "phishing", "spam", "sensitive", "degraded", "seconds")
_OPTIONS: Final[dict[str, Any]] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": COLLATION,
    "mysql_engine": "InnoDB",
}
_STORED: Final = sa.table("llm_statistics", *(sa.column(n) for n in ("mailbox", "domain", "kind", "name", *_COUNTS)))
_SUMS: Final = sa.table(
    "llm_domain_statistics", *(sa.column(n) for n in ("domain", "kind", "name", "part", *_COUNTS, "changes"))
)
#: Analyses whose words are indexed with one statement.
_STEP: Final = 500


def upgrade() -> None:
    """Make the tables, and fill them from what is stored."""
    op.create_table(
        "llm_analysis_document",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("analysis_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shape", sa.Integer(), nullable=False),
        sa.Column("document", Words(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "analysis_id"),
        **_OPTIONS,
    )
    op.create_index("ix_llm_analysis_document_analysis", "llm_analysis_document", ["analysis_id"], unique=False)
    words = op.create_table(
        "llm_analysis_word",
        sa.Column("word", exact(32), nullable=False),
        sa.Column("analysis_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("word", "analysis_id"),
        sqlite_with_rowid=False,
        **_OPTIONS,
    )
    op.create_index("ix_llm_analysis_word_analysis", "llm_analysis_word", ["analysis_id", "word"], unique=False)
    op.create_table(
        "llm_domain_statistics",
        sa.Column("domain", exact(254), nullable=False),
        sa.Column("kind", ascii_text(10), nullable=False),
        sa.Column("name", Clipped(240), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        *_counts(),
        sa.PrimaryKeyConstraint("domain", "kind", "name", "part"),
        sqlite_with_rowid=False,
        **_OPTIONS,
    )
    _sum_up(_STORED.c.domain, _STORED.c.domain, _STORED.c.kind, _STORED.c.name)
    _sum_up(sa.literal(""), _STORED.c.kind, _STORED.c.name)
    _index_words(words)
    _rebuild_statistics()


def _counts() -> list[sa.Column[Any]]:
    whole = [sa.Column(name, sa.BigInteger(), nullable=False) for name in (*_COUNTS[:-1], "changes")]
    return [*whole[:-1], sa.Column("seconds", sa.Float(precision=53), nullable=False), whole[-1]]


def _rebuild_statistics() -> None:
    """Without the domain, which has its own sums now, and with a mailbox's rows beside each other on SQLite too."""
    op.rename_table("llm_statistics", "llm_statistics_before")
    made = op.create_table(
        "llm_statistics",
        sa.Column("mailbox", exact(254), nullable=False),
        sa.Column("kind", ascii_text(10), nullable=False),
        sa.Column("name", Clipped(240), nullable=False),
        *_counts(),
        sa.PrimaryKeyConstraint("mailbox", "kind", "name"),
        sqlite_with_rowid=False,
        **_OPTIONS,
    )
    names = ("mailbox", "kind", "name", *_COUNTS)
    before = sa.table("llm_statistics_before", *(sa.column(name) for name in names))
    kept = sa.select(*before.c, sa.literal(0))
    op.execute(sa.insert(made).from_select([*names, "changes"], kept))
    op.drop_table("llm_statistics_before")


def _sum_up(domain: sa.ColumnElement[str], *grouped: sa.ColumnElement[str]) -> None:
    sums = [sa.func.sum(_STORED.c[name]) for name in _COUNTS]
    what = sa.select(domain, _STORED.c.kind, _STORED.c.name, sa.literal(0), *sums, sa.literal(0)).group_by(*grouped)
    op.execute(sa.insert(_SUMS).from_select(["domain", "kind", "name", "part", *_COUNTS, "changes"], what))


def _index_words(words: sa.Table) -> None:
    connection, last = op.get_bind(), 0
    stored = sa.text(
        "SELECT id, subject, from_name, from_addr, summary FROM llm_email_analysis WHERE id > :last"
        " ORDER BY id LIMIT :step"
    )
    while rows := connection.execute(stored, {"last": last, "step": _STEP}).all():
        found = [(term, row[0]) for row in rows for term in terms_of(" ".join(row[1:]))[:MAX_INDEXED_WORDS]]
        if found:
            op.bulk_insert(words, [{"word": term, "analysis_id": number} for term, number in sorted(found)])
        last = rows[-1][0]


def downgrade() -> None:
    """Take them away."""
    op.drop_column("llm_statistics", "changes")
    op.add_column("llm_statistics", sa.Column("domain", exact(254), nullable=False, server_default=""))
    mailbox = _STORED.c.mailbox
    behind = sa.func.substr(mailbox, sa.func.instr(mailbox, "@") + 1)
    op.execute(sa.update(_STORED).values(domain=behind))
    op.create_index("ix_llm_statistics_domain", "llm_statistics", ["domain"], unique=False)
    op.create_index("ix_llm_statistics_kind", "llm_statistics", ["kind", "domain"], unique=False)
    op.drop_table("llm_domain_statistics")
    op.drop_table("llm_analysis_word")
    op.drop_table("llm_analysis_document")
