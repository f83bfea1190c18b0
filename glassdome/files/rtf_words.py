"""Reads Rich Text Format (RTF 1.9.1) into words, links, embedded objects and pictures."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from glassdome.files.fields import read_field
from glassdome.files.source import Budget
from glassdome.files.words import DocumentWords
from glassdome.files.xml import TooMuch

__all__ = ["RtfText", "read_rtf"]

_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)",
    re.DOTALL,
)
#: Groups whose text is not the document's.
_SILENT: Final = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "listtable", "listoverridetable", "themedata", "datastore", "xmlnstbl",
    "rsidtbl", "mmathpr", "latentstyles", "filetbl", "revtbl", "generator", "colorschememapping", "datafield", "listtext",
    "pntext", "nonshppict", "deleted", "upr", "sp", "blipuid", "bkmkstart", "bkmkend", "atnid", "atnauthor", "atnref",
    "pgdsctbl", "userprops", "background", "panose", "fname", "falt", "shppict", "picprop", "xe", "tc", "mhtmltag",
})  # fmt: skip
#: Groups marked as skippable that hold words all the same.
_SPOKEN: Final = frozenset({"ud", "shptxt", "annotation", "footnote", "shpinst", "htmltag", "txfieldtext", "fldrslt"})
_MEANS: Final = {
    "par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": "\t", "cell": "\t", "nestcell": "\t",
    "nestrow": "\n", "emdash": "\u2014", "endash": "\u2013", "lquote": "\u2018", "rquote": "\u2019",
    "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022", "emspace": " ", "enspace": " ",
}  # fmt: skip
_SYMBOLS: Final = {b"~": "\u00a0", b"_": "-", b"-": "", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}
#: Character sets of fonts (`\\fcharset`) and their code pages.
_CHARSETS: Final = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_DEEPEST: Final = 2_000
_MOST_BLOBS: Final = 30
#: Words of control, runs of text and braces that are read.
_MOST_TOKENS: Final = 1_000_000
_MOST_FONTS: Final = 2_000
_NOT_HEX: Final = re.compile(rb"[^0-9a-fA-F]+")
#: Object classes and words that run code when the file is opened.
_RUNS: Final = frozenset({"objautlink", "objupdate", "objocx", "objattph"})


@dataclass(slots=True)
class _Group:
    """The state of one group, which ends with it."""

    role: str = ""
    silent: bool = False
    hidden: bool = False
    fallback: int = 1
    codec: str = "cp1252"
    url: bool = False


@dataclass(slots=True)
class RtfText:
    """The content of one RTF text; `objects` and `pictures` are their bytes."""

    words: DocumentWords
    objects: list[bytes] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    runs: bool = False
    whole: bool = True
    cut: bool = False


def read_rtf(data: bytes, budget: Budget) -> RtfText:
    """Read an RTF text as far as there is room."""
    reader = _Reader(budget)
    try:
        for found in islice(_TOKEN.finditer(data), _MOST_TOKENS):
            reader.take(found)
        reader.found.cut = found.end() < len(data)
    except TooMuch:
        reader.found.cut = True
    with suppress(TooMuch):
        reader.end()
    return reader.found


class _Reader:
    def __init__(self, budget: Budget) -> None:
        self.found = RtfText(DocumentWords(budget))
        self.groups = [_Group()]
        self.default, self.font, self.starred = "cp1252", 0, False
        self.fonts: dict[int, str] = {}
        self.skip = 0
        self.bytes = bytearray()
        self.blob: list[bytes] = []
        self.code: list[str] = []
        self.links = 0

    def take(self, found: re.Match[bytes]) -> None:
        """Take one token."""
        word, number, code, symbol, brace, text = found.groups()
        if code is None and not text:
            self.flush()
        if text is not None:
            self._text(text)
        elif code is not None:
            self._byte(int(code, 16))
        elif word is not None:
            self._word(word.decode("ascii").lower(), int(number) if number else None)
        elif brace is not None:
            self._open() if brace == b"{" else self._close()
        elif symbol is not None:
            self._symbol(symbol)

    def end(self) -> None:
        """End every open group."""
        self.flush()
        self.found.whole = len(self.groups) <= 1
        while len(self.groups) > 1:
            self._close()

    def flush(self) -> None:
        """Decode the bytes that were collected; two of them may be one letter."""
        if self.bytes:
            text = bytes(self.bytes).decode(self.groups[-1].codec, "replace")
            self.bytes.clear()
            self._say(text)

    def _say(self, text: str) -> None:
        group = self.groups[-1]
        if group.role == "fldinst":
            self.code.append(text[:4096])
        elif not group.silent and group.role not in ("objdata", "pict"):
            self.found.words.add(text, seen=not group.hidden)

    def _text(self, text: bytes) -> None:
        if self.groups[-1].role in ("objdata", "pict"):
            self.blob.append(text)
            return
        taken = min(self.skip, len(text))
        self.skip -= taken
        self.bytes += text[taken:]

    def _byte(self, byte: int) -> None:
        if self.skip > 0:
            self.skip -= 1
        else:
            self.bytes.append(byte)

    def _symbol(self, symbol: bytes) -> None:
        self.starred = symbol == b"*"
        if symbol in _SYMBOLS:
            self._say(_SYMBOLS[symbol])

    def _open(self) -> None:
        if len(self.groups) >= _DEEPEST:
            raise TooMuch
        role = self.groups[-1].role
        inner = role if role in ("fldinst", "objdata", "fonttbl", "pict") else ""
        self.groups.append(replace(self.groups[-1], role=inner, url=False))
        self.starred, self.skip = False, 0

    def _close(self) -> None:
        if len(self.groups) == 1:
            return
        group = self.groups.pop()
        outer = self.groups[-1].role
        if group.role == "fldinst" and outer != "fldinst":
            self._end_code()
        elif group.role in ("objdata", "pict") and outer != group.role:
            self._end_blob(group.role)
        elif group.role == "field" and self.links:
            self.links -= 1
            self.found.words.close_link()
        self.skip = 0

    def _end_code(self) -> None:
        made = read_field("".join(self.code))
        self.code.clear()
        self.found.runs = self.found.runs or made.runs
        if made.url:
            self.links += 1
            self.found.words.open_link(made.url)

    def _end_blob(self, role: str) -> None:
        digits = _NOT_HEX.sub(b"", b"".join(self.blob))
        self.blob.clear()
        kept = self.found.objects if role == "objdata" else self.found.pictures
        if digits and len(kept) < _MOST_BLOBS:
            kept.append(bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii")))

    def _word(self, word: str, number: int | None) -> None:
        group, starred = self.groups[-1], self.starred
        self.starred = False
        if word in _MEANS:
            self._say(_MEANS[word])
        elif word == "u" and number is not None:
            self._say(chr(number % 0x10000))
            self.skip = group.fallback
        elif (act := _ACTS.get(word)) is not None:
            act(self, group, number)
        elif word in _RUNS:
            self.found.runs = True
        elif word in _SILENT or (starred and word not in _SPOKEN):
            group.silent, group.role = True, word if word == "fonttbl" else group.role
        elif word in _SPOKEN:
            group.silent = word == "htmltag"
            self._say("\n" if word in ("annotation", "footnote") else "")

    def _hide(self, group: _Group, number: int | None) -> None:
        group.hidden = number != 0

    def _fallback(self, group: _Group, number: int | None) -> None:
        group.fallback = max(0, min(number or 0, 100))

    def _plain(self, group: _Group, number: int | None) -> None:
        group.hidden, group.codec = False, self.default

    def _codepage(self, group: _Group, number: int | None) -> None:
        self.default = group.codec = _codec(number)

    def _font(self, group: _Group, number: int | None) -> None:
        self.font = number or 0
        if group.role != "fonttbl":
            group.codec = self.fonts.get(self.font, self.default)

    def _charset(self, group: _Group, number: int | None) -> None:
        if len(self.fonts) < _MOST_FONTS and number in _CHARSETS and number:
            self.fonts[self.font] = _CHARSETS[number]

    def _blob(self, group: _Group, number: int | None) -> None:
        group.role = "objdata"

    def _picture(self, group: _Group, number: int | None) -> None:
        group.role = "pict"

    def _instruction(self, group: _Group, number: int | None) -> None:
        group.role, group.silent = "fldinst", False

    def _field(self, group: _Group, number: int | None) -> None:
        group.role = "field"

    def _no_html(self, group: _Group, number: int | None) -> None:
        group.silent = number != 0

    def _loud(self, group: _Group, number: int | None) -> None:
        group.silent = False


def _codec(number: int | None) -> str:
    if number == 65001:
        return "utf-8"
    name = f"cp{number or 1252}"
    try:
        b"".decode(name)
    except LookupError:
        return "cp1252"
    return name


_ACTS: Final = {
    "v": _Reader._hide, "webhidden": _Reader._hide, "uc": _Reader._fallback, "plain": _Reader._plain,
    "ansicpg": _Reader._codepage, "f": _Reader._font, "fcharset": _Reader._charset, "objdata": _Reader._blob,
    "pict": _Reader._picture, "fldinst": _Reader._instruction, "field": _Reader._field, "htmlrtf": _Reader._no_html,
    "ud": _Reader._loud,
}  # fmt: skip
