"""Recognising an answer that repeats its prompt instead of answering."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["repeats_prompt"]

#: So many words in a row are no coincidence.
_RUN_WORDS: Final = 9
_WORDS = re.compile(r"\w+")


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORDS.findall(text.lower())
    return frozenset(tuple(words[i : i + _RUN_WORDS]) for i in range(len(words) - _RUN_WORDS + 1))


@lru_cache(maxsize=8)
def _runs_of_instructions(system: str) -> frozenset[tuple[str, ...]]:
    return _runs(system)


def repeats_prompt(text: str, *, system: str, boundary: str) -> bool:
    """Return whether `text` holds the call's boundary or nine words in a row of the instructions."""
    return boundary in text or not _runs_of_instructions(system).isdisjoint(_runs(text))
