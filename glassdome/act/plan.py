"""Choose the effects of a verdict by the owner's preferences; pure."""

from __future__ import annotations

import re
from typing import Final

from glassdome.values.action import Action, ActionKind
from glassdome.values.ask import unproven_value
from glassdome.values.feedback import Feedback
from glassdome.values.preferences import Preferences
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label, Verdict

__all__ = [
    "CATEGORY_PREFIX",
    "CHECK",
    "FIRST_CONTACT",
    "JUNK",
    "NOW",
    "PHISHING",
    "UNREADABLE",
    "category_keyword",
    "plan",
    "plan_feedback",
]

#: Registered with IANA for exactly this (RFC 9051 2.3.2).
PHISHING: Final = "$Phishing"
#: An ask of value whose author is not proven: no accusation, only a reason to check. A phishing verdict says more.
CHECK: Final = "glassdome-check"
#: Mail that wants its owner's attention at once.
NOW: Final = "glassdome-now"
#: The mailbox never had mail from this address or its domain.
FIRST_CONTACT: Final = "glassdome-first-contact"
#: The folder with special use \\Junk (RFC 6154 2), whatever its name.
JUNK: Final = "\\Junk"
#: Keeps our keywords apart from the owner's own tags, so that undoing never takes one of his.
CATEGORY_PREFIX: Final = "glassdome-"
#: A message that could not be judged: it must not look harmless.
UNREADABLE: Final = f"{CATEGORY_PREFIX}unreadable"
#: Characters of an alert's reason; it is one of our words, never mail text.
_REASON: Final = "phishing"
_NOT_ATOM: Final = re.compile(r"[^a-z0-9]+")


def category_keyword(category: str) -> str:
    """Return the keyword of a category: an IMAP atom (RFC 9051 9) in lower-case ASCII, or an empty string."""
    word = _NOT_ATOM.sub("-", category.lower()).strip("-")[:40]
    return f"{CATEGORY_PREFIX}{word}" if word else ""


def plan(
    verdict: Verdict, preferences: Preferences, ref: MessageRef, *, first_contact: bool = False
) -> tuple[Action, ...]:
    """Return the effects in the order they must happen: keywords, alert, then the move, which ends the UID.

    A degraded verdict moves nothing: its message still waits, under this UID, for the model's opinion.
    `first_contact`: the sender wrote for the first time. Junk is in no one's way: it wants no attention.
    """
    unwanted = verdict.label in (Label.PHISH, Label.SPAM)
    keywords = [PHISHING] if preferences.flag_phishing and verdict.is_phishing else []
    if preferences.flag_phishing and (verdict.readable != "yes" or verdict.label is Label.UNKNOWN):
        keywords.append(UNREADABLE)
    if preferences.flag_phishing and verdict.label is not Label.PHISH and unproven_value(verdict.asks):
        keywords.append(CHECK)
    if preferences.flag_phishing and first_contact and not unwanted:
        keywords.append(FIRST_CONTACT)
    if preferences.flag_categories and verdict.attention == "now" and not unwanted:
        keywords.append(NOW)
    if preferences.flag_categories:
        keywords += [keyword for category in verdict.categories if (keyword := category_keyword(category))]
    actions = [Action(ref=ref, kind=ActionKind.ADD_KEYWORD, argument=k) for k in dict.fromkeys(keywords)]
    if preferences.phishing_alerts and verdict.is_phishing:
        actions.append(Action(ref=ref, kind=ActionKind.ALERT, argument=_REASON))
    if preferences.move_to_junk and unwanted and not verdict.degraded:
        actions.append(Action(ref=ref, kind=ActionKind.MOVE, argument=JUNK))
    return tuple(actions)


def plan_feedback(feedback: Feedback) -> tuple[Action, ...]:
    """Return what a person's correction teaches our own spam filter."""
    argument = "ham" if feedback.label is Label.HAM else "spam"
    return (Action(ref=feedback.ref, kind=ActionKind.LEARN, argument=argument),)
