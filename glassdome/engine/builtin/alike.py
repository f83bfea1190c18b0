"""Words and letters that tell languages apart which are alike: what the model of languages leaves undecided in short mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from glassdome.core.shipped import loads_shipped, shipped_table
from glassdome.core.words import letters_in

__all__ = ["has_likes", "weighed"]

#: How much likelier one word or letter of its own makes a language, and how many count.
_TELLS: Final = 6.0
_MOST: Final = 4


@dataclass(frozen=True, slots=True)
class _Own:
    words: frozenset[str]
    letters: frozenset[str]


@loads_shipped()
@cache
def _owned() -> Mapping[str, _Own]:
    """The words and letters of each language, from `alike.toml`."""
    groups = shipped_table("engine/builtin/lexicon/alike.toml").values()
    rows = ((tag, row) for group in groups for tag, row in group.items())
    return {tag: _Own(frozenset(row["words"].split()), frozenset(row["letters"])) for tag, row in rows}


def has_likes(tag: str) -> bool:
    """Return whether another language is so much alike that words decide."""
    return tag in _owned()


def weighed(ranked: Sequence[tuple[str, float]], text: str) -> tuple[str, float]:
    """Return the likeliest language and its probability, after the words of those alike in `text` are counted."""
    lowered = text.lower()
    words, letters = frozenset(letters_in(lowered)), frozenset(lowered)
    found = {tag: _TELLS ** _count(own, words, letters) for tag, own in _owned().items()}
    scores = [(chance * found.get(tag, 1.0), tag) for tag, chance in ranked]
    best, tag = max(scores)
    return tag, best / sum(score for score, _ in scores)


def _count(own: _Own, words: frozenset[str], letters: frozenset[str]) -> int:
    return min(len(own.words & words) + len(own.letters & letters), _MOST)
