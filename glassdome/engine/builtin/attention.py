"""Say how a mail wants to be met: now, with an answer, read, or skimmed; with the reason in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from glassdome.engine.builtin.author import Author
from glassdome.values.opinion import Attention

__all__ = ["AttentionFacts", "attend", "judged"]

#: A day this near is now.
_NEAR_DAYS: Final = 1
#: Kinds of mail that can wait; their requests are offers.
_SKIMMED: Final = frozenset(("newsletter", "promotion", "social", "mailing-list", "auto-reply"))
#: Records of something done.
_RECORDS: Final = frozenset(("order", "receipt", "payment", "delivery", "invoice"))
_STEPS: Final[tuple[Attention, ...]] = ("skim", "read", "answer", "now")
#: Kinds in which a program tells what happens now.
_HAPPENING: Final = frozenset(("travel", "calendar", "meeting"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionFacts:
    """The findings of the other readers. `listed` is mail of a list, `bulk` of one without answers; `days` are the days by which something is wanted, `today` that of the mail.

    `disrupted` is a journey or an appointment of today that is not as it was, `reset` a way to a new password or a payment to
    confirm, `to_many` mail that names no single reader, `replies` one whose writer wants something back, `called` a program's that says
    "reply to this mail", `cancelled` an appointment that is off.
    """

    author: Author
    asked: bool
    questions: int
    urgent: bool
    code: bool
    invitation: bool
    bulk: bool
    listed: bool
    categories: tuple[str, ...]
    days: Sequence[date]
    today: date
    disrupted: bool = False
    reset: bool = False
    to_many: bool = False
    replies: bool = False
    called: bool = False
    cancelled: bool = False


def attend(facts: AttentionFacts) -> tuple[Attention, str]:
    """Return the attention and the sentence that says why."""
    first = facts.categories[0] if facts.categories else ""
    near = [day for day in facts.days if (day - facts.today).days <= _NEAR_DAYS]
    if facts.code and not facts.bulk:
        return "now", "It holds a code that is only good for minutes."
    if facts.author is Author.MACHINE and not facts.bulk:
        if facts.disrupted and _HAPPENING & {*facts.categories}:
            return "now", "Something of today is not as it was."
        if facts.reset and {"security", "account", "finance"} & {*facts.categories}:
            return "now", "It answers what you just did, or somebody else in your name."
    if facts.called and not facts.bulk:
        return "answer", "It asks for an answer to this mail."
    if facts.invitation and facts.cancelled:
        return "read", "An appointment is cancelled or moved."
    if facts.invitation and not facts.bulk:
        return "answer", "An invitation waits for an answer."
    if facts.listed and not facts.bulk:
        asked = facts.days or (facts.replies and facts.asked)
        return ("answer", "The list waits for an answer.") if asked else ("read", "It went to a list you are on.")
    if facts.author is not Author.MACHINE and not facts.bulk and facts.asked:
        if facts.urgent or near:
            return (
                "now",
                f"Somebody asks for something by {min(near).isoformat()}." if near else "Somebody is in a hurry.",
            )
        if facts.replies or facts.questions or (facts.author is Author.PERSON and not facts.to_many):
            return "answer", "Somebody waits for an answer."
    if facts.bulk or first in _SKIMMED:
        return "skim", f"It is a {first or 'mass mail'}." if not facts.bulk else "It went to many."
    if facts.author is Author.MACHINE and first in _RECORDS and not facts.days and not facts.asked:
        return "skim", "It records what was bought; nothing is asked."
    if facts.days:
        return "read", f"Something is due on {min(facts.days).isoformat()}."
    return "read", "It says something to you and waits for no answer."


def judged(chances: Mapping[str, float], facts: AttentionFacts, ruled: Attention, why: str) -> tuple[Attention, str]:
    """Return the likeliest attention and why: what a code or an invitation decides stands, and its reason with it."""
    if (facts.code or facts.invitation) and not facts.bulk:
        return ruled, why
    best = max(_STEPS, key=lambda step: chances[step])
    return (ruled, why) if best == ruled else (best, _reason(best, facts))


def _reason(step: Attention, facts: AttentionFacts) -> str:
    """Return the sentence that says why a mail wants to be met so, by the fact that speaks most for it."""
    first = min(facts.days, default=None)
    if step == "now":
        near = first is not None and (first - facts.today).days <= _NEAR_DAYS
        return f"Something is due by {first.isoformat()}." if first and near else "It wants something done at once."
    if step == "answer":
        return "Somebody waits for an answer." if facts.author is not Author.MACHINE else "It waits for your answer."
    if step == "skim":
        if facts.bulk:
            return "It went to many."
        return (
            "It needs nothing from you."
            if facts.author is not Author.MACHINE
            else "It records something that needs nothing from you."
        )
    return f"Something is due on {first.isoformat()}." if first else "It says something to you and waits for no answer."
