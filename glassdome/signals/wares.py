"""Find what a mail sells: fields of words, in which a ware and a sign of selling it to strangers stand in one mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from glassdome.core.shipped import loads_shipped, shipped_table
from glassdome.signals.word_table import Slot, Span, WordTable, places_in, word_table

__all__ = ["Offers", "Ware", "offers_in"]

#: Characters read: who sells to strangers is brief, and says it at the beginning.
_READ: Final = 2_500
#: Characters between a ware and its sign, and places of each that are examined.
_NEAR: Final = 260
_MOST: Final = 6
#: The side of a table that has only one.
_MOVE: Final = "move"


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
class _Table:
    """The words of the file, and the fields of which honest firms write too."""

    words: WordTable
    shared: frozenset[str]


def offers_in(text: str) -> Offers:
    """Return the fields of which both sides stand in the first part of `text`, in one language, and the moves there."""
    table, read = _table(), text[:_READ]
    filled = places_in(read, table.words)
    found: dict[str, Ware] = {}
    for (field, language, side), wares in filled.items():
        if side == "what" and (both := _near(wares, filled.get((field, language, "sign"), []))):
            telling = any(" " in read[start:end].strip() or "-" in read[start:end] for start, end in both)
            found[field] = Ware(field=field, shared=field in table.shared, telling=telling, spans=both)
    moves = {field: spans[0] for (field, _, side), spans in filled.items() if side == _MOVE}
    return Offers(wares=tuple(found.values()), moves=moves)


def _near(wares: Sequence[Span], signs: Sequence[Span]) -> tuple[Span, Span] | None:
    """Return a ware and a sign that stand near each other, those of several words first."""
    pairs = [
        (ware, sign)
        for ware in wares[:_MOST]
        for sign in signs[:_MOST]
        if ware != sign and abs(ware[0] - sign[0]) <= _NEAR
    ]
    return max(pairs, key=lambda pair: sum(end - start for start, end in pair), default=None)


@loads_shipped()
@cache
def _table() -> _Table:
    """Read the file."""
    raw = shipped_table("signals/data/wares.toml")
    moves = {name: {_MOVE: words} for name, words in raw.pop("moves").items()}
    shared = frozenset(field for field, sides in raw.items() if sides.get("shared"))
    return _Table(words=word_table(_entries(raw | moves)), shared=shared)


def _entries(fields: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterator[tuple[str, Slot]]:
    for field, sides in fields.items():
        for side in (_MOVE,) if _MOVE in sides else ("what", "sign"):
            for language, entries in sides[side].items():
                yield from ((entry, (field, language, side)) for entry in entries.split())
