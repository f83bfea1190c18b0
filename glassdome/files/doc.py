"""Words of a Word 97 document (MS-DOC): its pieces in reading order, with fields as links."""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from glassdome.files.compound import Compound
from glassdome.files.doc_formats import Unseen, unseen_ranges
from glassdome.files.fields import read_field
from glassdome.files.source import Budget
from glassdome.files.words import DocumentWords
from glassdome.files.xml import TooMuch

__all__ = ["DocText", "read_doc"]

_ENCRYPTED, _TABLE_1, _OBFUSCATED = 0x0100, 0x0200, 0x8000
_CLX_AT: Final = 0x01A2
_COMPRESSED: Final = 0x40000000
_WORD_97: Final = 0x00C1
_MOST_PIECES: Final = 20_000
#: Bytes of all pieces together, which may show the same place many times, and ranges that they are cut into.
_MOST_BYTES: Final = 8_000_000
_MOST_CUTS: Final = 50_000
_MEANS: Final = {
    "\r": "\n", "\x07": "\t", "\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": "", "\xa0": " ",
    "\x01": "", "\x02": "", "\x03": "", "\x04": "", "\x05": "", "\x08": "", "\x06": "",
}  # fmt: skip
_SPECIAL: Final = re.compile("[\x13\x14\x15]")
#: Marks of a cell's end: two of them end the row.
_ROW: Final = re.compile("\x07\x07")
_RUN: Final = re.compile(rb"(?:[\x20-\x7e\xa0-\xff\r\n\t]|[\x20-\x7e]\x00){20,}")
_MOST_FIELDS: Final = 20


class DocText:
    """The words of one document, and what its fields do."""

    def __init__(self, budget: Budget) -> None:
        self.words = DocumentWords(budget)
        self.encrypted = self.runs = False
        self.whole = True


def read_doc(file: Compound, budget: Budget) -> DocText:
    """Read the main stream and its table of pieces; readable runs where the table is damaged."""
    found = DocText(budget)
    main = file.read("WordDocument")
    version, flags = struct.unpack_from("<H", main, 2)[0], struct.unpack_from("<H", main, 0x0A)[0]
    if flags & (_ENCRYPTED | _OBFUSCATED):
        found.encrypted = True
        return found
    text = (
        _new(found, main, file.read("1Table" if flags & _TABLE_1 else "0Table")) if version >= _WORD_97 else _old(main)
    )
    if not text:
        found.whole = False
        text = _runs(main)
    with suppress(TooMuch):
        _add(found, text)
    return found


def _old(main: bytes) -> str:
    """Return the text of Word 6 and 95, which stands in one piece."""
    begin, end = struct.unpack_from("<II", main, 0x18)
    return main[begin:end].decode("cp1252", "replace")


def _new(found: DocText, main: bytes, table: bytes) -> str:
    """Return the text of Word 97 without its deleted letters; hidden ones are kept apart."""
    try:
        unseen = unseen_ranges(main, table)
    except (struct.error, IndexError):
        unseen = []
    text: list[str] = []
    hidden: list[str] = []
    room = _MOST_BYTES
    for at, width, raw in _pieces(main, table):
        room -= len(raw)
        if room < 0 or len(text) > _MOST_CUTS:
            break
        codec = "cp1252" if width == 1 else "utf-16-le"
        for begin, end, how in _cut(at, at + len(raw), unseen):
            words = raw[begin - at : end - at].decode(codec, "replace")
            (text if how is None else hidden).append("" if how else words)
    with suppress(TooMuch):
        found.words.add("".join(hidden), seen=False)
    return "".join(text)


def _cut(begin: int, end: int, unseen: list[Unseen]) -> Iterator[tuple[int, int, bool | None]]:
    """Yield the pieces of a range: seen (None), hidden (False), deleted (True)."""
    first = bisect_left(unseen, begin, key=lambda item: item.end)
    for item in unseen[first : first + _MOST_CUTS]:
        if item.begin >= end:
            break
        left, right = max(begin, item.begin), min(end, item.end)
        if left < right:
            yield begin, left, None
            yield left, right, item.deleted
            begin = right
    yield begin, end, None


def _pieces(main: bytes, table: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the pieces of the text in reading order: their place, the bytes of a letter, and their bytes."""
    at, size = struct.unpack_from("<II", main, _CLX_AT)
    clx = table[at : at + size]
    at = 0
    while at + 5 <= len(clx) and clx[at] == 1:  # formats before the pieces
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at + 5 > len(clx) or clx[at] != 2:
        return
    plc = clx[at + 5 : at + 5 + struct.unpack_from("<I", clx, at + 1)[0]]
    count = (len(plc) - 4) // 12
    for number in range(min(count, _MOST_PIECES)):
        begin, end = struct.unpack_from("<II", plc, 4 * number)
        at = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)[0]
        length = max(0, min(end - begin, len(main)))
        if at & _COMPRESSED:
            at = (at & ~_COMPRESSED) // 2
            yield at, 1, main[at : at + length]
        else:
            yield at, 2, main[at : at + 2 * length]


def _runs(main: bytes) -> str:
    """Return runs of bytes that read as text, in one or two bytes a letter."""
    found = (run[0] for run in _RUN.finditer(main[:4_000_000]))
    return "\n".join(
        run.decode("utf-16-le", "replace") if run[1:2] == b"\0" else run.decode("cp1252", "replace") for run in found
    )


def _add(found: DocText, text: str) -> None:
    """Add the text; the code of a field stands between two marks, and its words up to a third."""
    codes: list[list[str]] = []
    opened: list[bool] = []
    at = 0
    for mark in _SPECIAL.finditer(text):
        _say(found, text[at : mark.start()], codes)
        at = mark.end()
        if mark[0] == "\x13" and len(codes) < _MOST_FIELDS:
            codes.append([])
            opened.append(False)
        elif mark[0] == "\x14" and codes:
            opened[-1] = _open(found, codes[-1])
            codes[-1] = [""]
        elif mark[0] == "\x15" and codes:
            if codes[-1] != [""]:
                opened[-1] = _open(found, codes[-1])
            codes.pop()
            if opened.pop():
                found.words.close_link()
    _say(found, text[at:], codes)


def _open(found: DocText, code: list[str]) -> bool:
    field = read_field("".join(code))
    found.runs = found.runs or field.runs
    if field.url:
        found.words.open_link(field.url)
    return bool(field.url)


def _say(found: DocText, text: str, codes: list[list[str]]) -> None:
    if codes and codes[-1] != [""]:
        codes[-1].append(text[:4096])
        if "".join(codes[-1]) == "":
            codes[-1].clear()
        return
    text = _ROW.sub("\n", text)
    found.words.add(text.translate(_TABLE))


_TABLE: Final = str.maketrans(_MEANS)
