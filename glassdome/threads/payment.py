"""Tells if a turn pays, takes on or renews a debt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from glassdome.engine.builtin.words import words_of
from glassdome.threads.lexicon import stems_of
from glassdome.threads.standing import OpenDebt
from glassdome.values.thread import Debt, Turn

__all__ = ["enjoyed", "found_it", "has_come", "is_choice", "is_content", "is_paid", "newer", "renews", "takes_on"]

#: Days after a promise from which on thanks that name its matter are for what came.
_THANKED: Final = 3
#: Words of a question that consent does not answer, anywhere in it and among its first; folded.
_OR: Final = frozenset(("or", "oder", "ou", "o", "u"))
_WHICH: Final = frozenset(
    ["which", "who", "when", "where", "why", "was", "wer", "wann", "wo", "welche", "welcher", "welches", "wieviel", "combien", "quand", "qui",
     "quel", "quelle", "cuando", "cual", "quien", "cuanto", "cuantos", "donde"]
)  # fmt: skip
_OPENING: Final = 3
#: Sentences up to which a turn that begins with an exclamation says nothing else.
_EXCLAIMED: Final = 2


def is_content(item: OpenDebt, turn: Turn) -> bool:
    """Return whether the one to whom it is owed writes again, when it was answered or due, and asks for nothing."""
    if turn.requests or turn.defers_until or turn.moved_to or not (turn.thanks or turn.settles or turn.accepts):
        return False
    if item.debt.basis == "request":
        return item.answered and turn.thanks and not turn.promises
    return item.debt.due is not None and turn.at.date() >= item.debt.due and turn.at - item.since >= timedelta(days=1)


def found_it(item: OpenDebt, turn: Turn) -> bool:
    """Return whether the one who asked got no answer, and tells that all is well ("All good, the neighbour let me in")."""
    alone = item.debt.basis == "request" and not item.answered and not item.blocked
    return alone and not turn.requests and not turn.thanks


def has_come(item: OpenDebt, turn: Turn) -> bool:
    """Return whether a receipt is for the debt: not thanks for the news, an hour after a day to come was promised."""
    if not turn.received:
        return False
    news = item.debt.due is not None and turn.at.date() < item.debt.due and turn.at - item.since < timedelta(days=1)
    return item.debt.basis == "request" or turn.settles or not news


def enjoyed(item: OpenDebt, turn: Turn) -> bool:
    """Return whether thanks of a later day name the matter of the promise."""
    later = turn.at - item.since >= timedelta(days=_THANKED)
    return later and turn.thanks and not turn.requests and bool(stems_of(item.debt.quote) & set(turn.told))


def newer(item: OpenDebt, asked: Sequence[OpenDebt]) -> bool:
    """Return whether something was asked after this promise, which an answer then answers."""
    return any(other.since > item.since for other in asked)


def is_paid(item: OpenDebt, turn: Turn, *, answered: bool, newer: bool) -> bool:
    if item.debt.basis == "promise":
        if turn.delivers or (turn.points > 1 and turn.requests and not turn.promises and not newer):
            return True
        return turn.settles and not turn.promises and not turn.requests and not newer
    if turn.delivers and not turn.promises:
        return True
    if turn.received and item.debt.action:
        return False
    if item.debt.action and _reacts(item, turn):
        return False
    if item.debt.weak and (answered or turn.thanks or turn.accepts):
        return True
    if turn.promises and (item.debt.action or not turn.settles):
        return False
    return answered and not (turn.requests and item.debt.action) and not _asks_back(turn)


def is_choice(debt: Debt) -> bool:
    """Return whether a question can be answered neither by yes nor by no ("Oiled or lacquered?", "When do you come?")."""
    words = words_of(debt.quote)
    return debt.quote.endswith("?") and (not _OR.isdisjoint(words) or not _WHICH.isdisjoint(words[:_OPENING]))


def _reacts(item: OpenDebt, turn: Turn) -> bool:
    """Return whether a turn only exclaims ("How lovely!") where a deed is owed."""
    exclaims = turn.gist.endswith("!") and turn.points <= _EXCLAIMED and not turn.accepts
    return exclaims and not stems_of(item.debt.quote) & set(turn.told)


def _asks_back(turn: Turn) -> bool:
    """Return whether the turn says little and asks: a question back, which leaves the first one open."""
    return bool(turn.requests) and not turn.settles


def takes_on(item: OpenDebt, turn: Turn) -> bool:
    agrees = turn.accepts and not turn.thanks and not turn.received
    return agrees and item.debt.action and item.debt.basis == "request" and not turn.settles


def renews(item: OpenDebt, turn: Turn) -> bool:
    """Return whether who promised names a new day, or who owes a deed one that may be a promise, and brings nothing yet."""
    if turn.names_day is None or turn.delivers or turn.requests:
        return False
    return item.debt.basis == "promise" or (item.debt.action and not turn.names_day.weak)
