"""The tables of events and of their receivers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, UniqueConstraint

from glassdome.store.columns import Instant, Json, Words, ascii_text, big_id, exact
from glassdome.store.schema_base import table

__all__ = ["deliveries", "events", "webhooks"]

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

#: The receivers. Secrets are encrypted; the old one signs too until `old_until`.
webhooks = table(
    "llm_webhooks",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("url", Words, nullable=False),
    Column("events", Json(tuple[str, ...]), nullable=False),
    Column("secret", Words, nullable=False),
    Column("old_secret", Words, nullable=False),
    Column("old_until", Instant),
    Column("mailbox", exact(_MAILBOX), nullable=False),
    Column("domain", exact(_MAILBOX), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("rests_until", Instant),
    Column("last_error", ascii_text(64), nullable=False),
    Column("last_status", Integer),
    Column("delivered_at", Instant),
    Column("created_at", Instant, nullable=False),
)

#: One event on its way to one receiver. A claim moves `next_at` to its lease's end, so that a killed sender loses nothing.
deliveries = table(
    "llm_webhook_delivery",
    Column("id", big_id(), primary_key=True, autoincrement=True),
    Column("webhook_id", BigInteger, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    Column("subject_key", ascii_text(64), nullable=False),
    Column("state", ascii_text(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("first_at", Instant),
    Column("token", ascii_text(32), nullable=False),
    Column("error", ascii_text(64), nullable=False),
    Column("status", Integer),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("webhook_id", "event_id", name="uq_llm_webhook_delivery_event"),
    Index("ix_llm_webhook_delivery_due", "webhook_id", "state", "next_at", "id"),
    Index("ix_llm_webhook_delivery_turn", "webhook_id", "subject_key", "state", "event_id"),
    Index("ix_llm_webhook_delivery_event", "event_id"),
    Index("ix_llm_webhook_delivery_state", "state", "updated_at"),
)
