"""The records of binary workbooks of Excel 5 to 2003 (MS-XLS): strings, formats, sheets, cells, links."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from glassdome.files.grid import MOST_CELLS, Grid
from glassdome.files.numbers import NumberFormat, format_of, shown
from glassdome.files.words import tidied

__all__ = ["BinarySheet", "Workbook", "read_workbook", "rk_number"]

_BOF, _EOF, _LOCK, _SHEET, _LINK, _CONTINUE, _STRINGS = 0x0809, 0x000A, 0x002F, 0x0085, 0x01B8, 0x003C, 0x00FC
_DATE_1904, _FORMAT, _XF, _BOX = 0x0022, 0x041E, 0x00E0, 0x01B6
_FORMULA, _FORMULA_TEXT, _NUMBER, _LABEL, _BOOL, _RICH = 0x0006, 0x0207, 0x0203, 0x0204, 0x0205, 0x00D6
_RK, _MANY_RK, _SHARED = 0x027E, 0x00BD, 0x00FD
_EXCEL_97: Final = 0x0600
_WORKSHEET, _MACRO_SHEET = 0, 1
_MOST_RECORDS: Final = 1_000_000
_MOST_STRINGS: Final = 100_000
_MOST_CHARS: Final = 4_000_000
_MOST_SHEETS: Final = 200
_MOST_FORMATS: Final = 5_000
_MOST_LINKS: Final = 500
_URL: Final = re.compile(rb"(?:h\0t\0t\0p\0|f\0t\0p\0|m\0a\0i\0l\0t\0o\0|f\0i\0l\0e\0)(?:[\x21-\xff]\0){3,2000}")


@dataclass(slots=True)
class BinarySheet:
    """One sheet: its cells, its text boxes and comments, and its links with their words."""

    grid: Grid
    boxes: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Workbook:
    """The content of a workbook."""

    sheets: list[BinarySheet] = field(default_factory=list)
    encrypted: bool = False
    macro_sheets: bool = False
    cut: bool = False


def read_workbook(data: bytes) -> Workbook:
    """Read the stream of a workbook."""
    reader = _Reader(data)
    reader.globals()
    if not reader.book.encrypted:
        for at, kind, grid in reader.named[:_MOST_SHEETS]:
            reader.book.macro_sheets = reader.book.macro_sheets or kind == _MACRO_SHEET
            if kind in (_WORKSHEET, _MACRO_SHEET):
                reader.sheet(at, grid)
    return reader.book


def _records(data: bytes, at: int = 0) -> Iterator[tuple[int, bytes]]:
    for _ in range(_MOST_RECORDS):
        if at + 4 > len(data):
            return
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.book = data, Workbook()
        self.named: list[tuple[int, int, Grid]] = []
        self.strings: list[str] = []
        self.codes: dict[int, str] = {}
        self.formats: list[NumberFormat] = []
        self.is_1904, self.is_97 = False, True
        self.cells_left = MOST_CELLS
        self.last = (0, 0, 0)

    def globals(self) -> None:
        """Read the records that all sheets share."""
        pieces: list[bytes] = []
        before = 0
        for kind, record in _records(self.data):
            before = kind if kind != _CONTINUE else before
            if kind == _STRINGS or (kind == _CONTINUE and before == _STRINGS):
                pieces.append(record)
            elif kind == _LOCK:
                self.book.encrypted = True
            elif kind == _EOF:
                break
            else:
                self._global(kind, record)
        if pieces:
            self.strings = _Pieces(pieces).strings()

    def _global(self, kind: int, record: bytes) -> None:
        if kind == _BOF:
            self.is_97 = struct.unpack_from("<H", record)[0] >= _EXCEL_97
        elif kind == _DATE_1904:
            self.is_1904 = record[:1] == b"\x01"
        elif kind == _FORMAT and len(self.codes) < _MOST_FORMATS:
            self.codes[struct.unpack_from("<H", record)[0]] = self._text(record[2:])
        elif kind == _XF and len(self.formats) < _MOST_FORMATS:
            number = struct.unpack_from("<H", record, 2)[0]
            self.formats.append(format_of(number, self.codes.get(number, "")))
        elif kind == _SHEET and len(record) > 8:
            at, state, sort = struct.unpack_from("<IBB", record)
            name = record[8:] if self.is_97 else record[7:]
            wide = self.is_97 and record[7] & 1
            text = name[: record[6] * (2 if wide else 1)].decode("utf-16-le" if wide else "cp1252", "replace")
            self.named.append((at, sort, Grid(tidied(text) or "?", not state & 3)))

    def _text(self, raw: bytes) -> str:
        """Read a string behind its count of letters."""
        if len(raw) < 3:
            return ""
        count = struct.unpack_from("<H", raw)[0]
        if not self.is_97:
            return raw[2 : 2 + count].decode("cp1252", "replace")
        return (
            raw[3 : 3 + 2 * count].decode("utf-16-le", "replace")
            if raw[2] & 1
            else raw[3 : 3 + count].decode("latin-1")
        )

    def sheet(self, at: int, grid: Grid) -> None:
        """Read one sheet; charts in it are passed over."""
        sheet = BinarySheet(grid)
        self.book.sheets.append(sheet)
        depth, before = 0, 0
        for kind, record in _records(self.data, at):
            depth += (kind == _BOF) - (kind == _EOF)
            if depth <= 0 or self.cells_left < 0:
                break
            if kind == _CONTINUE and before == _BOX and len(sheet.boxes) < _MOST_LINKS:
                sheet.boxes.append(record[1:].decode("utf-16-le" if record[:1] == b"\x01" else "latin-1", "replace"))
            elif depth == 1:
                self._record(sheet, kind, record)
            before = kind
        self.book.cut = self.book.cut or self.cells_left < 0

    def _record(self, sheet: BinarySheet, kind: int, record: bytes) -> None:
        if kind == _LINK and len(sheet.links) < _MOST_LINKS and len(record) > 8:
            row, _, column = struct.unpack_from("<HHH", record)
            shown_as = sheet.grid.cells.get((row, column), ("", False))[0]
            urls = (found.decode("utf-16-le", "replace") for found in _URL.findall(record))
            sheet.links += [(url, shown_as) for url in urls]
        elif kind == _FORMULA_TEXT:
            sheet.grid.put(self.last[0], self.last[1], self._text(record))
        elif kind in _CELLS and len(record) >= 8:
            self.cells_left -= 1
            self.last = struct.unpack_from("<HHH", record)
            self._cell(sheet.grid, kind, record)

    def _cell(self, grid: Grid, kind: int, record: bytes) -> None:
        row, column, form = self.last
        if kind == _SHARED and len(record) >= 10:
            at = struct.unpack_from("<I", record, 6)[0]
            grid.put(row, column, self.strings[at] if at < len(self.strings) else "")
        elif kind in (_LABEL, _RICH):
            grid.put(row, column, self._text(record[6:]))
        elif kind == _BOOL and not record[7]:
            grid.put(row, column, "TRUE" if record[6] else "FALSE")
        elif kind == _RK and len(record) >= 10:
            self._number(grid, row, column, form, rk_number(struct.unpack_from("<I", record, 6)[0]))
        elif kind == _MANY_RK:
            for step, at in enumerate(range(4, len(record) - 7, 6)):
                form, raw = struct.unpack_from("<HI", record, at)
                self._number(grid, row, column + step, form, rk_number(raw))
        elif len(record) >= 14 and not (kind == _FORMULA and record[12:14] == b"\xff\xff"):
            self._number(grid, row, column, form, struct.unpack_from("<d", record, 6)[0])

    def _number(self, grid: Grid, row: int, column: int, form: int, value: float) -> None:
        layout = self.formats[form] if form < len(self.formats) else NumberFormat()
        if abs(value) < 1e300:
            grid.put(row, column, shown(value, layout, is_1904=self.is_1904), is_number=not layout.kind)


_CELLS: Final = frozenset({_FORMULA, _NUMBER, _LABEL, _BOOL, _RICH, _RK, _MANY_RK, _SHARED})


def rk_number(raw: int) -> float:
    """Return a number of four bytes: an integer or the upper half of a fraction, perhaps in hundredths."""
    if raw & 2:
        value = float((raw >> 2) - (1 << 30 if raw & 0x80000000 else 0))
    else:
        value = float(struct.unpack("<d", struct.pack("<II", 0, raw & 0xFFFFFFFC))[0])
    return value / 100 if raw & 1 else value


class _Pieces:
    """The table of strings, which goes on in further records; one cut within a string says its width again."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces, self.part, self.at = pieces, 0, 8
        self.room = _MOST_CHARS

    def strings(self) -> list[str]:
        """Return all strings as far as they are whole."""
        found: list[str] = []
        try:
            while len(found) < _MOST_STRINGS and self.room > 0:
                found.append(self._string())
        except (struct.error, IndexError):
            pass
        return found

    def _string(self) -> str:
        count, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        text = self._letters(count, flags & 1)
        self._skip(4 * runs + extra)
        self.room -= count
        return text

    def _take(self, count: int) -> bytes:
        out = b""
        while len(out) < count:
            piece = self.pieces[self.part][self.at : self.at + count - len(out)]
            out, self.at = out + piece, self.at + len(piece)
            if len(out) < count:
                self.part, self.at = self.part + 1, 0
        return out

    def _skip(self, count: int) -> None:
        while count > len(self.pieces[self.part]) - self.at:
            count -= len(self.pieces[self.part]) - self.at
            self.part, self.at = self.part + 1, 0
        self.at += count

    def _letters(self, count: int, wide: int) -> str:
        out: list[str] = []
        while True:
            width = 2 if wide else 1
            raw = self.pieces[self.part][self.at : self.at + count * width]
            out.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            count, self.at = count - len(raw) // width, self.at + len(raw)
            if count <= 0:
                return "".join(out)
            self.part, self.at = self.part + 1, 1
            wide = self.pieces[self.part][0] & 1
