"""The cells of one sheet: lines of tab-separated words, and the first cells as facts with their address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from glassdome.files.source import Budget
from glassdome.files.words import tidied
from glassdome.parse.plain import one_line
from glassdome.values.document import Passage
from glassdome.values.fact import Fact

__all__ = ["MOST_CELLS", "Grid", "column_name", "place_of"]

#: Cells read of one file; sheets claim up to 17 billion.
MOST_CELLS: Final = 60_000
#: Cells that become facts; all of them stand in the text.
MOST_FACTS: Final = 200
_CELL_CHARS: Final = 32_767
_FACT_CHARS: Final = 200
#: Empty cells written between two others.
_WIDEST_GAP: Final = 4
_COLUMNS: Final = 16_384
_ROWS: Final = 1_048_576


@dataclass(slots=True)
class Grid:
    """One sheet, whose cells may come in any order."""

    name: str
    seen: bool = True
    cells: dict[tuple[int, int], tuple[str, bool]] = field(default_factory=dict)
    chars: int = 0

    def put(self, row: int, column: int, text: str, *, is_number: bool = False) -> None:
        """Take one cell, counted from 0."""
        if text and 0 <= row < _ROWS and 0 <= column < _COLUMNS:
            self.cells[row, column] = text[:_CELL_CHARS], is_number
            self.chars += len(text)

    def passages(self, budget: Budget) -> list[Passage]:
        """Return the rows as lines."""
        lines: list[str] = []
        last = (-1, 0)
        for (row, column), (text, _) in sorted(self.cells.items()):
            text = " ".join(text.split())
            if row != last[0]:
                lines.append(text)
            else:
                lines[-1] += "\t" * min(_WIDEST_GAP, column - last[1]) + text
            last = (row, column)
        text = budget.take_text(tidied("\n".join(lines)))
        return [Passage(text=text, where=f"sheet {self.name}", seen=self.seen)] if text else []

    def facts(self, most: int = MOST_FACTS) -> list[Fact]:
        """Return the sheet's name and its first cells as facts."""
        where = f"sheet {self.name}"
        found = [Fact(type="sheet", value=self.name, where=where, evidence=self.name)]
        for (row, column), (text, is_number) in sorted(self.cells.items())[: max(0, most - 1)]:
            value = one_line(" ".join(text.split()))[:_FACT_CHARS]
            place = f"{where}, cell {column_name(column)}{row + 1}"
            found.append(Fact(type="number" if is_number else "cell", value=value, where=place, evidence=value))
        return found


def column_name(column: int) -> str:
    """Return the letters of a column counted from 0: 0 is A, 27 is AB."""
    name = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def place_of(reference: str) -> tuple[int, int] | None:
    """Return row and column, counted from 0, of `B7`; None where it is no address."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not 1 <= len(letters) <= 3 or not 1 <= len(digits) <= 7 or not letters.isascii() or not letters.isalpha():
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1
