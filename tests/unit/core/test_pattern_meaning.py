"""Every pattern means the same on every Python that is supported."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import glassdome
from glassdome.engine.builtin.features import normalized

# `re` reads its own patterns with this module; there is no public name for it.
_parser: Any = importlib.import_module("re._parser")


def compiled_patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Yield the patterns that stand in the package's modules, alone or in tuples and tables."""
    for module in pkgutil.walk_packages(glassdome.__path__, "glassdome."):
        names = vars(importlib.import_module(module.name))
        for name, value in names.items():
            yield from ((f"{module.name}.{name}", pattern) for pattern in held(value))


def held(value: object) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns in a value."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from held(tuple(value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from held(item)


def misread(pattern: re.Pattern[Any]) -> bool:
    """Return whether the pattern repeats a group possessively, which Python 3.11.2 gets wrong (python/cpython#106052)."""
    return any(wrong(item) for item in _parser.parse(pattern.pattern, pattern.flags))


def wrong(item: Any) -> bool:
    """Return whether an item of a parsed pattern is, or holds, a possessive repeat of more than one set of characters."""
    if isinstance(item, tuple) and len(item) == 2 and str(item[0]) == "POSSESSIVE_REPEAT":
        body = item[1][2]
        single = len(body) == 1 and str(body[0][0]) in ("IN", "LITERAL", "NOT_LITERAL", "ANY")
        return not single
    inner = item if isinstance(item, tuple | list | _parser.SubPattern) else ()
    return any(wrong(part) for part in inner)


def test_no_group_is_repeated_possessively() -> None:
    """Debian 12's Python finds other matches for such a pattern than later ones."""
    found = dict(compiled_patterns())

    assert len(found) > 100
    assert [] == [name for name, pattern in found.items() if misread(pattern)]


@pytest.mark.parametrize("pattern", [r"(?:a*b)*+", r"(x|(?:a.{0,3}?b)++)", r"(?:ab|c)?+"])
def test_such_a_pattern_is_seen(pattern: str) -> None:
    """The search finds it at any depth."""
    assert misread(re.compile(pattern))


@pytest.mark.parametrize("pattern", [r"[.,]*+x", r"a++", r"(?:a++b)*", r".{0,9}+"])
def test_a_possessive_set_of_characters_is_allowed(pattern: str) -> None:
    """One set of characters is read rightly, and makes patterns fast."""
    assert not misread(re.compile(pattern))


def test_numbers_after_many_points_are_found() -> None:
    """The mail that was read differently on 3.11.2."""
    assert " . 1aabonus...........1" == normalized("", "1aabonus...........1")
