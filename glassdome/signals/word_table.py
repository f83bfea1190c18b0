"""Finds the entries of a word list in a text: words in order, the last one whole or a stem, without case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

__all__ = ["Slot", "Span", "WordTable", "places_in", "word_table"]

_WORD: Final = re.compile(r"[^\W_]+")
_STEM: Final = 4
#: Letters that NFKD leaves alone, in the spelling of the lists.
_PLAIN: Final = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"})

Span = tuple[int, int]
#: What an entry stands for, such as a language and a part of an ask.
Slot = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """One entry: its words, whether the last is a stem, and the slot that it fills."""

    words: tuple[str, ...]
    stem: bool
    slot: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class WordTable:
    """The entries by their first word, or by the first letters of a stem that stands alone."""

    by_word: Mapping[str, Sequence[_Term]]
    by_stem: Mapping[str, Sequence[_Term]]


def word_table(entries: Iterable[tuple[str, Slot]]) -> WordTable:
    """Return the table of entries such as `bank_account` or `pay*`, each with its slot."""
    by_word: dict[str, list[_Term]] = {}
    by_stem: dict[str, list[_Term]] = {}
    for entry, slot in entries:
        words = tuple(entry.rstrip("*").split("_"))
        term = _Term(words=words, stem=entry.endswith("*"), slot=slot)
        index, key = (by_stem, words[0][:_STEM]) if term.stem and len(words) == 1 else (by_word, words[0])
        index.setdefault(key, []).append(term)
    return WordTable(by_word=by_word, by_stem=by_stem)


def places_in(read: str, table: WordTable) -> dict[Slot, list[Span]]:
    """Return the spans of each slot's entries, in the order of the text."""
    spans, words = _words_of(read)
    filled: dict[Slot, list[Span]] = {}
    by_word, by_stem = table.by_word, table.by_stem
    for place, word in enumerate(words):
        terms, stems = by_word.get(word), by_stem.get(word[:_STEM])
        if terms is None and stems is None:
            continue
        for term in (*(terms or ()), *(stems or ())):
            last = place + len(term.words) - 1
            if last < len(words) and _is(words, place, term):
                filled.setdefault(term.slot, []).append((spans[place][0], spans[last][1]))
    return filled


@lru_cache(maxsize=4)
def _words_of(read: str) -> tuple[Sequence[Span], Sequence[str]]:
    """Return where each word stands, and the words without case and accents; several tables ask it of the same text."""
    spans = [found.span() for found in _WORD.finditer(read)]
    return spans, [_plain(read[start:end]) for start, end in spans]


def _is(words: Sequence[str], place: int, term: _Term) -> bool:
    *fixed, last = term.words
    end = place + len(fixed)
    told = words[end].startswith(last) if term.stem else words[end] == last
    return told and list(words[place:end]) == fixed


@lru_cache(maxsize=8192)
def _plain(word: str) -> str:
    """Return a word in lower case without accents."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word.lower())
    return "".join([letter for letter in letters if not unicodedata.combining(letter)]).translate(_PLAIN)
