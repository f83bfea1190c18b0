"""Rates how soon a mail needs its reader, 1 to 10, as a sum of parts that each only raise or only lower it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from glassdome.values.context import Context, SenderHistory
from glassdome.values.message import Message
from glassdome.values.opinion import Attention

__all__ = ["Facts", "agreed", "prioritize"]

#: Where a mail stands before anything is known of it.
_MIDDLE: Final = 4.0
#: Messages from which a sender's history is believed in full (shrinkage towards the middle below that).
_ENOUGH_SEEN: Final = 5
#: From this probability on a mail is not worth hurrying for.
_SUSPECT: Final = 0.5
_SUSPECT_MOST: Final = 3.0
_BULK_MOST: Final = 4.0
#: The most of a mail that is skimmed, and the least of one that cannot wait.
_SKIMMED_MOST: Final = 5
_NOW_LEAST: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The findings of the other readers: requests and questions counted, words of a time, urgency, kinds, suspicion."""

    requests: int = 0
    questions: int = 0
    due: bool = False
    urgent: bool = False
    machine: bool = False
    categories: tuple[str, ...] = ()
    suspicion: float = 0.0


def prioritize(message: Message, facts: Facts, context: Context) -> int:
    """Return 1 (can wait for ever) to 10 (now); each part is documented in docs/reference/categories.md."""
    score = _MIDDLE + _content(facts) + _addressing(message, context) + learned(context.sender) + _kind(facts)
    if message.in_reply_to or message.references:
        score += 0.7
    if context.known and message.author.addr.lower() in context.contacts:
        score += 1.0
    if message.lists.is_list:
        score = min(score - 2.5, _BULK_MOST)
    if facts.suspicion >= _SUSPECT:
        score = min(score, _SUSPECT_MOST)
    return max(1, min(10, round(score)))


def agreed(priority: int, attention: Attention, *, held: bool) -> int:
    """Return the priority as far as it agrees with the attention: mail to skim is not urgent, mail that cannot wait is.

    It is never raised where it is `held` down: for mail of a list and for what looks like fraud or spam.
    """
    if attention == "skim":
        return min(priority, _SKIMMED_MOST)
    return max(priority, _NOW_LEAST) if attention == "now" and not held else priority


def learned(sender: SenderHistory) -> float:
    """Return what the owner's own doing says of this sender, -2 to +3: answering raises, junking and ignoring lower."""
    if not sender.seen:
        return 0.0
    believed = min(sender.seen, _ENOUGH_SEEN) / _ENOUGH_SEEN
    answered = min(sender.replied / sender.seen, 1.0)
    opened = min(sender.opened / sender.seen, 1.0)
    junked = min(sender.junked / sender.seen, 1.0)
    return believed * (2.0 * answered + opened - 2.0 * junked)


def _content(facts: Facts) -> float:
    # A question is mostly a request too, so that it adds little to one.
    asked = min(1.0 * facts.requests + 0.3 * facts.questions, 1.6)
    return asked + 0.7 * facts.due + 1.2 * facts.urgent


def _addressing(message: Message, context: Context) -> float:
    """To me alone, to me among others, only in copy, to many."""
    to = {address.addr.lower() for address in message.to}
    copied = {address.addr.lower() for address in message.cc}
    mine = context.mailbox.lower()
    if mine and mine in to:
        return 1.0 if len(to) == 1 else 0.5
    if mine and mine in copied:
        return -0.7
    return -0.5 if len(to) + len(copied) > 10 else 0.0


_KINDS: Final[tuple[tuple[str, float], ...]] = (
    ("promotion", -2.0), ("newsletter", -1.5), ("social", -1.5), ("mailing-list", -1.0), ("auto-reply", -1.5),
    ("notification", -0.8), ("security", 1.0), ("invoice", 0.8), ("meeting", 0.6), ("legal", 0.8), ("health", 0.6),
    ("travel", 0.4), ("personal", -1.0),
)  # fmt: skip


def _kind(facts: Facts) -> float:
    return sum(points for name, points in _KINDS if name in facts.categories) - 0.7 * facts.machine
