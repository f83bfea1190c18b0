"""Our judgement of one message."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from glassdome.values.opinion import ActionItem, Reason, Usage
from glassdome.values.signal import SensitiveFinding

__all__ = ["Label", "Verdict"]


class Label(StrEnum):
    """The three classes; commercial spam is not phishing."""

    HAM = "ham"
    SPAM = "spam"
    PHISH = "phish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What we say of a message, with reasons.

    `degraded` means that the configured engine gave no usable opinion, `degraded_reason` why (an error code);
    `skipped` names the policy under which no model call was made. Scores are 0 to 1, `priority_score` 1 to 10.
    """

    label: Label
    is_phishing: bool
    phishing_score: float
    spam_score: float
    phishing_reasons: tuple[Reason, ...]
    summary: str
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    priority_score: int
    sensitive: tuple[SensitiveFinding, ...]
    action_items: tuple[ActionItem, ...]
    auto_reply_suggestion: str | None
    language: str
    engine: str
    model: str
    prompt_version: str
    degraded: bool = False
    degraded_reason: str = ""
    skipped: str = ""
    usage: Usage = field(default_factory=Usage)

    @property
    def sensitive_data(self) -> bool:
        """Whether anything sensitive was found."""
        return bool(self.sensitive)
