"""The words of DrawingML (ECMA-376 part 1, 19 to 21): slides, their notes, diagrams and charts."""

from __future__ import annotations

from typing import Final

from glassdome.files.package import Relation
from glassdome.files.words import DocumentWords
from glassdome.files.xml import Sink

__all__ = ["SlideSink"]

#: Text, and the values of a chart's labels.
_TEXT: Final = frozenset({"t", "v", "text"})
#: Actions of a shape that run a program.
_RUNS: Final = ("ppaction://program", "ppaction://macro", "ppaction://ole")


class SlideSink(Sink):
    """Takes one slide, page of notes, comment, diagram or chart."""

    def __init__(self, words: DocumentWords, relations: tuple[Relation, ...]) -> None:
        self.words = words
        self.targets = {relation.name: relation.target for relation in relations if relation.external}
        self.runs = self.is_hidden = False
        self._text = False
        self._skip = self._cells = 0
        self._run: list[str] = []
        self._shape: list[str] = []
        self._clicks: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if self._skip or tag == "Fallback":
            self._skip += 1
        elif tag in _TEXT:
            self._text = True
        elif tag in ("hlinkClick", "hlinkMouseOver", "hlinkHover"):
            self._click(attributes)
        elif tag == "tc":
            self._cells += 1
        elif tag == "br":
            self.words.add("\n")
        elif tag == "sld":
            self.is_hidden = attributes.get("show") in ("0", "false")
        elif tag == "cmd" and attributes.get("type") == "verb":
            self.runs = True

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if self._skip:
            self._skip -= 1
        elif tag in _TEXT:
            self._text = False
            if tag in ("v", "text"):
                self.words.add("\n")
        elif tag == "r":
            self._end_run()
        elif tag == "p":
            self.words.add(" " if self._cells else "\n")
        elif tag == "tc":
            self._cells = max(0, self._cells - 1)
            self.words.add("\t")
        elif tag == "tr":
            self.words.add("\n")
        elif tag in ("sp", "pic"):
            self._end_shape()

    def text(self, text: str) -> None:
        """Take words."""
        if self._text and not self._skip:
            self.words.add(text)
            self._run.append(text)
            self._shape.append(text)

    def _click(self, attributes: dict[str, str]) -> None:
        if attributes.get("action", "").lower().startswith(_RUNS):
            self.runs = True
        if target := self.targets.get(attributes.get("r:id", "")):
            self._clicks.append(target)

    def _end_run(self) -> None:
        """Give the links of this run its words; those of the whole shape wait for its end."""
        if self._run:
            for url in self._clicks:
                self.words.link(url, "".join(self._run))
            self._clicks.clear()
        self._run.clear()

    def _end_shape(self) -> None:
        for url in self._clicks:
            self.words.link(url, "".join(self._shape))
        self._clicks.clear()
        self._shape.clear()
