"""The preferences of a mailbox's owner."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["DigestEvery", "EngineAccess", "Preferences"]


class DigestEvery(StrEnum):
    """The days on which an owner's digest is sent; a weekly one on Mondays."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


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
    `summary_language` is a BCP 47 tag, or empty for the mail's own language; `language` is the owner's own, for mail
    to them, and `timezone` an IANA name (empty: `GLASSDOME_OVERSEER_TIMEZONE`). `digest_hour` is 0 to 23 in that zone. `threads`
    lets the Sent folder be read, `flag_threads` marks threads in the mailbox; others have `follow_up_days` for an answer
    before a reminder is right (0: four), and `follow_up_drafts` drafts it then. `absence` is the text of an absence notice, empty while there is none; it is sent
    from the day `absence_from` to the day `absence_until` (ISO dates in the owner's zone; empty: no bound), under
    `absence_subject` or, where that is empty, the mail's own subject. `model` False
    keeps language models away from the mailbox.
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
    language: str = ""
    timezone: str = ""
    digest: DigestEvery = DigestEvery.OFF
    digest_hour: int = 7
    threads: bool = False
    flag_threads: bool = False
    follow_up_days: int = 0
    follow_up_drafts: bool = False
    absence: str = ""
    absence_from: str = ""
    absence_until: str = ""
    absence_subject: str = ""
    model: bool = True

    @property
    def model_access(self) -> EngineAccess:
        """Return the part of a mail that language models may see: nothing where the owner switched them off."""
        return self.engine_access if self.model else EngineAccess.NEVER
