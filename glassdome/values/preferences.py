"""The preferences of a mailbox's owner."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["EngineAccess", "Preferences"]


class EngineAccess(StrEnum):
    """The part of a mail that a language model may see (the privacy budget)."""

    FULL = "full"
    REDACTED = "redacted"
    HEADERS = "headers"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """One mailbox's choices; the first four are the seed's.

    `chosen` is the opt-in: no mail of the mailbox is read before it is True. The action choices are off by default.
    `summary_language` is a BCP 47 tag, or empty for the mail's own language.
    """

    username: str
    chosen: bool = False
    auto_analysis: bool = True
    auto_categorize: bool = True
    phishing_alerts: bool = True
    summary_enabled: bool = True
    engine_access: EngineAccess = EngineAccess.FULL
    summary_language: str = ""
    flag_phishing: bool = False
    flag_categories: bool = False
    move_to_junk: bool = False
    drafts: bool = False
