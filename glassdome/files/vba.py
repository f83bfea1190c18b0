"""VBA projects (MS-OVBA): the source of their modules, the procedures that run by themselves, and what they call."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from glassdome.core.limits import MAX_LINKS
from glassdome.files.compound import Compound
from glassdome.parse.url import find_urls
from glassdome.values.document import FileLink, Passage

__all__ = ["Macros", "decompress", "has_project", "read_macros"]

#: The first bytes of a module's compressed source, behind its signature and the header of its first chunk.
_BEGIN: Final = b"\0Attribut"
_CHUNK: Final = 4096
_MOST_SOURCE: Final = 1_000_000
_MOST_MODULES: Final = 100
_AUTO: Final = re.compile(
    r"\b(?:Sub|Function)\s{1,9}(Auto_?(?:Open|Close|Exec|Exit|New)|Document_?(?:Open|Close|New|BeforeClose)"
    r"|Workbook_(?:Open|Activate|BeforeClose|Close)|Presentation_?Open|SlideShow\w{1,30}|\w{1,40}_(?:Layout|Painted|Resize|GotFocus|MouseMove))\b",
    re.IGNORECASE,
)  # fmt: skip
_CALLS: Final = re.compile(
    r"\b(Shell|CreateObject|GetObject|URLDownloadToFileA?|XMLHTTP|WScript\.Shell|powershell|cmd(?:\.exe)?|mshta|rundll32"
    r"|regsvr32|ADODB\.Stream|ShellExecuteA?|CallByName|Environ|FileCopy|VirtualAlloc|WinHttp\w{0,20})\b",
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"^[ \t]{0,99}(?:(?:Public|Private|Friend|Static) ){0,2}(?:Sub|Function|Property) ", re.MULTILINE | re.IGNORECASE
)


class Macros(NamedTuple):
    """The macros of one project: whether there is code, and the words worth a place in the document."""

    has_code: bool = False
    passages: tuple[Passage, ...] = ()
    links: tuple[FileLink, ...] = ()


def has_project(file: Compound) -> bool:
    """Return whether the file holds a VBA project."""
    return any(
        name.lower().endswith(("vba/dir", "vba/_vba_project", "_vba_project_cur/vba/dir")) for name in file.names
    )


def read_macros(file: Compound) -> Macros:
    """Read the modules of all projects in a file; one without readable source counts as code."""
    if not has_project(file):
        return Macros()
    modules = [name for name in file.names if "vba/" in name.lower()][:_MOST_MODULES]
    sources = [source for name in modules if (source := _source(file.read(name)))]
    code = "\n".join(sources)[:_MOST_SOURCE]
    names = dict.fromkeys(found[1] for found in _AUTO.finditer(code))
    calls = dict.fromkeys(found[1] for found in _CALLS.finditer(code))
    words = "\n".join([*names, *calls])
    urls = dict.fromkeys(find_urls(code, naked=False))
    return Macros(
        has_code=not sources or bool(_CODE.search(code)),
        passages=(Passage(text=words, where="macro", seen=False),) if words else (),
        links=tuple(FileLink(url=url, where="macro") for url in list(urls)[:MAX_LINKS]),
    )


def _source(data: bytes) -> str:
    at = data.find(_BEGIN)
    return decompress(data[at - 3 :]).decode("cp1252", "replace") if at >= 3 else ""


def decompress(data: bytes) -> bytes:
    """Unpack a compressed container (MS-OVBA 2.4.1), as far as it is whole."""
    out = bytearray()
    at = 1
    while data[:1] == b"\x01" and at + 2 <= len(data) and len(out) < _MOST_SOURCE:
        header = int.from_bytes(data[at : at + 2], "little")
        chunk = data[at + 2 : at + 3 + (header & 0xFFF)]
        at += 3 + (header & 0xFFF)
        if header & 0x8000:
            _unpack(chunk, out)
        else:
            out += chunk[:_CHUNK]
    return bytes(out)


def _unpack(chunk: bytes, out: bytearray) -> None:
    begin, at = len(out), 0
    while at < len(chunk):
        flags, at = chunk[at], at + 1
        for bit in range(8):
            if at >= len(chunk):
                return
            if not flags >> bit & 1:
                out.append(chunk[at])
                at += 1
                continue
            if not _copy(int.from_bytes(chunk[at : at + 2], "little"), out, begin):
                return
            at += 2


def _copy(token: int, out: bytearray, begin: int) -> bool:
    """Repeat earlier bytes; the further the chunk, the more bits the distance has."""
    done = len(out) - begin
    bits = max((done - 1).bit_length(), 4) if done > 0 else 4
    length, distance = (token & (0xFFFF >> bits)) + 3, (token >> (16 - bits)) + 1
    if distance > done or done > _CHUNK:
        return False
    for _ in range(length):
        out.append(out[-distance])
    return True
