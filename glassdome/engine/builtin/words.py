"""Words of a text in one folded form, and which concepts of the lexicon they name."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Concepts", "fold", "load_concepts", "words_of"]

_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(r"[\u0300-\u036f]+")
#: Letters that case folding and NFKD leave alone, in the spelling the lexicon uses.
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "’": "'"})


def fold(text: str) -> str:
    """Return `text` in lower case, compatibility forms unified (NFKC-like) and accents removed."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower().translate(_PLAIN)


def words_of(text: str) -> list[str]:
    """Return the folded words of `text`: runs of letters and digits."""
    return _WORD.findall(fold(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Concepts:
    """The lexicon, ready to search: for each first word, the phrases that begin with it, their second words and their concepts."""

    names: tuple[str, ...]
    by_first_word: Mapping[str, tuple[tuple[str, str, str], ...]]

    def find(self, words: list[str]) -> dict[str, list[str]]:
        """Return the phrases found in `words`, per concept; time is linear in the text."""
        there = set(words)
        first = self.by_first_word.keys() & there
        if not first:
            return {}
        joined = f" {' '.join(words)} "
        found: dict[str, list[str]] = {}
        for word in sorted(first):
            for phrase, second, concept in self.by_first_word[word]:
                # Asking for the second word first spares most searches.
                if not second or (second in there and f" {phrase} " in joined):
                    found.setdefault(concept, []).append(phrase)
        return found


@cache
def load_concepts(name: str = "concepts.toml") -> Concepts:
    """Read a lexicon file of this package: concept -> language -> phrases."""
    raw = tomllib.loads(files("glassdome.engine.builtin").joinpath("lexicon").joinpath(name).read_text("utf-8"))
    index: dict[str, dict[tuple[str, str, str], None]] = {}
    for concept, languages in raw.items():
        for phrase in (" ".join(words_of(p)) for phrases in languages.values() for p in phrases):
            first, _, rest = phrase.partition(" ")
            index.setdefault(first, {})[phrase, rest.partition(" ")[0], concept] = None
    return Concepts(names=tuple(raw), by_first_word={word: tuple(pairs) for word, pairs in index.items()})
