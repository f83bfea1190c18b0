"""The tables of access: sessions of the web UI, and the API keys that people made there."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, false

from glassdome.store.columns import Clipped, Instant, Json, ascii_text, big_id
from glassdome.store.schema_base import table as _table
from glassdome.values.person import AccountMark

__all__ = ["api_keys", "sessions"]

#: Who is signed in to the web UI; `session_key` is the SHA-256 of the session's token, `who` a mailbox or a key's name.
#: `account` is the mailbox's account at the first look after the sign-in.
sessions = _table(
    "llm_sessions",
    Column("session_key", ascii_text(64), primary_key=True),
    Column("who", Clipped(254), nullable=False),
    Column("signed_in_by", ascii_text(10), nullable=False, server_default="key"),
    Column("everything", Boolean, nullable=False, server_default=false()),
    Column("domains", Json(tuple[str, ...])),
    Column("browser", Clipped(200), nullable=False, server_default=""),
    Column("begun_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False, server_default=""),
    Column("expires_at", Instant, nullable=False),
    Column("account", Json(AccountMark)),
    Index("ix_llm_sessions_who", "who"),
    Index("ix_llm_sessions_expires", "expires_at"),
)

#: API keys that people made on the page; `digest` is the SHA-256 of the key. `mailboxes` and `domains` NULL limit nothing.
api_keys = _table(
    "llm_api_keys",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("digest", ascii_text(64), nullable=False, unique=True),
    Column("label", Clipped(100), nullable=False),
    Column("scope", ascii_text(2), nullable=False),
    Column("mailboxes", Json(tuple[str, ...])),
    Column("domains", Json(tuple[str, ...])),
    Column("owner", Clipped(254), nullable=False),
    Column("owner_by", ascii_text(10), nullable=False),
    Column("owner_everything", Boolean, nullable=False),
    Column("owner_domains", Json(tuple[str, ...]), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("expires_at", Instant, nullable=False),
    Index("ix_llm_api_keys_owner", "owner"),
)
