"""Find asks and offers by what they are made of: the thing, what is said of it, what to do, near each other in any order."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from glassdome.core.shipped import loads_shipped

__all__ = ["asks_by_facts", "offers_by_facts"]

_ASKS: Final = "ask_facts.toml"
_OFFERS: Final = "offer_facts.toml"
#: Characters read: what a mail wants, it says before.
_READ: Final = 4_000
_WORD: Final = re.compile(r"[^\W_]+")
_STEM: Final = 4
#: Places of each part that are looked at, and the longest quote.
_MOST: Final = 12
_QUOTED: Final = 140
#: Letters that NFKD leaves alone, in the spelling of the file.
_PLAIN: Final = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"})

Span = tuple[int, int]
#: A language and one of its parts.
Slot = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """One entry of the file: its words, whether the last is a stem, and the slot that it fills."""

    words: tuple[str, ...]
    stem: bool
    slot: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """One line for an ask: its group, its parts, the characters within which all stand, and within which the first two do."""

    group: str
    parts: tuple[str, ...]
    near: int
    close: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The file by the first word of each entry, or by the first letters of a stem that stands alone."""

    asks: tuple[_Ask, ...]
    languages: tuple[str, ...]
    by_word: Mapping[str, tuple[_Term, ...]]
    by_stem: Mapping[str, tuple[_Term, ...]]


def asks_by_facts(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the group and the span of each ask whose parts, all of one language, stand near each other."""
    return _found(text, _table(_ASKS))


def offers_by_facts(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the group and the span of each sign of advertising to strangers, found as asks are."""
    return _found(text, _table(_OFFERS))


def _found(text: str, table: _Table) -> Iterator[tuple[str, int, int]]:
    filled = _filled(text[:_READ], table)
    spoken = [parts for language in table.languages if (parts := filled.get(language))]
    for ask in table.asks:
        for parts in spoken:
            places = [parts[part] for part in ask.parts if part in parts]
            if len(places) < len(ask.parts):
                continue
            if ask.close:
                places = [_pairs(places[0], places[1], ask.close), *places[2:]]
            if all(places) and (span := _near(places, ask.near)):
                yield ask.group, span[0], min(span[1], span[0] + _QUOTED)
                break


def _filled(read: str, table: _Table) -> Mapping[str, Mapping[str, Sequence[Span]]]:
    """Return where each part stands, by language."""
    spans, words = _words_of(read)
    filled: dict[str, dict[str, list[Span]]] = {}
    by_word, by_stem = table.by_word, table.by_stem
    for place, word in enumerate(words):
        terms, stems = by_word.get(word), by_stem.get(word[:_STEM])
        if terms is None and stems is None:
            continue
        for term in (*(terms or ()), *(stems or ())):
            last = place + len(term.words) - 1
            if last < len(words) and _is(words, place, term):
                language, part = term.slot
                filled.setdefault(language, {}).setdefault(part, []).append((spans[place][0], spans[last][1]))
    return filled


@lru_cache(maxsize=4)
def _words_of(read: str) -> tuple[Sequence[Span], Sequence[str]]:
    """Return where each word stands, and the words without case and accents; both files ask it of the same text."""
    spans = [found.span() for found in _WORD.finditer(read)]
    return spans, [_plain(read[start:end]) for start, end in spans]


def _is(words: Sequence[str], place: int, term: _Term) -> bool:
    *fixed, last = term.words
    end = place + len(fixed)
    told = words[end].startswith(last) if term.stem else words[end] == last
    return told and list(words[place:end]) == fixed


def _pairs(one: Sequence[Span], other: Sequence[Span], close: int) -> list[Span]:
    """Return the spans of both parts that stand close to each other."""
    found = []
    for first in one[:_MOST]:
        for second in other[:_MOST]:
            start, end = min(first[0], second[0]), max(first[1], second[1])
            if end - start <= close and not _overlap(first, second):
                found.append((start, end))
    return found


def _near(places: Sequence[Sequence[Span]], near: int) -> Span | None:
    """Return the span of the first place of the rarest part that has one of every other near it, no word counting twice."""
    rarest, *others = sorted(places, key=len)
    for place in rarest[:_MOST]:
        taken = [place]
        for several in others:
            close = min(
                (span for span in several if not any(_overlap(span, one) for one in taken)),
                key=lambda span: abs(span[0] - place[0]),
                default=None,
            )
            if close is None:
                break
            taken.append(close)
        start, end = min(span[0] for span in taken), max(span[1] for span in taken)
        if len(taken) == len(places) and end - start <= near:
            return start, end
    return None


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


@lru_cache(maxsize=8192)
def _plain(word: str) -> str:
    """Return a word in lower case without accents."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word.lower())
    return "".join([letter for letter in letters if not unicodedata.combining(letter)]).translate(_PLAIN)


@loads_shipped((_ASKS,), (_OFFERS,))
@cache
def _table(name: str) -> _Table:
    """Read a file."""
    raw = tomllib.loads((files("glassdome.signals") / "data" / name).read_text(encoding="utf-8"))
    asks = tuple(
        _Ask(group=one["group"], parts=tuple(one["parts"]), near=one["near"], close=one.get("close", 0))
        for one in raw["ask"]
    )
    by_word: dict[str, list[_Term]] = {}
    by_stem: dict[str, list[_Term]] = {}
    for term in _terms(raw["part"]):
        alone = term.stem and len(term.words) == 1
        index, key = (by_stem, term.words[0][:_STEM]) if alone else (by_word, term.words[0])
        index.setdefault(key, []).append(term)
    return _Table(
        asks=asks,
        languages=tuple(dict.fromkeys(language for part in raw["part"].values() for language in part)),
        by_word={key: tuple(terms) for key, terms in by_word.items()},
        by_stem={key: tuple(terms) for key, terms in by_stem.items()},
    )


def _terms(parts: Mapping[str, Mapping[str, str]]) -> Iterator[_Term]:
    for part, languages in parts.items():
        for language, entries in languages.items():
            for entry in entries.split():
                words = tuple(entry.rstrip("*").split("_"))
                yield _Term(words=words, stem=entry.endswith("*"), slot=(language, part))
