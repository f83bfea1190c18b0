"""The tables of access: sessions of the web UI."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, false

from glassdome.store.columns import Clipped, Instant, Json, ascii_text
from glassdome.store.schema_base import table as _table

__all__ = ["sessions"]

#: Who is signed in to the web UI; `session_key` is the SHA-256 of the session's token, `who` a mailbox or a key's name.
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
    Index("ix_llm_sessions_who", "who"),
    Index("ix_llm_sessions_expires", "expires_at"),
)
