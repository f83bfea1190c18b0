"""The zip packages of office files: members within the budget, and the relations between them (ECMA-376 part 2)."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from glassdome.files.source import Budget
from glassdome.files.xml import MOST_ELEMENTS, Sink, read_xml
from glassdome.parse.archive import open_zip
from glassdome.parse.state import ParseState

__all__ = ["Package", "Relation"]

_PIECE: Final = 65_536
#: Bytes of one member.
_MOST: Final = 16 * 1024 * 1024
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ERRORS: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)
_MOST_RELATIONS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A relation of one part to another, or to an address outside; `kind` is the last word of its type."""

    name: str
    kind: str
    target: str
    external: bool = False


class Package:
    """The members of one zip, read when asked for."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        archive = open_zip(data, ParseState())
        if archive is None:
            raise ValueError("no zip directory")
        self._archive, self._budget = archive, budget
        self.names = tuple(archive.namelist())
        self._known = {_normal(name): name for name in reversed(self.names)}
        self.cut = self.damaged = False
        self.elements_left = MOST_ELEMENTS

    def has(self, name: str) -> bool:
        """Return whether there is such a member; upper and lower case are one, as in office programs."""
        return _normal(name) in self._known

    def read(self, name: str, most: int = _MOST) -> bytes:
        """Unpack one member as far as the bounds allow and it is whole; empty where there is none."""
        known = self._known.get(_normal(name))
        if known is None:
            return b""
        info = self._archive.getinfo(known)
        if info.compress_type not in _METHODS or info.flag_bits & 1:
            self.damaged = True
            return b""
        most = max(0, min(most, self._budget.bytes_left))
        data = self._unpack(info, most + 1)
        self.cut = self.cut or len(data) > most
        self._budget.take_bytes(min(len(data), most))
        return data[:most]

    def _unpack(self, info: zipfile.ZipInfo, most: int) -> bytes:
        out = bytearray()
        try:
            with self._archive.open(info) as member:
                while len(out) < most and (piece := member.read(min(_PIECE, most - len(out)))):
                    out += piece
        except _ERRORS:
            self.damaged = True
        return bytes(out)

    def take_xml(self, data: bytes, sink: Sink) -> bool:
        """Give an XML file to `sink`, as far as all files of the package together may go; return whether it is whole."""
        sink.elements = 0
        whole = read_xml(data, sink, self.elements_left)
        self.elements_left -= sink.elements
        self.cut = self.cut or sink.cut
        return whole

    def relations(self, part: str = "") -> tuple[Relation, ...]:
        """Return the relations of a part, or of the package itself."""
        folder, base = posixpath.split(part)
        data = self.read(posixpath.join(folder, "_rels", f"{base}.rels"))
        if not data:
            return ()
        sink = _Relations(folder)
        self.take_xml(data, sink)
        return tuple(sink.found)


class _Relations(Sink):
    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.found: list[Relation] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag != "Relationship" or len(self.found) >= _MOST_RELATIONS:
            return
        target, external = attributes.get("Target", ""), attributes.get("TargetMode", "").lower() == "external"
        if not external:
            target = posixpath.normpath(posixpath.join("/" + self.folder, unquote(target)))[1:]
        kind = attributes.get("Type", "").rpartition("/")[2]
        self.found.append(Relation(name=attributes.get("Id", ""), kind=kind, target=target, external=external))


def _normal(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
