"""Find asks and offers by what they are made of: the thing, what is said of it, what to do, near each other in any order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from glassdome.core.shipped import loads_shipped, shipped_table
from glassdome.signals.phone_numbers import PhoneNumber, phone_numbers
from glassdome.signals.word_table import Span, WordTable, places_in, word_table

__all__ = ["asks_by_facts", "offers_by_facts"]

_ASKS: Final = "ask_facts.toml"
_OFFERS: Final = "offer_facts.toml"
#: Characters read: what a mail wants, it says before.
_READ: Final = 4_000
#: Places of each part that are looked at, and the longest quote.
_MOST: Final = 12
_QUOTED: Final = 140


#: The spans of each part by language.
_Filled = dict[str, dict[str, Sequence[Span]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """One line for an ask: its group, its parts, the characters within which all stand, and within which the first two do."""

    group: str
    parts: tuple[str, ...]
    near: int
    close: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The file: its asks, its languages, and the words of their parts."""

    asks: tuple[_Ask, ...]
    languages: tuple[str, ...]
    words: WordTable


def asks_by_facts(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the group and the span of each ask whose parts, all of one language, stand near each other."""
    filled = _filled(text[:_READ], _table(_ASKS))
    numbers = [(number.start, number.end) for number in _numbers(text, filled)]
    for parts in filled.values() if numbers else ():
        parts["call"] = [*parts.get("call", ()), *numbers]
    return _found(filled, _table(_ASKS))


def offers_by_facts(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the group and the span of each sign of advertising to strangers, found as asks are."""
    return _found(_filled(text[:_READ], _table(_OFFERS)), _table(_OFFERS))


def _numbers(text: str, filled: _Filled) -> Iterator[PhoneNumber]:
    """Yield the telephone numbers of a text that says how to undo something: one near such words is to be called."""
    if any("undo" in parts for parts in filled.values()):
        yield from (number for number in phone_numbers(text[:_READ]) if number.certain)


def _found(filled: _Filled, table: _Table) -> Iterator[tuple[str, int, int]]:
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


def _filled(read: str, table: _Table) -> _Filled:
    """Return where each part stands, by language."""
    filled: dict[str, dict[str, Sequence[Span]]] = {}
    for (language, part), spans in places_in(read, table.words).items():
        filled.setdefault(language, {})[part] = spans
    return filled


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


@loads_shipped((_ASKS,), (_OFFERS,))
@cache
def _table(name: str) -> _Table:
    """Read a file."""
    raw = shipped_table(f"signals/data/{name}")
    asks = tuple(
        _Ask(group=one["group"], parts=tuple(one["parts"]), near=one["near"], close=one.get("close", 0))
        for one in raw["ask"]
    )
    entries = (
        (entry, (language, part))
        for part, languages in raw["part"].items()
        for language, listed in languages.items()
        for entry in listed.split()
    )
    languages = tuple(dict.fromkeys(language for part in raw["part"].values() for language in part))
    return _Table(asks=asks, languages=languages, words=word_table(entries))
