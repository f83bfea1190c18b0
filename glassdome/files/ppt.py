"""Words of a PowerPoint 97 presentation (MS-PPT): its text atoms, slide by slide, and its links."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from glassdome.files.source import Budget
from glassdome.files.words import DocumentWords
from glassdome.files.xml import TooMuch

__all__ = ["PptText", "read_ppt"]

_CONTAINER: Final = 0xF
_SLIDE, _NOTES, _LIST, _PERSIST, _MASTER, _LINK = 0x03EE, 0x03F0, 0x0FF0, 0x03F3, 0x03F8, 0x0FD7
_UTF16_TEXT, _BYTE_TEXT, _STRING, _ENCRYPTION = 0x0FA0, 0x0FA8, 0x0FBA, 0x2F14
_COMMENT: Final = 0x2EE0
_SHOW, _HIDDEN_IN_SHOW = 0x03F9, 4
_DEEPEST: Final = 40
_MOST_RECORDS: Final = 100_000
_MOST_SLIDES: Final = 500


class PptText:
    """The words of each slide."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.slides: dict[str, DocumentWords] = {}
        self.encrypted = False
        self.pages = 0
        self._said: set[tuple[str, str]] = set()

    def add(self, where: str, text: str) -> None:
        """Add words to a slide, once: a presentation may hold them in two lists."""
        text = text.replace("\r", "\n").replace("\x0b", "\n").strip("\0")
        if text.strip() and text.strip() != "*" and (where, text) not in self._said:
            self._said.add((where, text))
            self.slides.setdefault(where, DocumentWords(self.budget, where)).add(text + "\n")

    def hide(self, where: str) -> None:
        """Note that a slide is left out of the show."""
        self.slides.setdefault(where, DocumentWords(self.budget, where)).seen = False


class _Record(NamedTuple):
    depth: int
    version: int
    instance: int
    kind: int
    data: bytes


def read_ppt(data: bytes, budget: Budget) -> PptText:
    """Read the stream of a presentation."""
    found = PptText(budget)
    with suppress(TooMuch):
        _walk(found, data)
    return found


def _records(data: bytes) -> Iterator[_Record]:
    """Yield every record in the order of the stream; containers before their content."""
    ends = [len(data)]
    at = 0
    for _ in range(_MOST_RECORDS):
        while len(ends) > 1 and at >= ends[-1]:
            ends.pop()
        if at + 8 > ends[-1]:
            return
        head, kind, size = struct.unpack_from("<HHI", data, at)
        end = min(at + 8 + size, ends[-1])
        is_container = head & 0xF == _CONTAINER
        yield _Record(len(ends), head & 0xF, head >> 4, kind, b"" if is_container else data[at + 8 : end])
        at = at + 8 if is_container else end
        if is_container and len(ends) < _DEEPEST:
            ends.append(end)


def _walk(found: PptText, data: bytes) -> None:
    place, listed, in_link, depth = "", 0, False, 0
    link: list[str] = []
    for record in _records(data):
        if record.depth <= depth and record.kind not in (_UTF16_TEXT, _BYTE_TEXT, _STRING):
            in_link = in_link and record.depth > depth
        if record.kind == _ENCRYPTION:
            found.encrypted = True
        elif record.kind in (_SLIDE, _NOTES, _MASTER, _LIST, _LINK) and record.version == _CONTAINER:
            place, in_link, depth = _place(found, record), record.kind == _LINK, record.depth
            listed = 0 if record.kind == _LIST else listed
            link = []
        elif record.kind == _SHOW and place.startswith("slide ") and record.data[10:11]:
            if record.data[10] & _HIDDEN_IN_SHOW:
                found.hide(place)
        elif record.kind == _PERSIST and record.depth > depth:
            listed += 1
            place = f"slide {listed}"
        elif record.kind in (_UTF16_TEXT, _BYTE_TEXT) and place:
            found.add(place, record.data.decode("utf-16-le" if record.kind == _UTF16_TEXT else "latin-1", "replace"))
        elif record.kind == _STRING and in_link:
            link.append(record.data.decode("utf-16-le", "replace"))
            _add_link(found, link, record.instance)


def _place(found: PptText, record: _Record) -> str:
    """Return the place of what follows; words of a master are placeholders."""
    if record.kind == _SLIDE and found.pages < _MOST_SLIDES:
        found.pages += 1
        return f"slide {found.pages}"
    if record.kind == _NOTES:
        return "notes"
    return ""


def _add_link(found: PptText, link: list[str], instance: int) -> None:
    if instance == 1:
        words = found.slides.setdefault("", DocumentWords(found.budget))
        words.link(link[-1], link[0] if len(link) > 1 else "")
