"""The parts of a spreadsheet in SpreadsheetML (ECMA-376 part 1, 18): strings, formats, sheets and their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from glassdome.files.grid import MOST_CELLS, Grid, place_of
from glassdome.files.numbers import NumberFormat, format_of, shown
from glassdome.files.xml import Sink, TooMuch

__all__ = ["Book", "CellSink", "FormatSink", "SheetName", "StringSink", "WorkbookSink", "linked_by"]

_MOST_STRINGS: Final = 200_000
_MOST_CHARS: Final = 4_000_000
_MOST_FORMATS: Final = 5_000
_MOST_SHEETS: Final = 200
_MOST_LINKS: Final = 1_000
_FORMULA_LINK: Final = re.compile(
    r"\b(?:HYPERLINK|WEBSERVICE|IMAGE|IMPORTDATA)\s{0,5}\(\s{0,5}\"([^\"]{1,4096})\"", re.IGNORECASE
)
#: A formula that asks another program: `cmd|'/c calc'!A0`.
_FORMULA_RUNS: Final = re.compile(r"\s{0,9}[=+@-]?\s{0,9}'?[A-Za-z0-9_.]{1,40}'?\|")


@dataclass(frozen=True, slots=True)
class SheetName:
    """One sheet of the workbook's list: its name, its relation, and whether a person sees it."""

    name: str
    relation: str
    seen: bool


@dataclass(slots=True)
class Book:
    """The facts that all sheets of a workbook share, and the cells still to be read."""

    strings: list[str] = field(default_factory=list)
    formats: list[NumberFormat] = field(default_factory=list)
    is_1904: bool = False
    cells_left: int = MOST_CELLS


class WorkbookSink(Sink):
    """Takes the workbook: its sheets, its names, its calendar."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.sheets: list[SheetName] = []
        self.runs = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take one element."""
        if tag == "sheet" and len(self.sheets) < _MOST_SHEETS:
            seen = attributes.get("state", "visible") == "visible"
            self.sheets.append(SheetName(attributes.get("name", ""), attributes.get("r:id", ""), seen))
        elif tag == "workbookPr":
            self.book.is_1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "definedName" and "auto_open" in attributes.get("name", "").lower():
            self.runs = True


class StringSink(Sink):
    """Takes the shared strings; readings in phonetic script are left out."""

    def __init__(self, book: Book) -> None:
        self.strings = book.strings
        self._parts: list[str] = []
        self._text, self._phonetic, self._room = False, 0, _MOST_CHARS

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if tag == "si":
            self._parts = []
        elif tag == "rPh":
            self._phonetic += 1
        self._text = tag == "t" and not self._phonetic

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        self._text = False
        if tag == "rPh":
            self._phonetic -= 1
        elif tag == "si":
            self.strings.append("".join(self._parts))
            if len(self.strings) >= _MOST_STRINGS:
                raise TooMuch

    def text(self, text: str) -> None:
        """Take words."""
        if self._text:
            self._parts.append(text)
            self._room -= len(text)
            if self._room < 0:
                raise TooMuch


class FormatSink(Sink):
    """Takes the styles: which cell format shows numbers in which way."""

    def __init__(self, book: Book) -> None:
        self.formats = book.formats
        self._codes: dict[int, str] = {}
        self._inside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take one element."""
        if tag == "numFmt" and len(self._codes) < _MOST_FORMATS:
            self._codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._inside = True
        elif tag == "xf" and self._inside and len(self.formats) < _MOST_FORMATS:
            number = _number(attributes.get("numFmtId"))
            self.formats.append(format_of(number, self._codes.get(number, "")))

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if tag == "cellXfs":
            self._inside = False


class CellSink(Sink):
    """Takes one sheet."""

    def __init__(self, book: Book, grid: Grid) -> None:
        self.book, self.grid = book, grid
        self.runs = False
        self.links: list[tuple[str, str]] = []
        self.relations: list[tuple[str, str]] = []
        self.extra: list[str] = []
        self.formulas: list[str] = []
        self._row, self._column = -1, -1
        self._kind = self._part = ""
        self._format = NumberFormat()
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if tag == "c":
            self._begin(attributes)
        elif tag in ("v", "f", "t", "oddHeader", "oddFooter", "firstHeader", "firstFooter"):
            self._part, self._text = tag, [] if tag != "t" else self._text
        elif tag == "row":
            self._row = _number(attributes.get("r"), self._row + 2) - 1
            self._column = -1
        elif tag == "hyperlink" and len(self.relations) < _MOST_LINKS:
            self.relations.append((attributes.get("r:id", ""), attributes.get("ref", "")))

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if tag == "v":
            self._value("".join(self._text))
        elif tag == "is":
            self.grid.put(self._row, self._column, "".join(self._text))
            self._text = []
        elif tag == "f":
            self._formula("".join(self._text))
        elif tag == self._part and tag != "t":
            self.extra.append("".join(self._text)[:1000])
        if tag == self._part:
            self._part = ""

    def text(self, text: str) -> None:
        """Take the content of a cell."""
        if self._part:
            self._text.append(text[:40_000])

    def _begin(self, attributes: dict[str, str]) -> None:
        place = place_of(attributes.get("r", ""))
        self._row, self._column = place or (max(0, self._row), self._column + 1)
        self._kind, self._text = attributes.get("t", "n"), []
        style = _number(attributes.get("s"))
        self._format = self.book.formats[style] if 0 <= style < len(self.book.formats) else NumberFormat()
        self.book.cells_left -= 1
        if self.book.cells_left < 0:
            raise TooMuch

    def _value(self, value: str) -> None:
        text = value
        if self._kind == "s":
            at = _number(value, -1)
            text = self.book.strings[at] if 0 <= at < len(self.book.strings) else ""
        elif self._kind == "b":
            text = "TRUE" if value.strip() == "1" else "FALSE"
        elif self._kind == "n":
            text = self._written(value)
        elif self._kind == "d":
            text = value.removesuffix("T00:00:00")
        is_number = self._kind == "n" and not self._format.kind
        self.grid.put(self._row, self._column, text, is_number=is_number)

    def _written(self, value: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        return shown(number, self._format, is_1904=self.book.is_1904) if abs(number) < 1e300 else value

    def _formula(self, formula: str) -> None:
        self._text = []
        if len(self.formulas) < _MOST_LINKS:
            self.formulas.append(formula[:4096])
        urls, runs = linked_by(formula)
        self.runs = self.runs or runs
        if len(self.links) < _MOST_LINKS:
            self.links += [(url, "") for url in urls]


def linked_by(formula: str) -> tuple[list[str], bool]:
    """Return the addresses that a formula leads to, and whether it asks another program."""
    return _FORMULA_LINK.findall(formula[:10_000])[:20], bool(_FORMULA_RUNS.match(formula[:200]))


def _number(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and len(text) <= 9 and text.strip().isdecimal() else otherwise
