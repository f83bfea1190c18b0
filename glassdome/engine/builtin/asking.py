"""Sentences that ask their reader for something, in the languages without a trained model, by the words of one file each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

from glassdome.core.shipped import loads_shipped, shipped_table
from glassdome.engine.builtin.day_words import edges
from glassdome.engine.builtin.words import fold

__all__ = ["ASKING", "asking_words"]

_FOLDER: Final = "engine/builtin/lexicon/asking"
_ENDING: Final = ".toml"
#: The pattern of a star: a part of a word.
_PART: Final = r"\w{0,16}"
#: The languages there are words for.
ASKING: Final = frozenset(
    item.name.removesuffix(_ENDING)
    for item in files("glassdome").joinpath(_FOLDER).iterdir()
    if item.name.endswith(_ENDING)
)


def asking_words(text: str, language: str) -> dict[str, list[str]]:
    """Return the words in the folded `text` that ask (`ask`), or those that only sound like it (`bulk_talk`)."""
    if language not in ASKING:
        return {}
    ask, empty = _patterns(language)
    asked = ask.search(text)
    if asked is None:
        return {}
    only_sounds = empty.search(text)
    return {"bulk_talk": [only_sounds.group()]} if only_sounds else {"ask": [asked.group()]}


@loads_shipped(*((language,) for language in sorted(ASKING)))
@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    raw = shipped_table(f"{_FOLDER}/{language}{_ENDING}")
    return _pattern(raw["ask"], language), _pattern(raw["empty"], language)


def _pattern(phrases: Iterable[str], language: str) -> re.Pattern[str]:
    edge, stop = edges(language)
    parts = [
        r"[\s,]{1,2}".join(re.escape(word).replace(r"\*", _PART).replace(r"\^", "^") for word in fold(phrase).split())
        for phrase in phrases
    ]
    return re.compile(f"{edge}(?:{'|'.join(parts)}){stop}")
