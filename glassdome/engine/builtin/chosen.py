"""Choose the sentences that leave their reader something to do: a trained model over their words, their facts and the scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from glassdome.engine.builtin.intent import Looked, Request

__all__ = ["Tasks", "chosen", "scene_of"]

#: Facts of which the mail counts the sentences, and up to which number.
_COUNTED: Final = ("question", "day", "order")
_MOST_COUNTED: Final = 3
#: Facts of a sentence that say something of those next to it.
_NEAR: Final = ("asks", "question", "heading", "bullet")
#: Log-odds that one sentence of a mail exceeds where there is anything to do: a wrong item in a mail without any is worse than in others.
_SURE: Final = 0.5
_BEGIN: Final = ("first", "second")
_END: Final = ("last", "last but one")
#: Sentences and words from step to step of a length, and the most steps.
_SENTENCES_A_STEP: Final = 4
_MOST_STEPS: Final = 5
_WORDS_A_STEP: Final = 3
_MOST_WORDS: Final = 8


class Tasks(Protocol):
    """Tells how likely each sentence of a mail leaves its reader something to do."""

    def log_odds(
        self, lines: Sequence[Sequence[str]], facts: Sequence[Mapping[str, float]], scene: tuple[str, ...]
    ) -> list[float]:
        """Return a number for each sentence; above 0 it does."""


def scene_of(author: str, **held: bool) -> tuple[str, ...]:
    """Return the names of what holds for the whole mail, its author first."""
    return (author, *(name for name, holds in held.items() if holds))


def chosen(looked: Sequence[Looked], model: Tasks, *, scene: tuple[str, ...], reader: frozenset[str]) -> list[Request]:
    """Return the sentences that are tasks, as requests; what a person asks of somebody else by name is none."""
    if not looked:
        return []
    mail = _mail_facts(looked)
    facts = [mail | _facts(number, looked, reader) for number in range(len(looked))]
    odds = model.log_odds([one.words for one in looked], facts, scene)
    if max(odds) <= _SURE:
        return []
    return [
        replace(one.request, score=max(one.request.score, value + 1.0))
        for one, value in zip(looked, odds, strict=True)
        if value > 0.0
    ]


def _mail_facts(looked: Sequence[Looked]) -> dict[str, float]:
    """Return the facts that all sentences of a mail share: how many there are, and how many of some kinds."""
    counts = {kind: sum([kind in one.facts for one in looked]) for kind in _COUNTED}
    counts["asking"] = sum([one.asks for one in looked])
    sized = f"sentences:{min(len(looked) // _SENTENCES_A_STEP, _MOST_STEPS)}"
    return {sized: 1.0} | {f"{kind}:{min(count, _MOST_COUNTED)}": 1.0 for kind, count in counts.items()}


def _facts(number: int, looked: Sequence[Looked], reader: frozenset[str]) -> dict[str, float]:
    one = looked[number]
    facts = {
        **one.facts, f"place:{_place(number, len(looked))}": 1.0,
        f"words:{min(len(one.words) // _WORDS_A_STEP, _MOST_WORDS)}": 1.0,
    }  # fmt: skip
    if reader.intersection(one.words):
        facts["reader"] = 1.0
        if "named first" in facts:
            facts["reader first"] = 1.0
    for name, other in (("before", number - 1), ("after", number + 1)):
        if 0 <= other < len(looked):
            facts |= {f"{name}:{fact}": 1.0 for fact in _NEAR if fact in looked[other].facts}
    if one.asks and sum([other.asks for other in looked]) == 1:
        facts["asks alone"] = 1.0
    return facts


def _place(number: int, count: int) -> str:
    """Return the part of the mail in which a sentence stands; a salutation and a closing stand at its ends."""
    if number < len(_BEGIN):
        return _BEGIN[number]
    if count - number <= len(_END):
        return _END[count - number - 1]
    return "first half" if number < count / 2 else "second half"
