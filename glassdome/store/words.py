"""Split a text into the words that are indexed and searched for, the same way for both databases.

A released migration imports this module by its name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from glassdome.core.limits import MAX_WORD_CHARS

__all__ = ["terms_of"]

#: Letters and digits; in the scripts of India and from Thai to Khmer vowels are marks, which Python does not count among them.
_RUN: Final = re.compile(
    "(?:[^\\W_]|[\u0900-\u0963\u0966-\u0dff\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ece\u1000-\u1049\u1780-\u17d3])+"
)
#: Scripts written without spaces (Thai to Khmer, kana, Han): their runs are indexed as pairs of characters.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]+"
)


def terms_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, each once: without case and accents, cut to `MAX_WORD_CHARS`."""
    return tuple(dict.fromkeys(word[:MAX_WORD_CHARS] for run in _RUN.findall(_plain(text)) for word in _split(run)))


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold().encode("utf-8", "replace").decode())
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def _split(run: str) -> Iterator[str]:
    if run.isascii():
        yield run
        return
    start = 0
    for match in _UNSPACED.finditer(run):
        if match.start() > start:
            yield run[start : match.start()]
        together = match.group()
        yield from (together[n : n + 2] for n in range(max(1, len(together) - 1)))
        start = match.end()
    if start < len(run):
        yield run[start:]
