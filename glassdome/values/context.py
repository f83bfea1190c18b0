"""The facts that the mailbox and our server know about a message before it is judged; loaded by the pipeline, then
frozen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from glassdome.values.ask import Asked
from glassdome.values.owner import SenderStanding
from glassdome.values.preferences import Preferences
from glassdome.values.rules import Rule

__all__ = ["Context", "Habit", "SenderHistory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderHistory:
    """This mailbox's history with one From address before this message.

    `seen` counts earlier messages, `authenticated` those with aligned DKIM or DMARC pass, `replied` how often the
    owner wrote to it, `junked` how often the owner called it junk, `opened` how many the owner read (one that he flagged
    counts twice), `domain_seen` messages from the same domain.
    """

    seen: int = 0
    authenticated: int = 0
    replied: int = 0
    junked: int = 0
    opened: int = 0
    domain_seen: int = 0
    first_seen: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """New facts about one correspondent: mails of theirs that the owner read, mails that the owner wrote to them."""

    opened: int = 0
    replied: int = 0

    def __add__(self, other: Habit) -> Habit:
        """Sum up."""
        return Habit(opened=self.opened + other.opened, replied=self.replied + other.replied)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Frozen facts around a message. `known` is False where there is no mailbox behind it (`glassdome analyze`).

    `rules` are the owner's own, in the order in which they count; `asked` is who asks for what, where it was looked for
    already. `standing` is the owner's word on the sender.
    """

    now: datetime
    mailbox: str = ""
    own_domains: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()
    sender: SenderHistory = field(default_factory=SenderHistory)
    preferences: Preferences = field(default_factory=lambda: Preferences(username=""))
    known: bool = False
    rules: tuple[Rule, ...] = ()
    asked: Asked | None = None
    standing: SenderStanding | None = None
