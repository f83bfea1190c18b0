"""An engine's opinion of a message, validated and bounded; nothing acts on it but `verdict`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from glassdome.values.signal import Evidence

__all__ = ["ActionItem", "Attention", "Draft", "Opinion", "Reason", "Usage"]


#: How a mail wants to be met.
Attention = Literal["now", "answer", "read", "skim"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason: the signal's name, the sentence, and its evidence."""

    signal: str
    why: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem:
    """Something the mail asks its reader to do.

    `due` is the mail's own words of when, `due_at` the day or time they mean (ISO 8601 date or RFC 3339), None where that
    is unknown.
    """

    text: str
    evidence: Evidence
    due: str = ""
    due_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The cost of an opinion. `seconds` is the engine's wall time; tokens are the server's own count.

    `drafts` counts the calls that wrote reply drafts, which are no `calls`; tokens and seconds are of all.
    """

    calls: int = 0
    repairs: int = 0
    drafts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Sum two costs."""
        return Usage(
            calls=self.calls + other.calls,
            repairs=self.repairs + other.repairs,
            drafts=self.drafts + other.drafts,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            seconds=self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One engine's reading.

    `phishing` and `spam` are probabilities, 0 to 1; `priority_score` is 1 to 10; `language` is a BCP 47 tag or empty,
    `language_covered` false where the words of that language say nothing here;
    `meaning` is what a sentence encoder says of the words, as log-odds of fraud, None where it was not asked;
    `engine` is builtin, ollama, openai or llamacpp; `ruled` names the fields that the owner's rules set: they are final.
    """

    engine: str
    model: str = ""
    prompt_version: str = ""
    summary: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    phishing: float = 0.0
    spam: float = 0.0
    phishing_reasons: tuple[Reason, ...] = ()
    priority_score: int = 5
    sensitive_types: tuple[str, ...] = ()
    action_items: tuple[ActionItem, ...] = ()
    auto_reply_suggestion: str | None = None
    language: str = ""
    language_covered: bool = True
    meaning: float | None = None
    usage: Usage = field(default_factory=Usage)
    ruled: frozenset[str] = frozenset()
    attention: Attention = "read"
    attention_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reply draft, None where no reply is needed, and what it cost."""

    text: str | None
    prompt_version: str
    usage: Usage
