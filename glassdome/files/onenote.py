"""Sections of OneNote (MS-ONESTORE): the files embedded in them, and the words around."""

from __future__ import annotations

import re
import struct
from itertools import islice
from typing import Final

from glassdome.core.limits import MAX_LINKS
from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.files.words import tidied
from glassdome.parse.magic import true_type
from glassdome.parse.plain import one_line
from glassdome.parse.url import find_urls
from glassdome.values.document import Document, FileLink, InnerFile, Passage
from glassdome.values.fact import Fact

__all__ = ["read"]

#: FileDataStoreObject (MS-ONESTORE 2.6.13): a GUID, the size of the file, twelve bytes, the file.
_STORED: Final = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
_HEAD: Final = 36
_MOST_FILES: Final = 60
#: Words in two bytes a letter, as the store holds those of a page.
_RUN: Final = re.compile(rb"(?:[\x09\x0a\x0d\x20-\xff]\x00){4,}")
#: A size of text in front of it, for letters beyond Latin; sizes are even and small.
_SIZE: Final = re.compile(rb"(?=[\x08-\xfe][\x00-\x3f]\x00\x00)", re.DOTALL)
#: Bytes of such texts that are tried.
_TRIED: Final = 8_000_000
_MOST_SIZES: Final = 200_000
_NAME: Final = re.compile(r"[^\\/:*?\"<>|\x00-\x1f]{1,120}\.[A-Za-z0-9]{2,5}")
#: Names of the store's own, and of fonts.
_OWN: Final = ("calibri", "segoe", "arial", "times new roman", "consolas", "cambria", "<ink", "pageTitle")
_ENDINGS: Final = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "application/pdf": "pdf", "application/zip": "zip",
    "text/html": "html", "application/x-ms-shortcut": "lnk", "text/plain": "txt",
    "application/vnd.microsoft.portable-executable": "exe",
}  # fmt: skip
_PICTURES: Final = "image/"
_PROGRAMS: Final = frozenset({
    "hta", "vbs", "vbe", "js", "jse", "wsf", "wsh", "cmd", "bat", "ps1", "exe", "lnk", "scr", "chm", "msi", "com",
})  # fmt: skip


def read(source: Source) -> Document:
    """Read a section: its words, and every file that a double click on a picture may start."""
    stored, rest = _stored(source.data)
    words = _words(rest)
    names = [word.strip() for word in words if _NAME.fullmatch(word.strip())]
    files = _files(source, stored, list(dict.fromkeys(names)))
    text = source.budget.take_text(tidied("\n".join(words)))
    links = [FileLink(url=url) for url in dict.fromkeys(find_urls(text, naked=False))][:MAX_LINKS]
    attached = [item for item in files if not item.document.kind.startswith(_PICTURES)]
    programs = any(name.rpartition(".")[2].lower() in _PROGRAMS for name in [item.name for item in attached] + names)
    return Document(
        kind="application/onenote",
        passages=(Passage(text=text),) if text else (),
        links=tuple(links),
        facts=tuple(Fact(type="file", value=item.name, evidence=item.name) for item in attached),
        members=tuple(item.name for item in files),
        files=tuple(files),
        is_active=programs or any(item.document.is_active for item in files),
    )


def _stored(data: bytes) -> tuple[list[bytes], bytes]:
    """Take the embedded files out; return them and the rest."""
    files: list[bytes] = []
    rest: list[bytes] = []
    begin = 0
    at = data.find(_STORED)
    while at >= 0 and len(files) < _MOST_FILES and at + _HEAD <= len(data):
        size = struct.unpack_from("<Q", data, at + 16)[0]
        rest.append(data[begin:at])
        content = data[at + _HEAD : at + _HEAD + min(size, len(data))]
        files.append(content)
        begin = at + _HEAD + len(content)
        at = data.find(_STORED, begin)
    return files, b"\0\0".join([*rest, data[begin:]])


def _words(data: bytes) -> list[str]:
    runs = [(run.start(), run[0]) for run in _RUN.finditer(data)]
    found: dict[str, None] = {}
    for _, raw in sorted(runs + _sized(data)):
        text = raw.decode("utf-16-le", "replace").strip()
        if len(text) >= 4 and (_is_text(text) or "://" in text):
            found[text] = None
    return [text for text in found if not text.lower().startswith(_OWN)]


def _sized(data: bytes) -> list[tuple[int, bytes]]:
    """Return the texts that stand behind their size and are of other letters than Latin."""
    found: list[tuple[int, bytes]] = []
    tried = 0
    for mark in islice(_SIZE.finditer(data), _MOST_SIZES):
        at = mark.start()
        size = struct.unpack_from("<I", data, at)[0]
        raw = data[at + 4 : at + 4 + size]
        if size & 1 or len(raw) < size or not any(raw[1:40:2]):
            continue
        tried += size
        if tried > _TRIED:
            break
        if _is_text(raw.decode("utf-16-le", "replace")):
            found.append((at + 4, raw))
    return found


def _is_text(text: str) -> bool:
    letters = sum(letter.isalnum() or letter.isspace() for letter in text)
    return letters * 4 >= len(text) * 3 and "\ufffd" not in text and len({ord(letter) >> 13 for letter in text}) <= 4


def _files(source: Source, stored: list[bytes], names: list[str]) -> list[InnerFile]:
    """Read the files; names go to those that are no pictures, in the order of the store."""
    found: list[InnerFile] = []
    left = [name for name in names if _is_file_name(name)]
    for number, data in enumerate(stored, 1):
        kind = true_type(data)
        picture = kind.startswith(_PICTURES)
        name = f"file {number}.{_ENDINGS.get(kind, 'bin')}" if picture or not left else left.pop(0)
        inner = read_inner(source, data, one_line(name)) if data else None
        found += [inner] if inner else []
    return found


def _is_file_name(name: str) -> bool:
    """Return whether a name ends as files do, not as a host's or a version's."""
    ending = name.rpartition(".")[2].lower()
    return ending in _PROGRAMS or ending in {
        "pdf",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "txt",
        "zip",
        "html",
        "htm",
        "png",
        "jpg",
        "ppt",
        "pptx",
    }
