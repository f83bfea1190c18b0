"""A draft in the folder where a mailbox's owner writes, and the facts of one that lies there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from glassdome.values.refs import MessageRef

__all__ = ["ReplyDraft", "StoredDraft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDraft:
    """A composed draft of an answer.

    `message_id` is its own, `answers` that of the mail it replies to, both in angle brackets; `ref` is where that mail
    lies, None where that is not known.
    """

    mailbox: str
    message_id: str
    answers: str
    raw: bytes = field(repr=False)
    date: datetime
    ref: MessageRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft:
    """The place of a draft, and the SHA-256 of its bytes: one that reads otherwise was changed by its owner.

    `digest` is empty where it was changed already; such a draft is never taken back.
    """

    ref: MessageRef
    digest: str
