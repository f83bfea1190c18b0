"""Derives from a pattern the strings that would make it slow: what it repeats, over and over, and never an end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

#: Repeats up to this number cost a factor, not another power of the length.
MANY = 200
#: What ends a run so that the rest of a pattern fails.
KILLERS = ("", "\x00", "\n!")
#: Pumps that hold for every pattern: runs of one sign, and the shapes that meet in mail.
UNIVERSAL = (" ", "\n", "\t", "a", "A", "1", "-", "_", ".", ",", ":", "/", "=", "@", "<", '"', "'", "(", "[", "\\", "&", "#",
             "1 2 ", "1,", "a.", "a@", "a-", "a ", ". ", "<a ", "<!--", "\n ", "\r\n", "> ", "\xa0")  # fmt: skip
_CANDIDATES = "aA1 .-_@<>/\"'()[]{}:;,=?!&#%+*\\|~^$`\n\t\xe4\u0416\u4e2d\u200b\u0301\x01"
_CATEGORIES = {
    op.CATEGORY_DIGIT: "1",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_DIGIT: "a",
    op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_NOT_WORD: "-",
}
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
#: Pumps kept of one class of characters, and texts tried of one pattern.
_CHOICES, MOST_TEXTS = 3, 150


def families(pattern: re.Pattern[Any], sizes: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return tuples of strings, one string for each size, or of bytes where the pattern reads bytes."""
    found = islice(dict.fromkeys(zip(*(_texts(pattern, size) for size in sizes), strict=True)), MOST_TEXTS)
    if isinstance(pattern.pattern, bytes):
        return [tuple(text.encode("latin-1", "replace") for text in family) for family in found]
    return list(found)


def _texts(pattern: re.Pattern[Any], size: int) -> Iterator[str]:
    tree = _tree(pattern)
    repeats = list(dict.fromkeys(_repeats(list(tree), "")))
    pumps = list(dict.fromkeys(pump for _, pump in repeats if pump))
    for prefix, pump in repeats:
        for text in (prefix + _fill(pump, size), _fill(prefix + pump, size), _fill(pump + prefix, size)):
            yield from (text + killer for killer in KILLERS)
    yield from (_fill(begin, size) for begin in dict.fromkeys(_beginnings(list(tree))) if begin)
    for one, two in islice(product(pumps, repeat=2), 40):
        yield _fill(one, size // 2) + _fill(two, size // 2) + "\x00"
        yield _fill(one + two, size) + "\x00"
    for pump in UNIVERSAL:
        yield _fill(pump, size) + "\x00"


def _fill(pump: str, size: int) -> str:
    return pump * (size // len(pump)) if pump else ""


def _repeats(nodes: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield, for each repeat that may be long, a string that leads to it and one that it takes."""
    for kind, value in nodes:
        if kind in _REPEATS:
            _, most, sub = value
            if most == op.MAXREPEAT or most >= MANY:
                for pump in _samples(list(sub)):
                    yield prefix, pump
            yield from _repeats(list(sub), prefix)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from _repeats(list(branch), prefix)
        elif kind is op.SUBPATTERN:
            yield from _repeats(list(value[3]), prefix)
        elif kind is op.ATOMIC_GROUP:
            yield from _repeats(list(value), prefix)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from _repeats(list(value[1]), prefix)
        prefix += _sample([(kind, value)])


def _beginnings(nodes: list[Any]) -> Iterator[str]:
    """Yield what matches the first nodes, for every number of nodes: a beginning that is never finished."""
    whole = ""
    for node in nodes:
        for sample in _samples([node]):
            yield whole + sample
        whole += _sample([node])


def _sample(nodes: list[Any]) -> str:
    return next(iter(_samples(nodes)), "")


def _samples(nodes: list[Any]) -> list[str]:
    """Return a few strings that match the nodes one after the other."""
    found = [""]
    for kind, value in nodes:
        found = [one + two for one, two in islice(product(found, _of(kind, value) or [""]), 6)]
    return found


def _of(kind: Any, value: Any) -> list[str]:
    if kind is op.LITERAL:
        return [chr(value)]
    if kind is op.NOT_LITERAL:
        return [char for char in "a 1" if ord(char) != value]
    if kind is op.ANY:
        return ["a", " "]
    if kind is op.IN:
        return _members(value)
    if kind in _REPEATS:
        least, _, sub = value
        return [sample * max(1, least) for sample in _samples(list(sub))]
    if kind is op.BRANCH:
        return [_sample(list(branch)) for branch in value[1]][:6]
    if kind is op.SUBPATTERN:
        return _samples(list(value[3]))
    if kind is op.ATOMIC_GROUP:
        return _samples(list(value))
    return [""]


def _members(items: list[Any]) -> list[str]:
    if items[0][0] is op.NEGATE:
        compiled = [char for char in _CANDIDATES if not any(_holds(item, char) for item in items[1:])]
        return compiled[:_CHOICES]
    found: list[str] = []
    for kind, value in items:
        if kind is op.LITERAL:
            found.append(chr(value))
        elif kind is op.RANGE:
            found.append(chr(value[0]))
        elif kind is op.CATEGORY:
            found.append(_CATEGORIES[value])
    return [*found[:_CHOICES], *found[-1:]]


def _holds(item: Any, char: str) -> bool:
    kind, value = item
    if kind is op.LITERAL:
        return ord(char) == value
    if kind is op.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    if kind is op.CATEGORY:
        code = {op.CATEGORY_DIGIT: r"\d", op.CATEGORY_SPACE: r"\s", op.CATEGORY_WORD: r"\w",
                op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_NOT_WORD: r"\W"}[value]  # fmt: skip
        return bool(re.fullmatch(code, char))
    return False


def may_be_long(pattern: re.Pattern[Any]) -> bool:
    """Return whether anything in the pattern repeats without a small bound; if nothing does, it is linear."""
    return any(_repeats(list(_tree(pattern)), ""))


def _tree(pattern: re.Pattern[Any]) -> Any:
    flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    return _parser.parse(pattern.pattern, flags)
