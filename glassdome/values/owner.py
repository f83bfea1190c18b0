"""Marks on mail, and words on those who send it, by the owner of a mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["OwnerMark", "SavedView", "SenderRule", "SenderStanding"]


class SenderStanding(StrEnum):
    """An owner's word on a sender."""

    BLOCKED = "blocked"
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRule:
    """The standing of one sender with one mailbox; `addr` is an address, or `@` and a domain, in lower case."""

    mailbox: str
    addr: str
    standing: SenderStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerMark:
    """An owner's marks on one message: done since a moment, and a category of their own."""

    done_at: datetime | None = None
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A search of the list under a name; `query` is the part of its address behind the question mark."""

    name: str
    query: str
