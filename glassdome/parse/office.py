"""Office files: which kind, macros, encryption, and the words and links of OOXML and OpenDocument."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from typing import NamedTuple

from glassdome.core.limits import MAX_ATTACHMENT_TEXT_CHARS, MAX_INFLATED_BYTES, MAX_SEARCHED_BYTES
from glassdome.parse.archive import open_zip, read_member
from glassdome.parse.state import ParseState

__all__ = ["OfficeFile", "read_ole", "read_package", "without_tags"]

_OOXML = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xl/workbook.bin": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "AndroidManifest.xml": "application/vnd.android.package-archive",
    "META-INF/MANIFEST.MF": "application/java-archive",
}
_TEXT_MEMBERS = re.compile(
    r"word/(?:document|header\d*|footer\d*)\.xml|xl/sharedStrings\.xml|ppt/slides/slide\d+\.xml|content\.xml"
)
_LINK_MEMBERS = re.compile(r"(?:word|xl|ppt)/(?:\w+/)?_rels/[\w.]+\.rels")
_TARGET = re.compile(r"<Relationship\b([^<>]{1,5000})>")
_EXTERNAL = re.compile(r'Target="([^"]{1,4096})"')
_RUN = re.compile(r"</(?:\w+:)?(?:p|si|h)>|<(?:\w+:)?(?:tab|br|line-break)\b[^<>]{0,200}>|<[^<>]{0,5000}>")
#: UTF-16 names in the directory of an OLE file (MS-CFB 2.6.1).
_MACRO_MARKS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "VBA\0", "Macros\0"))
_ENCRYPTED_MARK = "EncryptedPackage".encode("utf-16-le")
_OLE_KINDS = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("__nameid_version1.0", "application/vnd.ms-outlook"),
    ("\u4840\u3f3f", "application/x-msi"),
)
#: Members read of one file, each for words or for links.
_MAX_MEMBERS = 20


class OfficeFile(NamedTuple):
    """The type and content of an Office file; `kind` is empty for any other file."""

    kind: str = ""
    has_macros: bool = False
    encrypted: bool = False
    text: str = ""
    urls: tuple[str, ...] = ()


def read_package(data: bytes, members: tuple[str, ...], state: ParseState) -> OfficeFile:
    """Read a zip that may be an Office file."""
    kind = next((kind for name, kind in _OOXML.items() if name in members), "")
    macros = any(name.endswith(("vbaProject.bin", "/xlm.bin")) or "/macrosheets/" in name for name in members)
    archive = open_zip(data, state)
    if archive is None:
        return OfficeFile(kind=kind, has_macros=macros)
    if not kind and members[:1] == ("mimetype",):
        kind = read_member(archive, "mimetype", 100, state).decode("ascii", "replace").strip()
        macros = any(name.startswith("Basic/") for name in members)
    if not kind:
        return OfficeFile(has_macros=macros)
    return OfficeFile(
        kind=kind, has_macros=macros, text=_text(archive, members, state), urls=_urls(archive, members, state)
    )


def without_tags(xml: str) -> str:
    """Return the words of a document's XML, its paragraphs in lines of their own; entities stay."""
    return _RUN.sub(lambda tag: "\n" if tag[0][1] == "/" and tag[0][-2] in "pih" else "", xml)


def read_ole(data: bytes) -> OfficeFile:
    """Read what the directory names of an OLE file say (MS-CFB): kind, VBA project, encrypted package."""
    head = data[:MAX_SEARCHED_BYTES]
    kind = next((kind for name, kind in _OLE_KINDS if name.encode("utf-16-le") in head), "")
    encrypted = _ENCRYPTED_MARK in head
    return OfficeFile(
        kind=kind or ("application/encrypted" if encrypted else ""),
        has_macros=any(mark in head for mark in _MACRO_MARKS),
        encrypted=encrypted,
    )


def _text(archive: zipfile.ZipFile, members: tuple[str, ...], state: ParseState) -> str:
    pieces: list[str] = []
    for name in [name for name in members if _TEXT_MEMBERS.fullmatch(name)][:_MAX_MEMBERS]:
        xml = read_member(archive, name, MAX_INFLATED_BYTES // 4, state).decode("utf-8", "replace")
        pieces.append(unescape(without_tags(xml)))
        if sum(map(len, pieces)) > MAX_ATTACHMENT_TEXT_CHARS:
            break
    return "\n".join(pieces)


def _urls(archive: zipfile.ZipFile, members: tuple[str, ...], state: ParseState) -> tuple[str, ...]:
    found: list[str] = []
    for name in [name for name in members if _LINK_MEMBERS.fullmatch(name)][:_MAX_MEMBERS]:
        xml = read_member(archive, name, MAX_INFLATED_BYTES // 16, state).decode("utf-8", "replace")
        for relationship in _TARGET.findall(xml):
            target = _EXTERNAL.search(relationship)
            if target and 'TargetMode="External"' in relationship:
                found.append(unescape(target[1]))
    return tuple(found)
