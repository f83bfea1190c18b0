"""The words of a sentence that say by when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from glassdome.engine.builtin.words import fold

__all__ = ["due_words"]

_WORD = re.compile(r"[^\W_]+")
#: Words taken along behind the phrase: a day, a month, a year or an hour and minutes.
_MOST_FOLLOWING: Final = 4
_MONTH = re.compile(
    r"^(?:jan|feb|febr|mar|maer|mae|mai|mei|may|apr|avr|abr|jun|juin|giu|jul|juil|lug|aug|aou|ago|sep|set|oct|okt|ott|out|nov|dec|dez|dic)"
)
_BETWEEN: Final = frozenset(
    ["de", "di", "at", "um", "a", "à", "the", "of", "st", "nd", "rd", "th", "uhr", "h", "am", "pm", "noon"]
)


def due_words(text: str, phrases: Iterable[str]) -> str:
    """Return the longest of the folded `phrases` as `text` writes it, with the date or hour that follows it."""
    phrase = max(phrases, key=len, default="").split()
    if not phrase:
        return ""
    found = list(_WORD.finditer(text))
    folded = [fold(match.group()) for match in found]
    places = (i for i in range(len(folded)) if folded[i : i + len(phrase)] == phrase)
    first = next(places, None)
    if first is None:
        return " ".join(phrase)
    last = first + len(phrase) - 1
    for following in range(last + 1, min(last + 1 + _MOST_FOLLOWING, len(folded))):
        word = folded[following]
        if any(map(str.isdigit, word)) or _MONTH.match(word):
            last = following
        elif word not in _BETWEEN:
            break
    return text[found[first].start() : found[last].end()]
