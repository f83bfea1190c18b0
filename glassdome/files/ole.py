"""OLE compound files: Word, Excel and PowerPoint 97, encrypted office files, VBA projects, packed objects."""

from __future__ import annotations

import struct
from typing import Final

from glassdome.core.limits import MAX_LINKS
from glassdome.files import msg
from glassdome.files.biff import Workbook, read_workbook
from glassdome.files.blips import pictures_in
from glassdome.files.compound import Compound
from glassdome.files.doc import read_doc
from glassdome.files.grid import MOST_FACTS
from glassdome.files.ppt import read_ppt
from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.files.vba import Macros, read_macros
from glassdome.files.words import DocumentWords, tidied
from glassdome.parse.plain import one_line
from glassdome.values.document import Document, FileLink, InnerFile, Passage
from glassdome.values.fact import Fact

__all__ = ["read"]

_NATIVE: Final = "\x01Ole10Native"
#: Streams that hold a whole file, as other programs embed theirs.
_WHOLE: Final = ("Package", "CONTENTS", "EmbeddedOdf")
_MOST_OBJECTS: Final = 20


def read(source: Source) -> Document:
    """Read a compound file by the streams it has."""
    file = Compound(source.data, source.budget)
    if file.has("EncryptedPackage"):
        return _encrypted(file, source)
    if file.has("__properties_version1.0"):
        return msg.read_message(file, source)
    for stream, act in (
        ("WordDocument", _word),
        ("Workbook", _excel),
        ("Book", _excel),
        ("PowerPoint Document", _slides),
    ):
        if file.has(stream):
            return act(file, source, stream)
    return _other(file, source)


def _encrypted(file: Compound, source: Source) -> Document:
    """Try the passwords of the mail on an encrypted package (MS-OFFCRYPTO)."""
    from glassdome.files.agile import open_package  # loads a library that few files need

    kind = "application/encrypted" if source.kind == "application/x-ole-storage" else source.kind
    data = open_package(file.read("EncryptionInfo"), file.read("EncryptedPackage"), source.passwords)
    inner = read_inner(source, data, source.name or "document") if data else None
    if inner is None:
        return Document(kind=kind, read="encrypted", encrypted=True)
    return Document(
        kind=kind, encrypted=True, members=(inner.name,), files=(inner,), is_active=inner.document.is_active
    )


def _word(file: Compound, source: Source, stream: str) -> Document:
    text = read_doc(file, source.budget)
    if text.encrypted:
        return Document(kind="application/msword", read="encrypted", encrypted=True)
    macros, objects = read_macros(file), _objects(file, source)
    return Document(
        kind="application/msword",
        read="yes" if text.whole else "damaged",
        problem="" if text.whole else "damaged",
        passages=(*text.words.passages(), *macros.passages),
        links=(*text.words.links, *macros.links),
        files=objects,
        members=tuple(item.name for item in objects),
        is_active=_runs(macros, objects) or text.runs,
    )


def _excel(file: Compound, source: Source, stream: str) -> Document:
    kind = "application/vnd.ms-excel"
    book = read_workbook(file.read(stream))
    if book.encrypted:
        return Document(kind=kind, read="encrypted", encrypted=True)
    macros, objects = read_macros(file), _objects(file, source)
    passages, links, facts = _sheets(book, source)
    return Document(
        kind=kind,
        problem="bounds" if book.cut else "",
        pages=len(book.sheets),
        passages=(*passages, *macros.passages),
        links=(*links, *macros.links),
        facts=tuple(facts),
        files=objects,
        members=tuple(item.name for item in objects),
        is_active=_runs(macros, objects) or book.macro_sheets,
    )


def _sheets(book: Workbook, source: Source) -> tuple[list[Passage], list[FileLink], list[Fact]]:
    """Return the cells of all sheets with what stands in boxes above them."""
    passages: list[Passage] = []
    links: list[FileLink] = []
    facts: list[Fact] = []
    for sheet in book.sheets:
        where = f"sheet {sheet.grid.name}"
        passages += sheet.grid.passages(source.budget)
        words = source.budget.take_text(tidied("\n".join(sheet.boxes)))
        passages += [Passage(text=words, where=where, seen=sheet.grid.seen)] if words else []
        found = DocumentWords(source.budget, where)
        for url, shown in sheet.links:
            found.link(url, shown)
        links += found.links
        facts += sheet.grid.facts(MOST_FACTS - len(facts))
    return passages, links[:MAX_LINKS], facts


def _slides(file: Compound, source: Source, stream: str) -> Document:
    kind = "application/vnd.ms-powerpoint"
    text = read_ppt(file.read(stream), source.budget)
    if text.encrypted or file.has("EncryptedSummary"):
        return Document(kind=kind, read="encrypted", encrypted=True)
    macros, objects = read_macros(file), _objects(file, source)
    return Document(
        kind=kind,
        pages=text.pages,
        passages=(*(item for words in text.slides.values() for item in words.passages()), *macros.passages),
        links=(*(link for words in text.slides.values() for link in words.links), *macros.links),
        files=objects,
        members=tuple(item.name for item in objects),
        is_active=_runs(macros, objects),
    )


def _runs(macros: Macros, objects: tuple[InnerFile, ...]) -> bool:
    return macros.has_code or any(item.document.is_active for item in objects)


def _other(file: Compound, source: Source) -> Document:
    """Read a mere container: a VBA project, or an object of another program."""
    macros, objects = read_macros(file), tuple(_packed(file, source))
    known = bool(objects) or macros.has_code or bool(macros.passages)
    return Document(
        kind=source.kind,
        read="yes" if known else "unsupported",
        passages=macros.passages,
        links=macros.links,
        files=objects,
        members=tuple(item.name for item in objects),
        is_active=_runs(macros, objects),
    )


def _objects(file: Compound, source: Source) -> tuple[InnerFile, ...]:
    """Read the files that are embedded as objects, and the pictures."""
    return (*_packed(file, source), *pictures_in(file, source))


def _packed(file: Compound, source: Source) -> list[InnerFile]:
    """Read the files that are embedded as objects."""
    found: list[InnerFile] = []
    for path in file.names:
        name = path.rpartition("/")[2]
        if len(found) >= _MOST_OBJECTS or (name != _NATIVE and name not in _WHOLE):
            continue
        data = file.read(path)
        title, content = _native(data) if name == _NATIVE else (name, data)
        inner = read_inner(source, content, title) if content else None
        found += [inner] if inner else []
    return found


def _native(data: bytes) -> tuple[str, bytes]:
    """Return name and bytes of a packed file; all bytes where its header is damaged."""
    try:
        return _header(data)
    except (struct.error, ValueError):
        return "object", data


def _header(data: bytes) -> tuple[str, bytes]:
    """Read the header of a packed file (MS-OLEDS 2.3.6 and the packager's own)."""
    size = struct.unpack_from("<I", data)[0]
    label, at = _text(data, 6)
    path, at = _text(data, at)
    at += 4
    temporary = struct.unpack_from("<I", data, at)[0]
    at += 4 + temporary
    length = struct.unpack_from("<I", data, at)[0]
    name = (label or path).replace("\\", "/").rpartition("/")[2]
    return one_line(name) or "object", data[at + 4 : at + 4 + min(length, size)]


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\0", at, at + 2000)
    return data[at:end].decode("cp1252", "replace"), end + 1
