"""RTF files: words, links, objects that are embedded in them, and templates loaded from elsewhere."""

from __future__ import annotations

import re
import struct
from typing import Final

from glassdome.files.read import read_inner
from glassdome.files.rtf_words import RtfText, read_rtf
from glassdome.files.source import Source
from glassdome.values.document import Document, FileLink, InnerFile

__all__ = ["read"]

_TEMPLATE: Final = re.compile(rb"\\\*?\\?template\s{0,9}((?:https?|ftp|file)[^{}\r\n\s]{3,2000})", re.IGNORECASE)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_PICTURES: Final = 12
#: Pictures begin with one of these; metafiles are drawings.
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff")


def read(source: Source) -> Document:
    """Read an RTF file."""
    text = read_rtf(source.data, source.budget)
    templates = [FileLink(url=url.decode("latin-1")) for url in _TEMPLATE.findall(source.data)[:10]]
    files = [*_objects(text, source), *_pictures(text, source)]
    return Document(
        kind="application/rtf",
        problem="bounds" if text.cut else "",
        passages=tuple(text.words.passages()),
        links=(*text.words.links, *templates),
        files=tuple(files),
        members=tuple(item.name for item in files),
        is_active=text.runs or bool(templates) or any(_runs(item) for item in files),
    )


def _runs(item: InnerFile) -> bool:
    return item.document.is_active or item.name == "Equation.3"


def _objects(text: RtfText, source: Source) -> list[InnerFile]:
    found: list[InnerFile] = []
    for data in text.objects:
        name, content = _object(data)
        inner = read_inner(source, content, name) if content else None
        found += [inner] if inner else []
    return found


def _pictures(text: RtfText, source: Source) -> list[InnerFile]:
    found: list[InnerFile] = []
    for number, data in enumerate(text.pictures[:_MOST_PICTURES], 1):
        ending = "png" if data.startswith(_PICTURES[0]) else "jpg"
        inner = read_inner(source, data, f"image {number}.{ending}") if data.startswith(_PICTURES) else None
        found += [inner] if inner else []
    return found


def _object(data: bytes) -> tuple[str, bytes]:
    """Read an object of OLE 1 (MS-OLEDS 2.2.5): its class and its bytes; a packed file has its own name."""
    try:
        size = struct.unpack_from("<I", data, 8)[0]
        name = data[12 : 12 + size].rstrip(b"\0").decode("latin-1")
        at = 12 + size
        for _ in range(2):
            at += 4 + struct.unpack_from("<I", data, at)[0]
        content = data[at + 4 : at + 4 + struct.unpack_from("<I", data, at)[0]]
    except struct.error:
        content, name = data[max(0, data.find(_OLE)) :], "object"
    return _packed(content) if name.lower() == "package" and not content.startswith(_OLE) else (name, content)


def _packed(content: bytes) -> tuple[str, bytes]:
    """Read the packager's own header: two names, then the file."""
    try:
        at = content.index(b"\0", 2)
        name = content[2:at].decode("cp1252", "replace").replace("\\", "/").rpartition("/")[2]
        at = content.index(b"\0", at + 1) + 1
        at += 4
        at += 4 + struct.unpack_from("<I", content, at)[0]
        size = struct.unpack_from("<I", content, at)[0]
    except (struct.error, ValueError):
        return "object", content
    return name or "object", content[at + 4 : at + 4 + size]
