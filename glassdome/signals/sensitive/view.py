"""One text and what every recogniser asks of it, computed once."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice

from glassdome.core.limits import MAX_NUMBER_RUNS

__all__ = ["AFTER", "BEFORE", "Span", "TextView"]

#: (start, end) in characters.
Span = tuple[int, int]

#: Characters looked at before and after a candidate for words that say what it is.
BEFORE = 64
AFTER = 32

_WORD = re.compile(r"[^\W\d_]+")
#: Six digits or more with at most two separators between any two: cards, ids, phones, dates. Each step eats a
#: digit, so the scan is linear.
_RUN = re.compile(r"\d(?:[ .\-/()\u00a0\u2010-\u2013]{0,2}\d){5,}")


class TextView:
    """A text with its words and its number runs."""

    def __init__(self, text: str) -> None:
        """Nothing is computed before it is asked for."""
        self.text = text

    @cached_property
    def lower(self) -> str:
        """The text in lower case; never used for positions, for a few letters change length."""
        return self.text.lower()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the text in lower case."""
        return frozenset(_WORD.findall(self.lower))

    @cached_property
    def runs(self) -> tuple[Span, ...]:
        """Where six or more digits stand together."""
        return tuple(match.span() for match in islice(_RUN.finditer(self.text), MAX_NUMBER_RUNS))

    def before(self, start: int, size: int = BEFORE) -> str:
        """Return the characters before `start`, in lower case."""
        return self.text[max(0, start - size) : start].lower()

    def after(self, end: int, size: int = AFTER) -> str:
        """Return the characters after `end`, in lower case."""
        return self.text[end : end + size].lower()

    def in_address(self, start: int) -> bool:
        """Say whether `start` lies inside a URL, a path or an e-mail address."""
        head = self.text[max(0, start - 300) : start]
        token = head[max(head.rfind(char) for char in " \n\t<>\"'()") + 1 :]
        return "://" in token or "www." in token or "@" in token or "=" in token[:-1] or token.count("/") > 1
