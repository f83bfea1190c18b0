"""The course of one archive: names, files read so far, and how far it could be unpacked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from glassdome.core.limits import MAX_ARCHIVE_MEMBERS, MAX_FILENAME_CHARS
from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.parse.plain import one_line
from glassdome.values.document import Document, InnerFile
from glassdome.values.reading import Read

__all__ = ["Member", "Unpacking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive; `content` is None where it could not be had."""

    name: str
    content: bytes | None = None


@dataclass(slots=True, kw_only=True)
class Unpacking:
    """Gathers the members of one archive within the bounds of its source."""

    source: Source
    names: list[str] = field(default_factory=list)
    files: list[InnerFile] = field(default_factory=list)
    encrypted: bool = False
    damaged: bool = False
    unsupported: bool = False
    bounded: bool = False

    @property
    def room(self) -> int:
        """Bytes that may still be unpacked; none where no more files are read."""
        return max(0, self.source.budget.bytes_left) if self.source.may_go_deeper else 0

    def take(self, members: Iterator[Member]) -> None:
        """Read members one after the other, and name all of them."""
        for member in members:
            if len(self.names) >= MAX_ARCHIVE_MEMBERS:
                self.bounded = True
                return
            name = one_line(member.name)[:MAX_FILENAME_CHARS]
            self.name(name)
            if member.content:
                self._read(name, member.content)

    def name(self, name: str) -> None:
        """Add one name, once."""
        if name and name not in self.names and len(self.names) < MAX_ARCHIVE_MEMBERS:
            self.names.append(name)

    def _read(self, name: str, content: bytes) -> None:
        inner = read_inner(self.source, content, name)
        if inner is None:
            self.bounded = True
            return
        self.files.append(inner)
        for below in inner.document.members:
            self.name(f"{name}/{below}"[:MAX_FILENAME_CHARS])

    def unpack(self, pieces: Iterator[bytes]) -> bytes | None:
        """Join the pieces of one member; None, with its bytes counted, where they go past the bounds."""
        room, out = self.room, bytearray()
        for piece in pieces:
            out += piece
            if len(out) > room:
                self.bounded = True
                self.source.budget.take_bytes(room)
                return None
        return bytes(out)

    def document(self, kind: str) -> Document:
        """Return the archive as a document."""
        read, problem = self._state()
        return Document(
            kind=kind,
            read=read,
            problem=problem,
            members=tuple(self.names),
            files=tuple(self.files),
            encrypted=self.encrypted,
        )

    def _state(self) -> tuple[Read, str]:
        if self.encrypted:
            return "encrypted", ""
        if self.bounded:
            return "too_large", "bounds"
        if self.damaged:
            return "damaged", "damaged"
        return ("unsupported", "") if self.unsupported else ("yes", "")
