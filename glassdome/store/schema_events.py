"""The tables of events and of those who are told of them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index

from glassdome.store.columns import Instant, Json, ascii_text, big_id, exact
from glassdome.store.schema_base import table

__all__ = ["events"]

_MAILBOX = 254

#: What happened. `event_key` and `subject_key` are SHA-256; `spread` says that each receiver has its delivery.
events = table(
    "llm_events",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("event_key", ascii_text(64), nullable=False, unique=True),
    Column("kind", ascii_text(20), nullable=False),
    Column("subject_key", ascii_text(64), nullable=False),
    Column("mailbox", exact(_MAILBOX), nullable=False),
    Column("domain", exact(_MAILBOX), nullable=False),
    Column("data", Json(dict[str, object]), nullable=False),
    Column("spread", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_llm_events_spread", "spread", "id"),
    Index("ix_llm_events_mailbox", "mailbox", "id"),
    Index("ix_llm_events_domain", "domain", "id"),
    Index("ix_llm_events_subject", "subject_key"),
    Index("ix_llm_events_at", "at"),
)
