"""A rule by which a mailbox answers by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["ABSENCE", "AnswerRule"]

#: The argument of an action that sends the absence notice; that of a rule is `rule:` and its name.
ABSENCE: Final = "absence"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRule:
    """A text for mails that meet every condition given; of one condition's values any will do.

    `sender_domains` include their subdomains, `subject_words` may stand anywhere in the subject, `recipients` are addresses
    of the owner in To or Cc. `subject` is empty for `Auto: ` and the mail's own; a person gets one answer in `days` days.
    """

    name: str
    text: str
    subject: str = ""
    categories: tuple[str, ...] = ()
    sender_domains: tuple[str, ...] = ()
    subject_words: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    days: int = 7
    enabled: bool = True

    @property
    def argument(self) -> str:
        """The argument of the actions that answer by it."""
        return f"rule:{self.name}"
