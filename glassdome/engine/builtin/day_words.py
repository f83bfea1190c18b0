"""The words of days and deadlines, one file for each language, as they are shipped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

from glassdome.core.shipped import loads_shipped, shipped_table
from glassdome.engine.builtin.words import fold

__all__ = ["CALENDARS", "alternatives", "day_words", "edges"]

_FOLDER: Final = "engine/builtin/lexicon/days"
_ENDING: Final = ".toml"
#: The languages there are words for.
CALENDARS: Final = frozenset(
    item.name.removesuffix(_ENDING)
    for item in files("glassdome").joinpath(_FOLDER).iterdir()
    if item.name.endswith(_ENDING)
)


@loads_shipped(*((language,) for language in sorted(CALENDARS)))
@cache
def day_words(language: str) -> dict[str, Any]:
    """Return the table of a language; its keys stand in the README of the folder."""
    return shipped_table(f"{_FOLDER}/{language}{_ENDING}")


def alternatives(names: Iterable[str]) -> str:
    """Return a pattern of the folded names, the longest first; it matches nothing where there are none."""
    folded = sorted({fold(name) for name in names}, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name) for name in folded) or r"(?!)"


def edges(language: str) -> tuple[str, str]:
    """Return the patterns of a word's beginning and end, empty where a language has no spaces."""
    return (r"(?<!\w)", r"(?!\w)") if day_words(language).get("spaced", True) else ("", "")
