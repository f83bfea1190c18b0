"""Files of the name winmail.dat (MS-OXTNEF): the message's text and the files in it."""

from __future__ import annotations

import struct
from typing import Final

from glassdome.core.limits import MAX_FILENAME_CHARS
from glassdome.files.page_words import page_of
from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.files.words import tidied
from glassdome.parse.plain import one_line
from glassdome.parse.tnef import read_tnef
from glassdome.parse.url import find_urls
from glassdome.values.document import Document, FileLink, InnerFile, Passage
from glassdome.values.fact import Fact

__all__ = ["read"]

_SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_SUBJECT: Final = 0x8004
_MOST_ATTRIBUTES: Final = 100


def read(source: Source) -> Document:
    """Read a TNEF stream."""
    found = read_tnef(source.data)
    page = page_of(found.html) if found.html else None
    text = page.text if page and page.text else tidied(found.text)
    links = page.links if page else [FileLink(url=url) for url in dict.fromkeys(find_urls(text, naked=False))]
    names = [one_line(file.name)[:MAX_FILENAME_CHARS] or f"file {number}" for number, file in enumerate(found.files, 1)]
    files: list[InnerFile] = []
    for name, file in zip(names, found.files, strict=True):
        inner = read_inner(source, file.content, name) if file.content else None
        files += [inner] if inner else []
    text = source.budget.take_text(text)
    return Document(
        kind="application/vnd.ms-tnef",
        title=_subject(source.data),
        passages=(Passage(text=text),) if text else (),
        links=tuple(links),
        facts=tuple(Fact(type="file", value=name, evidence=name) for name in names),
        members=tuple(names),
        files=tuple(files),
        is_active=bool(page and page.is_active),
        asks_password=bool(page and page.asks_password),
    )


def _subject(data: bytes) -> str:
    """Return the subject of the message: each attribute is a level, a name, a size, its bytes and a sum."""
    at = len(_SIGNATURE) + 2
    for _ in range(_MOST_ATTRIBUTES):
        if at + 9 > len(data):
            break
        _, attribute, size = struct.unpack_from("<BII", data, at)
        if attribute & 0xFFFF == _SUBJECT:
            raw = data[at + 9 : at + 9 + size].split(b"\0", 1)[0]
            return one_line(raw.decode("utf-8", "replace") if _is_utf8(raw) else raw.decode("cp1252", "replace"))
        at += 11 + size
    return ""


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
