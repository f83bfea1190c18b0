"""Words of a text in one folded form, and which concepts of the lexicon they name."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain
from operator import itemgetter
from typing import NamedTuple

from glassdome.core.shipped import loads_shipped, shipped_table
from glassdome.core.words import words_by_line, words_in

__all__ = ["Concepts", "fold", "load_concepts", "words_of", "words_of_each"]

_MARKS = re.compile(r"[\u0300-\u036f]")
#: The marks of most languages; in a text of some length each is replaced in a fraction of the pattern's time.
_COMMON_MARKS = "\u0301\u0308\u0300\u0327\u0302\u0303\u030a\u030c\u0328\u0306\u0304"
_FEW_LETTERS = 40
#: Letters that case folding and NFKD leave alone, in the spelling the lexicon uses.
_PLAIN = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "’": "'"}


def fold(text: str) -> str:
    """Return `text` in lower case, compatibility forms unified (NFKC-like) and accents removed."""
    if text.isascii():
        return text.lower()
    text = _unmarked(unicodedata.normalize("NFKD", text)).lower()
    if not text.isascii():
        for letter, plain in _PLAIN.items():
            text = text.replace(letter, plain)
    return text


def _unmarked(text: str) -> str:
    """Return a decomposed text without its accents."""
    if len(text) > _FEW_LETTERS:
        for mark in _COMMON_MARKS:
            if mark in text:
                text = text.replace(mark, "")
        if text.isascii():
            return text
    return _MARKS.sub("", text)


def words_of(text: str) -> list[str]:
    """Return the folded words of `text`: runs of letters and digits."""
    return words_in(fold(text))


def words_of_each(lines: Iterable[str]) -> list[list[str]]:
    """Return the folded words of each of `lines`, none of which holds a line break."""
    return words_by_line(fold("\n".join(lines)))


class Phrase(NamedTuple):
    """A phrase of the lexicon: its folded words, those it is not looked up by, its concept, its place among all phrases."""

    text: str
    others: frozenset[str]
    concept: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Concepts:
    """The lexicon, ready to search: its phrases by their longest words, which are the rarest."""

    names: tuple[str, ...]
    keys: frozenset[str]
    by_key: Mapping[str, tuple[Phrase, ...]]

    def find(self, words: list[str]) -> dict[str, list[str]]:
        """Return the phrases found in `words`, per concept, in the order of the alphabet by first words."""
        return self.find_each([words])[0]

    def find_each(self, lines: Sequence[list[str]]) -> list[dict[str, list[str]]]:
        """Return the phrases found in each of several lists of words; all are searched at once, in linear time."""
        found: list[dict[str, list[str]]] = [{} for _ in lines]
        there = set(chain.from_iterable(lines))
        # Few phrases have all their words there; only those are searched for.
        likely = [phrase for key in self.keys & there for phrase in self.by_key[key] if phrase.others <= there]
        if not likely:
            return found
        pieces = [f" {' '.join(words)} " for words in lines]
        joined, ends = "\n".join(pieces), list(accumulate(len(piece) + 1 for piece in pieces))
        for text, _, concept, _ in sorted(likely, key=itemgetter(3)):
            sought, at = f" {text} ", 0
            while (at := joined.find(sought, at)) >= 0:
                line = bisect_right(ends, at)
                found[line].setdefault(concept, []).append(text)
                at = ends[line]
        return found


@loads_shipped((), *((f"{name}.toml",) for name in ("buttons", "kinds", "optional", "requests", "senders")))
@cache
def load_concepts(*names: str) -> Concepts:
    """Read lexicon files of this package: concept -> language -> phrases. Of several, concepts are named `file:concept`."""
    listed: dict[tuple[str, str], None] = {}
    concepts: dict[str, None] = {}
    for name in names or ("concepts.toml",):
        raw = shipped_table(f"engine/builtin/lexicon/{name}")
        for concept, languages in raw.items():
            called = f"{name}:{concept}" if len(names) > 1 else concept
            concepts[called] = None
            listed |= {(" ".join(words_of(p)), called): None for phrases in languages.values() for p in phrases}
    index: dict[str, list[Phrase]] = {}
    for place, (text, concept) in enumerate(sorted(listed, key=lambda pair: pair[0].partition(" ")[0])):
        words = text.split(" ")
        key = max(words, key=len)
        index.setdefault(key, []).append(Phrase(text, frozenset(words) - {key}, concept, place))
    by_key = {key: tuple(phrases) for key, phrases in index.items()}
    return Concepts(names=tuple(concepts), keys=frozenset(index), by_key=by_key)
