"""A digest: what an owner should know of a day or a week of mail, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["Digest", "DigestLine", "DigestSection", "DigestTopic"]


class DigestTopic(StrEnum):
    """The sections, in the order in which a person needs them."""

    NOW = "now"
    OWED = "owed"
    WAITING = "waiting"
    FRAUD = "fraud"
    DUE = "due"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One mail or thread. `subject`, `who` and `note` are strangers' text, of any form; `day` is an ISO date or empty.

    `action` is the id of what can be undone, None for the rest, and `message` the place of the message that it was done to.
    """

    subject: str
    who: str = ""
    note: str = ""
    day: str = ""
    action: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSection:
    """The lines on one topic; `more` says how many others there are."""

    topic: DigestTopic
    lines: tuple[DigestLine, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The sections that have something to say, of the mail from `since` to `until`."""

    mailbox: str
    since: datetime
    until: datetime
    sections: tuple[DigestSection, ...]
