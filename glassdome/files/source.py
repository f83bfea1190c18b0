"""The input of a reader: one file, and the bounds it shares with the files inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from glassdome.core.limits import (
    MAX_FILE_CODES,
    MAX_FILE_DEPTH,
    MAX_FILE_MEMBERS,
    MAX_FILE_TEXT_CHARS,
    MAX_FILE_UNPACKED_BYTES,
    MAX_OCR_PICTURES,
)
from glassdome.values.document import Document

__all__ = ["Budget", "Reader", "Source"]


@dataclass(slots=True, kw_only=True)
class Budget:
    """Bounds on one attachment and everything inside it; readers take from it, and stop where nothing is left."""

    bytes_left: int = MAX_FILE_UNPACKED_BYTES
    chars_left: int = MAX_FILE_TEXT_CHARS
    members_left: int = MAX_FILE_MEMBERS
    codes_left: int = MAX_FILE_CODES
    pictures_left: int = MAX_OCR_PICTURES

    def take_text(self, text: str) -> str:
        """Return as much of `text` as there is room for."""
        taken = text[: max(0, self.chars_left)]
        self.chars_left -= len(taken)
        return taken

    def take_bytes(self, count: int) -> bool:
        """Return whether `count` more bytes may be unpacked, and count them."""
        self.bytes_left -= count
        return self.bytes_left >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file to read. `ocr`: words in pictures are wanted. `depth` is 0 for the attachment itself and grows with each container around."""

    data: bytes
    name: str = ""
    kind: str = ""
    passwords: tuple[str, ...] = ()
    ocr: bool = False
    depth: int = 0
    budget: Budget = field(default_factory=Budget)

    def inner(self, data: bytes, name: str, kind: str = "") -> Source:
        """Return the source of a file inside this one."""
        return replace(self, data=data, name=name, kind=kind, depth=self.depth + 1)

    @property
    def may_go_deeper(self) -> bool:
        """True where files inside are read as well."""
        return self.depth < MAX_FILE_DEPTH and self.budget.members_left > 0


#: Reads one kind of file; may raise anything for a damaged one, which `read_file` turns into `damaged`.
Reader = Callable[[Source], Document]
