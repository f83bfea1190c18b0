"""Collects the words of a document in reading order: seen and hidden ones, and links with the words they are shown as."""

from __future__ import annotations

import re
from typing import Final

from glassdome.core.limits import MAX_LINKS, MAX_SHOWN_CHARS
from glassdome.files.source import Budget
from glassdome.files.xml import TooMuch
from glassdome.parse.plain import clean, one_line
from glassdome.parse.url import normal_url
from glassdome.values.document import FileLink, Passage

__all__ = ["DocumentWords", "tidied"]

_HALF: Final = re.compile("[\ud800-\udbff]")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
#: Links that are open at once; fields in fields.
_MOST_OPEN: Final = 20


def tidied(text: str) -> str:
    """Clean text of several lines; tabs between cells stay, and halves of one character become one."""
    if _HALF.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    lines = [line.rstrip() for line in clean(text).replace(" \t", "\t").split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n ")


class DocumentWords:
    """The words and links of one place of a document."""

    def __init__(self, budget: Budget, where: str = "", *, seen: bool = True) -> None:
        self.budget, self.where, self.seen = budget, where, seen
        self.links: list[FileLink] = []
        self._shown: list[str] = []
        self._hidden: list[str] = []
        self._open: list[tuple[str, int]] = []
        self._room = 2 * max(0, budget.chars_left)

    def add(self, text: str, *, seen: bool = True) -> None:
        """Add words; raises `TooMuch` where there is no more room, having added what fits."""
        (self._shown if seen else self._hidden).append(text[: max(0, self._room)])
        self._room -= len(text)
        if self._room < 0:
            raise TooMuch

    def open_link(self, url: str) -> None:
        """Begin a link; the words that follow are its own."""
        if len(self._open) < _MOST_OPEN:
            self._open.append((url, len(self._shown)))

    def close_link(self) -> None:
        """End the innermost link."""
        if self._open:
            url, begin = self._open.pop()
            self.link(url, "".join(self._shown[begin:]))

    def link(self, url: str, shown: str = "") -> None:
        """Add a link; those within the document are none."""
        url = normal_url(url)
        if url and not url.startswith("#") and len(self.links) < MAX_LINKS:
            shown = one_line(" ".join(shown.split()))[:MAX_SHOWN_CHARS]
            self.links.append(FileLink(url=url, shown=shown, where=self.where))

    def passages(self) -> list[Passage]:
        """Return the words as passages, seen ones first."""
        while self._open:
            self.close_link()
        found = ((tidied("".join(self._shown)), self.seen), (tidied("".join(self._hidden)), False))
        taken = ((self.budget.take_text(text), seen) for text, seen in found)
        return [Passage(text=text, where=self.where, seen=seen) for text, seen in taken if text]
