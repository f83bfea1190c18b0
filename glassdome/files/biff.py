"""The records of binary workbooks (MS-XLS, MS-XLSB): how far their sheets reach, links, locks, kinds of sheets."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Workbook", "area_of_binary_sheet", "read_workbook"]

_BOF, _LOCK, _SHEET, _LINK = 0x0809, 0x002F, 0x0085, 0x01B8
_MULTIPLE: Final = (0x00BD, 0x00BE)
#: Records of cells, which begin with row and column.
_CELLS: Final = frozenset({0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x00D6, 0x00FD, 0x027E, *_MULTIPLE})
_MACRO_SHEET: Final = 1
_NAME: Final = 0x0018
_MOST_RECORDS: Final = 1_000_000
_MOST_LINKS: Final = 500
_URL: Final = re.compile(rb"(?:h\0t\0t\0p\0|f\0t\0p\0|m\0a\0i\0l\0t\0o\0|f\0i\0l\0e\0)(?:[\x21-\xff]\0){3,2000}")
#: Built-in name of the procedure that runs when a workbook is opened.
_AUTO_OPEN: Final = 1


class Workbook(NamedTuple):
    """The traits of a workbook; `area` is the largest rectangle that one of its sheets spans."""

    encrypted: bool = False
    area: int = 0
    macro_sheets: bool = False
    urls: tuple[str, ...] = ()


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for _ in range(_MOST_RECORDS):
        if at + 4 > len(data):
            return
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def read_workbook(data: bytes) -> Workbook:
    """Read the records of a workbook's stream."""
    rows = columns = area = 0
    encrypted = macros = False
    urls: dict[str, None] = {}
    for kind, record in _records(data):
        if kind in _CELLS and len(record) >= 6:
            row, column = struct.unpack_from("<HH", record)
            last = struct.unpack_from("<H", record, len(record) - 2)[0] if kind in _MULTIPLE else column
            rows, columns = max(rows, row + 1), max(columns, column + 1, min(last, 255) + 1)
            area = max(area, rows * columns)
        elif kind == _BOF:
            rows = columns = 0
        elif kind == _LOCK:
            encrypted = True
        elif kind == _SHEET and len(record) > 6:
            macros = macros or record[5] == _MACRO_SHEET
        elif kind == _LINK and len(urls) < _MOST_LINKS:
            urls |= dict.fromkeys(found.decode("utf-16-le", "replace") for found in _URL.findall(record))
    return Workbook(encrypted=encrypted, area=area, macro_sheets=macros, urls=tuple(urls))


def area_of_binary_sheet(data: bytes) -> int:
    """Return the rectangle that a sheet of an xlsb spans (MS-XLSB 2.1.4: kind and size in seven bits a byte)."""
    at = rows = columns = 0
    for _ in range(_MOST_RECORDS):
        kind, at = _packed(data, at, 2)
        size, at = _packed(data, at, 4)
        if at >= len(data):
            break
        if kind == 0 and size >= 4:
            rows = max(rows, struct.unpack_from("<I", data, at)[0] + 1)
        elif 1 <= kind <= 11 and size >= 4:
            columns = max(columns, struct.unpack_from("<I", data, at)[0] + 1)
        at += size
    return rows * columns


def _packed(data: bytes, at: int, most: int) -> tuple[int, int]:
    value = shift = 0
    for byte in data[at : at + most]:
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not byte & 0x80:
            return value, at
    return value, at
