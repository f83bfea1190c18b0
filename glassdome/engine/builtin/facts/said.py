"""Finds the words that say which fact stands next to them: a total, the number of a paper, a seat, a place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from glassdome.engine.builtin.dates import read_lexicon
from glassdome.engine.builtin.words import fold

__all__ = ["Said", "said_in"]

_WORDS: Final = "fact_words.toml"
_WORD: Final = re.compile(r"[^\W\d_]+")
#: What stands between two words of an entry: blanks, and the rate of a tax, `incl. 19 % VAT`.
_GAP: Final = re.compile(r"[^\w,;:]{1,4}(?:\d{1,2}(?:[.,]\d{1,2})?\s?%[^\w,;:]{0,3})?")
#: Letters by which the beginning or the ending of a word is looked up.
_STEM: Final = 4


class Said(NamedTuple):
    """A word for a fact, the concepts that it may stand for, and its place in the line."""

    concepts: frozenset[str]
    start: int
    end: int


class _Entry(NamedTuple):
    words: tuple[str, ...]
    concepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Table:
    by_word: Mapping[str, Sequence[_Entry]]
    by_stem: Mapping[str, Sequence[_Entry]]
    by_ending: Mapping[str, Sequence[_Entry]]


@lru_cache(maxsize=512)
def said_in(line: str) -> tuple[Said, ...]:
    """Return what the words of a line say, the longest entry at each place."""
    found = [(match.start(), match.end()) for match in _WORD.finditer(line)]
    words = [fold(line[start:end]) for start, end in found]
    said, at = [], 0
    near = [bool(_GAP.fullmatch(line, one[1], other[0])) for one, other in pairwise(found)]
    while at < len(words):
        entries = (one for one in _entries_at(words, at) if all(near[at : at + len(one.words) - 1]))
        entry = max(entries, key=lambda one: len(one.words), default=None)
        if entry is None:
            at += 1
            continue
        last = at + len(entry.words)
        said.append(Said(entry.concepts, found[at][0], found[last - 1][1]))
        at = last
    return tuple(said)


def _entries_at(words: Sequence[str], at: int) -> Iterator[_Entry]:
    table = _table()
    for entry in table.by_word.get(words[at], ()):
        if tuple(words[at : at + len(entry.words)]) == entry.words:
            yield entry
    for entry in table.by_stem.get(words[at][:_STEM], ()):
        if words[at].startswith(entry.words[0]):
            yield entry
    for entry in table.by_ending.get(words[at][-_STEM:], ()):
        if words[at].endswith(entry.words[0]):
            yield entry


@cache
def _table() -> _Table:
    concepts: dict[str, set[str]] = {}
    for concept, languages in read_lexicon(_WORDS).items():
        for entry in " ".join(languages.values()).split():
            concepts.setdefault(entry, set()).add(concept)
    by_word: dict[str, list[_Entry]] = {}
    by_stem: dict[str, list[_Entry]] = {}
    by_ending: dict[str, list[_Entry]] = {}
    for entry, named in concepts.items():
        words = tuple(entry.strip("*").split("_"))
        made = _Entry(words, frozenset(named))
        if entry.startswith("*"):
            by_ending.setdefault(words[0][-_STEM:], []).append(made)
        elif entry.endswith("*"):
            by_stem.setdefault(words[0][:_STEM], []).append(made)
        else:
            by_word.setdefault(words[0], []).append(made)
    return _Table(by_word, by_stem, by_ending)
