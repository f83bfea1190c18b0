"""The tables of answers in the owner's name: how the owner writes, the rules of automatic answers, who got one."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer

from glassdome.store.columns import Clipped, Instant, Json, Words, ascii_text, exact
from glassdome.store.schema_base import table

__all__ = ["answer_rules", "answered", "profiles"]

_MAILBOX = 254

profiles = table(
    "llm_writing_profile",
    Column("mailbox", exact(_MAILBOX), primary_key=True),
    Column("language", ascii_text(35), primary_key=True),
    Column("greeting", Clipped(80), nullable=False),
    Column("naming", ascii_text(10), nullable=False),
    Column("ends", Clipped(4), nullable=False),
    Column("formal", Integer, nullable=False),
    Column("informal", Integer, nullable=False),
    Column("sign_off", Json(tuple[str, ...]), nullable=False),
    Column("signed", Integer, nullable=False),
    Column("name", Clipped(254), nullable=False),
    Column("mails", Integer, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

#: The rules of a mailbox's automatic answers, in the order of `position`; the first that fits answers.
answer_rules = table(
    "llm_answer_rule",
    Column("mailbox", exact(_MAILBOX), primary_key=True),
    Column("name", exact(100), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("categories", Json(tuple[str, ...]), nullable=False),
    Column("sender_domains", Json(tuple[str, ...]), nullable=False),
    Column("subject_words", Json(tuple[str, ...]), nullable=False),
    Column("recipients", Json(tuple[str, ...]), nullable=False),
    Column("subject", Clipped(250), nullable=False),
    Column("text", Words, nullable=False),
    Column("days", Integer, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

#: Who got an automatic answer, and for which mail: `answer_key` is the SHA-256 of mailbox, answer and address.
answered = table(
    "llm_answered",
    Column("answer_key", ascii_text(64), primary_key=True),
    Column("mailbox", exact(_MAILBOX), nullable=False),
    Column("person", Clipped(400), nullable=False),
    Column("mail_key", ascii_text(64), nullable=False),
    Column("answered_at", Instant, nullable=False),
    Index("ix_llm_answered_mailbox", "mailbox", "answered_at"),
)
