"""The formats of letters in a Word 97 document (MS-DOC 2.4.6.2): which are deleted, and which are hidden."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Unseen", "unseen_ranges"]

_PAGES_AT: Final = 0xFA
_PAGE: Final = 512
_DELETED, _HIDDEN = 0x0800, 0x083C
#: Bytes of a value by the three highest bits of its name; the seventh says its own.
_SIZES: Final = (1, 1, 2, 4, 2, 2, 0, 3)
_MOST_PAGES: Final = 2_000
_MOST_VALUES: Final = 200


class Unseen(NamedTuple):
    """Bytes of the main stream whose letters are deleted, or else hidden."""

    begin: int
    end: int
    deleted: bool


def unseen_ranges(main: bytes, table: bytes) -> list[Unseen]:
    """Return the ranges of letters that a reader does not see, in the order of the stream."""
    at, size = struct.unpack_from("<II", main, _PAGES_AT)
    index = table[at : at + size]
    count = (len(index) - 4) // 8
    found: list[Unseen] = []
    for number in range(max(0, min(count, _MOST_PAGES))):
        page = struct.unpack_from("<I", index, 4 * (count + 1) + 4 * number)[0] & 0x3FFFFF
        found += _of_page(main[page * _PAGE : (page + 1) * _PAGE])
    return sorted(found)


def _of_page(page: bytes) -> Iterator[Unseen]:
    runs = page[-1] if len(page) == _PAGE else 0
    if runs > 0x65:
        return
    for number in range(runs):
        begin, end = struct.unpack_from("<II", page, 4 * number)
        at = 2 * page[4 * (runs + 1) + number]
        names = set(_values(page[at + 1 : at + 1 + page[at]])) if at else set()
        if names:
            yield Unseen(begin, end, _DELETED in names)


def _values(formats: bytes) -> Iterator[int]:
    """Yield the names of the two formats that count, where they are set."""
    at = 0
    for _ in range(_MOST_VALUES):
        if at + 3 > len(formats):
            return
        name = struct.unpack_from("<H", formats, at)[0]
        size = _SIZES[name >> 13] or 1 + formats[at + 2]
        if name in (_DELETED, _HIDDEN) and formats[at + 2] == 1:
            yield name
        at += 2 + size
