"""Our judgement of one message."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, get_args

from glassdome.values.ask import Ask
from glassdome.values.message import Readable
from glassdome.values.opinion import ActionItem, Attention, Reason, Usage
from glassdome.values.role import ModelRole
from glassdome.values.signal import SensitiveFinding

__all__ = ["GIVEN_LABELS", "GivenLabel", "Label", "Verdict", "why_unjudged"]


class Label(StrEnum):
    """The classes; commercial spam is not phishing, and `unknown` is no judgement: nothing could be judged."""

    HAM = "ham"
    SPAM = "spam"
    PHISH = "phish"
    UNKNOWN = "unknown"


#: The labels that a person can give.
GivenLabel = Literal[Label.HAM, Label.SPAM, Label.PHISH]
GIVEN_LABELS: Final[tuple[Label, ...]] = get_args(GivenLabel)
_WHY: Final = {"encrypted": "encrypted", "damaged": "cannot be read", "empty": "empty"}


def why_unjudged(readable: str, *, covered: bool = True) -> str:
    """Say why a message has the label `unknown`: `not judged: encrypted`; `covered` is its `language_covered`."""
    why = _WHY.get(readable, "" if covered else "language not covered")
    return f"not judged: {why}" if why else "not judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict on a message, with reasons.

    `is_phishing` and `phishing_score` are None where the label is `unknown`; `readable` and `language_covered` say why it may be.
    `degraded` means that the configured engine gave no usable opinion, `degraded_reason` why (an error code);
    `model_role` is the highest role that the model held, `refused` why a text of its was not taken (not stored). `skipped` names the policy under which no model call was made. Scores are 0 to 1, `priority_score` 1 to 10.
    """

    label: Label
    is_phishing: bool | None
    phishing_score: float | None
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
    model_role: ModelRole = ModelRole.NONE
    refused: tuple[str, ...] = ()
    degraded: bool = False
    degraded_reason: str = ""
    skipped: str = ""
    readable: Readable = "yes"
    language_covered: bool = True
    usage: Usage = field(default_factory=Usage)
    asks: tuple[Ask, ...] = ()
    attention: Attention = "read"
    attention_reason: str = ""

    @property
    def sensitive_data(self) -> bool:
        """Return whether anything sensitive was found."""
        return bool(self.sensitive)
