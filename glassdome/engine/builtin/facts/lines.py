"""The lines and cells of a text in which a word for a fact stands, and what stands next to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from glassdome.engine.builtin.facts.said import Said, said_in

__all__ = ["FactLabel", "labels_in", "line_around"]

_MOST_LINES: Final = 400
_LINE_CHARS: Final = 300
_LONGEST: Final = 300
#: Cells of a line: columns of a table, and of words laid out as one.
_CELL: Final = re.compile(r"(?:[^\t|\n ]| (?! ))+")
#: What may stand between a label and nothing: signs, a word in brackets, the word for a number.
_NOTHING: Final = re.compile(
    r"(?i:\s|[:：#.*-]|\([^)\n]{0,20}\)|(?:no|nr|number|nummer|numer|numéro|numero|número|číslo|code|kod|kód|n[°º]|č|id)(?!\w))*"
)
#: Words for a number before a label, and signs before the first word of a cell: `Nº de factura`.
_BEFORE: Final = re.compile(
    r"(?i:[\s*•–-]*(?:(?:no|nr|num|number|nummer|numer|numéro|numero|número|číslo|code|kod|kód|código|codice|n[°º]|n\.[°º]|č|ref)\.?[\s.]{0,2}(?:of|de|da|do|di|del|della|der|van|du|d['’])?\s{0,2})?)"
)


class FactLabel(NamedTuple):
    """A word for a fact: its cell behind it, whether the cell begins with it, the next cell, and what stands below it."""

    said: Said
    behind: str
    begins: bool
    beside: str
    below: str
    line: str

    @property
    def alone(self) -> bool:
        """Return whether nothing stands behind it in its cell."""
        return bool(_NOTHING.fullmatch(self.behind))


def labels_in(text: str, *concepts: str) -> Iterator[tuple[int, FactLabel]]:
    """Yield the words for these concepts, each with the number of its line."""
    lines = [line.strip()[:_LINE_CHARS] for line in text.splitlines()[:_MOST_LINES] if line.strip()]
    wanted = frozenset(concepts)
    for number, line in enumerate(lines):
        cells = [match.span() for match in _CELL.finditer(line)]
        following = lines[number + 1] if number + 1 < len(lines) else ""
        for said in said_in(line):
            if not wanted.isdisjoint(said.concepts):
                at = next((place for place, (start, end) in enumerate(cells) if start <= said.start < end), 0)
                yield number, _label(line, said, cells, at, following)


def _label(line: str, said: Said, cells: Sequence[tuple[int, int]], at: int, following: str) -> FactLabel:
    start, end = cells[at]
    begins = bool(_BEFORE.fullmatch(line, start, said.start))
    beside = line[slice(*cells[at + 1])] if len(cells) > at + 1 else ""
    return FactLabel(said, line[said.end : end], begins, beside, _under(following, at, len(cells)), line)


def _under(following: str, at: int, count: int) -> str:
    """Return the cell of the next line below that one; a line of other columns has one below the first and the last."""
    below = [match.group().strip() for match in _CELL.finditer(following)]
    if not below or count == 1:
        return following
    if len(below) == count:
        return below[at]
    return below[-1] if at == count - 1 else below[0] if at == 0 else ""


def line_around(text: str, match: re.Match[str]) -> str:
    """Return the whole lines in which something was found, as evidence."""
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return " ".join(text[start : end if end >= 0 else len(text)].split())[:_LONGEST]
