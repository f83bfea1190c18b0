"""Binary workbooks of Office Open XML (MS-XLSB): sheets and cells in records, links as in any package."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from glassdome.core.limits import MAX_LINKS
from glassdome.files.biff import rk_number
from glassdome.files.grid import MOST_CELLS, MOST_FACTS, Grid
from glassdome.files.numbers import NumberFormat, format_of, shown
from glassdome.files.package import Package, Relation
from glassdome.files.parts import embedded_files, loads_code, outside_links
from glassdome.files.source import Source
from glassdome.files.words import tidied
from glassdome.values.document import Document, Passage
from glassdome.values.fact import Fact

__all__ = ["read"]

_BOOK, _STYLES, _STRINGS = "xl/workbook.bin", "styles", "sharedStrings"
_ROW, _RK, _BOOL, _REAL, _TEXT, _SHARED = 0, 2, 4, 5, 6, 7
_FORMULA_TEXT, _FORMULA_REAL, _FORMULA_BOOL = 8, 9, 10
_STRING, _FORMAT, _XF, _SHEET, _XFS, _DATE_1904 = 0x13, 0x2C, 0x2F, 0x9C, 0x269, 0x99
_MACRO_SHEETS: Final = ("xlMacrosheet", "xlIntlMacrosheet")
_MOST_RECORDS: Final = 1_000_000
_MOST_STRINGS: Final = 100_000
_MOST_SHEETS: Final = 200


@dataclass(slots=True)
class _Book:
    strings: list[str] = field(default_factory=list)
    formats: list[NumberFormat] = field(default_factory=list)
    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    cells_left: int = MOST_CELLS
    is_1904: bool = False


def read(source: Source) -> Document:
    """Read an xlsb."""
    package = Package(source.data, source.budget)
    relations = package.relations(_BOOK)
    book = _shared(package, relations)
    known = {item.name: item for item in relations if not item.external}
    passages: list[Passage] = []
    facts: list[Fact] = []
    outside = [item for item in relations if item.kind == "vbaProject"]
    for name, relation, seen in book.sheets:
        grid = Grid(tidied(name) or "?", seen)
        target = known[relation].target if relation in known else ""
        _read_cells(package.read(target), book, grid)
        outside += package.relations(target) if target else ()
        passages += grid.passages(source.budget)
        facts += grid.facts(MOST_FACTS - len(facts))
    files = embedded_files(package, outside, source)
    macros = any(item.kind in _MACRO_SHEETS for item in relations) or any(_is_macro(name) for name in package.names)
    return Document(
        kind=source.kind,
        problem="bounds" if package.cut or book.cells_left < 0 else "",
        pages=len(book.sheets),
        passages=tuple(passages),
        links=tuple(outside_links(outside, ()))[:MAX_LINKS],
        facts=tuple(facts),
        files=tuple(files),
        members=tuple(item.name for item in files),
        is_active=macros or loads_code(outside),
    )


def _is_macro(name: str) -> bool:
    return name.lower().endswith("vbaproject.bin") or "macrosheets/" in name.lower()


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for _ in range(_MOST_RECORDS):
        kind, at = _packed(data, at, 2)
        size, at = _packed(data, at, 4)
        if at > len(data) or not data:
            return
        yield kind, data[at : at + size]
        at += size
        if at >= len(data):
            return


def _packed(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Read a number in seven bits a byte, the lowest first."""
    value = shift = 0
    for byte in data[at : at + most]:
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not byte & 0x80:
            break
    return value, at


def _wide(data: bytes, at: int) -> tuple[str, int]:
    count = struct.unpack_from("<I", data, at)[0]
    raw = data[at + 4 : at + 4 + 2 * min(count, len(data))]
    return raw.decode("utf-16-le", "replace"), at + 4 + len(raw)


def _shared(package: Package, relations: tuple[Relation, ...]) -> _Book:
    book = _Book()
    targets = {item.kind: item.target for item in relations if not item.external}
    for kind, record in _records(package.read(targets.get(_STRINGS, ""))):
        if kind == _STRING and len(book.strings) < _MOST_STRINGS and len(record) >= 5:
            book.strings.append(_wide(record, 1)[0])
    _read_formats(package.read(targets.get(_STYLES, "")), book)
    for kind, record in _records(package.read(_BOOK)):
        if kind == _SHEET and len(book.sheets) < _MOST_SHEETS and len(record) >= 16:
            relation, at = _wide(record, 8)
            book.sheets.append((_wide(record, at)[0], relation, struct.unpack_from("<I", record)[0] == 0))
        elif kind == _DATE_1904:
            book.is_1904 = record[:1] != b"" and bool(record[0] & 1)
    return book


def _read_formats(data: bytes, book: _Book) -> None:
    codes: dict[int, str] = {}
    inside = False
    for kind, record in _records(data):
        inside = inside or kind == _XFS
        if kind == _FORMAT and len(record) >= 6 and len(codes) < _MOST_SHEETS * 10:
            codes[struct.unpack_from("<H", record)[0]] = _wide(record, 2)[0]
        elif kind == _XF and inside and len(record) >= 4 and len(book.formats) < _MOST_STRINGS:
            number = struct.unpack_from("<H", record, 2)[0]
            book.formats.append(format_of(number, codes.get(number, "")))
        elif kind == _XFS + 1:
            inside = False


def _read_cells(data: bytes, book: _Book, grid: Grid) -> None:
    row = 0
    for kind, record in _records(data):
        if kind == _ROW and len(record) >= 4:
            row = struct.unpack_from("<I", record)[0]
        elif 1 <= kind <= 11 and len(record) >= 9:
            book.cells_left -= 1
            if book.cells_left < 0:
                return
            column, style = struct.unpack_from("<II", record)
            _put(grid, (row, column), kind, record[8:], _layout(book, style & 0xFFFFFF), book)


def _layout(book: _Book, style: int) -> NumberFormat:
    return book.formats[style] if style < len(book.formats) else NumberFormat()


def _put(grid: Grid, place: tuple[int, int], kind: int, raw: bytes, layout: NumberFormat, book: _Book) -> None:
    if kind in (_TEXT, _FORMULA_TEXT):
        grid.put(*place, _wide(raw, 0)[0])
    elif kind == _SHARED:
        at = struct.unpack_from("<I", raw)[0]
        grid.put(*place, book.strings[at] if at < len(book.strings) else "")
    elif kind in (_BOOL, _FORMULA_BOOL):
        grid.put(*place, "TRUE" if raw[0] else "FALSE")
    elif kind in (_RK, _REAL, _FORMULA_REAL):
        value = rk_number(struct.unpack_from("<I", raw)[0]) if kind == _RK else struct.unpack_from("<d", raw)[0]
        if abs(value) < 1e300:
            grid.put(*place, shown(value, layout, is_1904=book.is_1904), is_number=not layout.kind)
