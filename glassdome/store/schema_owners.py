"""The tables of what owners say of their mail: done, a category of their own, senders, saved views."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column

from glassdome.store.columns import Clipped, Instant, Words, ascii_text, exact
from glassdome.store.schema_base import table

__all__ = ["bulk_changes", "marks", "own_categories", "sender_rules", "views"]

_MAILBOX, _FOLDER = 254, 500

#: `done_at` is NULL while a message is not done, `category` empty where the owner named none.
marks = table(
    "llm_mark",
    Column("mailbox", exact(_MAILBOX), primary_key=True),
    Column("folder", exact(_FOLDER), primary_key=True),
    Column("uid_validity", BigInteger, primary_key=True, autoincrement=False),
    Column("email_id", BigInteger, key="uid", primary_key=True, autoincrement=False),
    Column("done_at", Instant),
    Column("category", Clipped(60), nullable=False),
    Column("updated_at", Instant, nullable=False),
)

#: A sender's address, or `@` and a domain.
sender_rules = table(
    "llm_sender_rule",
    Column("mailbox", exact(_MAILBOX), primary_key=True),
    Column("addr", Clipped(400), primary_key=True),
    Column("standing", ascii_text(8), nullable=False),
    Column("updated_at", Instant, nullable=False),
)

#: Saved views of the list; `owner` is the caller's name.
views = table(
    "llm_view",
    Column("owner", Clipped(254), primary_key=True),
    Column("name", Clipped(60), primary_key=True),
    Column("query", Words, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

#: What a change of many messages replaced, so that it can be undone; kept for a day.
bulk_changes = table(
    "llm_bulk_change",
    Column("change_key", ascii_text(64), primary_key=True),
    Column("owner", Clipped(254), nullable=False),
    Column("items", Words, nullable=False),
    Column("at", Instant, nullable=False),
)

#: An owner's own categories; `words` and `senders` are lines.
own_categories = table(
    "llm_own_category",
    Column("mailbox", exact(_MAILBOX), primary_key=True),
    Column("name", Clipped(60), primary_key=True),
    Column("words", Words, nullable=False),
    Column("senders", Words, nullable=False),
    Column("keyword", Boolean, nullable=False),
    Column("updated_at", Instant, nullable=False),
)
