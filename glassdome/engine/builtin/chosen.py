"""Choose the sentences that leave their reader something to do: a trained model over their words, their facts and the scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from glassdome.engine.builtin.intent import Looked, Request

__all__ = ["Tasks", "chosen", "scene_of"]


class Tasks(Protocol):
    """Tells how likely each sentence of a mail leaves its reader something to do."""

    def log_odds(
        self, lines: Sequence[Sequence[str]], facts: Sequence[Mapping[str, float]], scene: tuple[str, ...]
    ) -> list[float]:
        """Return a number for each sentence; above 0 it does."""


def scene_of(author: str, *, listed: bool, copied: bool, many: bool, settled: bool) -> tuple[str, ...]:
    """Return the names of what holds for the whole mail."""
    held = {"listed": listed, "copied": copied, "many": many, "settled": settled}
    return (author, *(name for name, holds in held.items() if holds))


def chosen(looked: Sequence[Looked], model: Tasks, *, scene: tuple[str, ...], reader: frozenset[str]) -> list[Request]:
    """Return the sentences that are tasks, as requests; what a person asks of somebody else by name is none."""
    if not looked:
        return []
    facts = [_facts(number, looked, reader) for number in range(len(looked))]
    odds = model.log_odds([one.words for one in looked], facts, scene)
    return [
        replace(one.request, score=max(one.request.score, value + 1.0))
        for one, value in zip(looked, odds, strict=True)
        if value > 0.0
    ]


def _facts(number: int, looked: Sequence[Looked], reader: frozenset[str]) -> dict[str, float]:
    one = looked[number]
    facts = dict(one.facts)
    if reader.intersection(one.words):
        facts["reader"] = 1.0
        if "named first" in facts:
            facts["reader first"] = 1.0
    for name, other in (("before", number - 1), ("after", number + 1)):
        if 0 <= other < len(looked):
            facts |= {
                f"{name}:{fact}": 1.0
                for fact in ("asks", "question", "heading", "bullet")
                if fact in looked[other].facts
            }
    asking = sum(other.asks for other in looked)
    facts[f"asking:{min(asking, 3)}"] = 1.0
    if one.asks and asking == 1:
        facts["asks alone"] = 1.0
    return facts
