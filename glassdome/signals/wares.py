"""Find what a mail sells: fields of words, in which a ware and a sign of selling it to strangers stand in one mail."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from glassdome.core.shipped import loads_shipped

__all__ = ["Offers", "Ware", "offers_in"]

_FILE: Final = "wares.toml"
#: Characters read: who sells to strangers is brief, and says it at the beginning.
_READ: Final = 2_500
_WORD: Final = re.compile(r"[^\W_]+")
_STEM: Final = 4
#: Characters between a ware and its sign, and places of each that are examined.
_NEAR: Final = 260
_MOST: Final = 6
#: The side of a table that has only one.
_MOVE: Final = "move"
#: Letters that NFKD leaves alone, in the spelling of the file.
_PLAIN: Final = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"})

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ware:
    """A field that was found: its name, and the spans of its two words.

    `shared` is one of which honest firms write too, `telling` one of which a side is more than a single word.
    """

    field: str
    shared: bool
    telling: bool
    spans: tuple[Span, Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """The wares of a mail, and the first place of each move of a sales letter."""

    wares: tuple[Ware, ...]
    moves: Mapping[str, Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """One entry of the file: its words, whether the last is a stem, and the slot that it fills."""

    words: tuple[str, ...]
    stem: bool
    slot: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The file by the first word of each entry, or by the first letters of a stem that stands alone."""

    by_word: Mapping[str, tuple[_Term, ...]]
    by_stem: Mapping[str, tuple[_Term, ...]]
    shared: frozenset[str]


def offers_in(text: str) -> Offers:
    """Return the fields of which both sides stand in the first part of `text`, in one language, and the moves there."""
    table, read = _table(), text[:_READ]
    spans = [found.span() for found in _WORD.finditer(read)]
    words = [_plain(read[start:end]) for start, end in spans]
    filled: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for place in range(len(words)):
        for term in _terms_at(table, words, place):
            filled.setdefault(term.slot, []).append((spans[place][0], spans[place + len(term.words) - 1][1]))
    found: dict[str, Ware] = {}
    for (field, language, side), wares in filled.items():
        if side == "what" and (both := _near(wares, filled.get((field, language, "sign"), []))):
            telling = any(" " in read[start:end].strip() or "-" in read[start:end] for start, end in both)
            found[field] = Ware(field=field, shared=field in table.shared, telling=telling, spans=both)
    moves = {field: spans[0] for (field, _, side), spans in filled.items() if side == _MOVE}
    return Offers(wares=tuple(found.values()), moves=moves)


def _near(wares: list[Span], signs: list[Span]) -> tuple[Span, Span] | None:
    """Return a ware and a sign that stand near each other, those of several words first."""
    pairs = [
        (ware, sign)
        for ware in wares[:_MOST]
        for sign in signs[:_MOST]
        if ware != sign and abs(ware[0] - sign[0]) <= _NEAR
    ]
    return max(pairs, key=lambda pair: sum(end - start for start, end in pair), default=None)


def _terms_at(table: _Table, words: list[str], place: int) -> Iterator[_Term]:
    word = words[place]
    for term in (*table.by_word.get(word, ()), *table.by_stem.get(word[:_STEM], ())):
        *fixed, last = term.words
        end = place + len(fixed)
        if end < len(words) and words[place:end] == fixed and _is(words[end], last, term.stem):
            yield term


def _is(word: str, told: str, stem: bool) -> bool:
    return word.startswith(told) if stem else word == told


def _plain(word: str) -> str:
    """Return a word in lower case without accents."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word.lower())
    return "".join([letter for letter in letters if not unicodedata.combining(letter)]).translate(_PLAIN)


@loads_shipped()
@cache
def _table() -> _Table:
    """Read the file."""
    raw = tomllib.loads((files("glassdome.signals") / "data" / _FILE).read_text(encoding="utf-8"))
    by_word: dict[str, list[_Term]] = {}
    by_stem: dict[str, list[_Term]] = {}
    moves = {name: {_MOVE: words} for name, words in raw.pop("moves").items()}
    for field, sides in (raw | moves).items():
        for side in (_MOVE,) if _MOVE in sides else ("what", "sign"):
            for language, entries in sides[side].items():
                for entry in entries.split():
                    words = tuple(entry.rstrip("*").split("_"))
                    term = _Term(words=words, stem=entry.endswith("*"), slot=(field, language, side))
                    alone = term.stem and len(words) == 1
                    index, key = (by_stem, words[0][:_STEM]) if alone else (by_word, words[0])
                    index.setdefault(key, []).append(term)
    return _Table(
        by_word={key: tuple(terms) for key, terms in by_word.items()},
        by_stem={key: tuple(terms) for key, terms in by_stem.items()},
        shared=frozenset(field for field, sides in raw.items() if sides.get("shared")),
    )
