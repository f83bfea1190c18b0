"""The table of the owners' choices."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, false, true

from glassdome.store.columns import Clipped, Instant, Words, ascii_text, exact
from glassdome.store.schema_base import MAILBOX, table

__all__ = ["preferences"]

preferences = table(
    "llm_user_preferences",
    Column("username", exact(MAILBOX), primary_key=True),
    Column("chosen", Boolean, nullable=False),
    Column("auto_analysis", Boolean, nullable=False),
    Column("auto_categorize", Boolean, nullable=False),
    Column("phishing_alerts", Boolean, nullable=False),
    Column("summary_enabled", Boolean, nullable=False),
    Column("engine_access", ascii_text(10), nullable=False),
    Column("summary_language", ascii_text(35), nullable=False),
    Column("flag_phishing", Boolean, nullable=False),
    Column("flag_categories", Boolean, nullable=False),
    Column("move_to_junk", Boolean, nullable=False),
    Column("drafts", Boolean, nullable=False),
    Column("language", ascii_text(35), nullable=False, server_default=""),
    Column("timezone", ascii_text(64), nullable=False, server_default=""),
    Column("digest", ascii_text(10), nullable=False, server_default="off"),
    Column("digest_hour", Integer, nullable=False, server_default="7"),
    Column("threads", Boolean, nullable=False, server_default=false()),
    Column("flag_threads", Boolean, nullable=False, server_default=false()),
    Column("follow_up_days", Integer, nullable=False, server_default="0"),
    Column("follow_up_drafts", Boolean, nullable=False, server_default=false()),
    Column("absence", Words, nullable=False, server_default=""),
    Column("absence_from", ascii_text(10), nullable=False, server_default=""),
    Column("absence_until", ascii_text(10), nullable=False, server_default=""),
    Column("absence_subject", Clipped(250), nullable=False, server_default=""),
    Column("model", Boolean, nullable=False, server_default=true()),
    Column("updated_at", Instant, nullable=False),
    Index("ix_llm_user_preferences_chosen", "chosen", "auto_analysis"),
)
