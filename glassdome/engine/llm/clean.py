"""Making a model's words safe to store and to show: one line, no control or bidi characters, bounded."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from glassdome.core.cutting import cut_short

__all__ = ["clean_lines", "clean_phrase", "clean_tag"]

#: Cc control, Cf format (bidi, zero width, tags), Cs surrogates, Co private use, Cn unassigned.
_UNWANTED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_NOT_TAG = re.compile(r"[^\w-]+")
_SHORTEST_TAG: Final = 2


def _visible(text: str, *, keep: str = "") -> str:
    return "".join(c if c in keep or unicodedata.category(c) not in _UNWANTED else " " for c in text)


def clean_phrase(text: str, chars: int) -> str:
    """Return one line of at most `chars` characters."""
    return cut_short(" ".join(_visible(unicodedata.normalize("NFC", text)).split()), chars)


def clean_lines(text: str, chars: int) -> str:
    """Return several lines (a reply) of at most `chars` characters, without runs of empty ones."""
    lines = [" ".join(line.split()) for line in _visible(text.replace("\r\n", "\n"), keep="\n").split("\n")]
    return cut_short(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), chars)


def clean_tag(text: str, chars: int) -> str:
    """Return a tag of letters, digits and hyphens in lower case, or an empty string."""
    word = _NOT_TAG.sub("-", clean_phrase(text, 4 * chars).lower()).strip("-_")
    return word if _SHORTEST_TAG <= len(word) <= chars and any(map(str.isalpha, word)) else ""
