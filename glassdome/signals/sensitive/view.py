"""One text and what every recogniser asks of it, computed once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from glassdome.core.limits import MAX_SENSITIVE_CANDIDATES
from glassdome.core.words import letters_in

__all__ = ["UNSPACED", "Span", "TextView", "has_unspaced", "in_ascii_digits"]

#: (start, end) in characters.
Span = tuple[int, int]

_DIGIT = re.compile(r"\d")
#: Six digits or more with at most two separators between any two: cards, ids, phones, dates. Each step eats a
#: digit, so the scan is linear.
_RUN = re.compile(r"\d(?:[ .\-/()\u00a0\u2010-\u2013]{0,2}\d){5,}")


#: Letters of the scripts that are written without spaces between words, for a set of a regular expression.
UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_UNSPACED = re.compile(f"[{UNSPACED}]")
#: Digits of other scripts.
_OTHER_DIGIT = re.compile(r"[^\D0-9]")


def has_unspaced(text: str) -> bool:
    """Return whether the text has letters of a script without spaces between words."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def in_ascii_digits(text: str) -> str:
    """Return the text with the digits of every script written as 0 to 9, each character in its place."""
    if text.isascii():
        return text
    return _OTHER_DIGIT.sub(lambda digit: str(int(digit.group())), text)


class TextView:
    """A text with its words and its number runs."""

    def __init__(self, text: str) -> None:
        """Nothing is computed before it is asked for."""
        self.text = text
        #: Where the phrases of each `Phrases` stand; filled by it.
        self.hits: dict[object, tuple[Span, ...]] = {}

    @cached_property
    def lower(self) -> str:
        """The text in lower case, every character in its place (of all letters only İ becomes longer)."""
        return self.text.replace("İ", "I").lower()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the text in lower case."""
        return frozenset(letters_in(self.lower))

    @cached_property
    def has_unspaced(self) -> bool:
        """Return whether the text has letters of a script without spaces between words."""
        return has_unspaced(self.text)

    @cached_property
    def has_digits(self) -> bool:
        """Return whether the text holds a digit: without one it holds no number of any kind."""
        return _DIGIT.search(self.text) is not None

    @cached_property
    def runs(self) -> tuple[Span, ...]:
        """The spans of six or more digits in a row."""
        return tuple(match.span() for match in islice(_RUN.finditer(self.text), MAX_SENSITIVE_CANDIDATES))

    def around_runs(self, before: int, behind: int) -> Iterator[Span]:
        """Yield the pieces of the text that reach so many characters around its runs, those that meet as one.

        Where there are more runs than are counted, that is the whole text.
        """
        if len(self.runs) >= MAX_SENSITIVE_CANDIDATES:
            yield 0, len(self.text)
            return
        low = high = -1
        for start, end in self.runs:
            if start - before > high:
                if high >= 0:
                    yield low, high
                low = max(start - before, 0)
            high = end + behind
        if high >= 0:
            yield low, high

    def in_address(self, start: int) -> bool:
        """Return whether `start` lies inside a URL, a path or an e-mail address."""
        head = self.text[max(0, start - 300) : start]
        token = head[max(head.rfind(char) for char in " \n\t<>\"'()") + 1 :]
        return "://" in token or "www." in token or "@" in token or "=" in token[:-1] or token.count("/") > 1
