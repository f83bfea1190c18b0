"""Shortcuts of Windows (MS-SHLLINK): the program they start, and its arguments."""

from __future__ import annotations

import struct
from typing import Final

from glassdome.files.source import Source
from glassdome.files.words import tidied
from glassdome.parse.plain import one_line
from glassdome.parse.url import find_urls
from glassdome.values.document import Document, FileLink, Passage

__all__ = ["read"]

_HEADER: Final = 0x4C
_LIST, _INFO, _NAME, _PATH, _FOLDER, _ARGUMENTS, _ICON, _WIDE = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80
_STRINGS: Final = ((_NAME, "name"), (_PATH, "path"), (_FOLDER, "folder"), (_ARGUMENTS, "arguments"), (_ICON, "icon"))
#: Block of a target given by an environment variable: `%ComSpec%`.
_ENVIRONMENT: Final = 0xA0000001
_MOST_BLOCKS: Final = 50
_KIND: Final = "application/x-ms-shortcut"


def read(source: Source) -> Document:
    """Read a shortcut; opening it starts its target, so it is active whatever stands in it."""
    data = source.data
    flags = struct.unpack_from("<I", data, 0x14)[0]
    at = _HEADER
    if flags & _LIST:
        at += 2 + struct.unpack_from("<H", data, at)[0]
    local = ""
    if flags & _INFO:
        size = struct.unpack_from("<I", data, at)[0]
        local, at = _local_path(data[at : at + size]), at + size
    found, at, whole = _strings(data, at, flags)
    target = _environment(data, at) or local or found.get("path", "")
    words = tidied("\n".join(filter(None, [f"{target} {found.get('arguments', '')}".strip(), found.get("name", "")])))
    text = source.budget.take_text(words)
    urls = dict.fromkeys(find_urls(found.get("arguments", ""), naked=False))
    return Document(
        kind=_KIND,
        read="yes" if whole else "damaged",
        problem="" if whole else "damaged",
        title=one_line(found.get("name", "")),
        passages=(Passage(text=text),) if text else (),
        links=tuple(FileLink(url=url) for url in urls),
        is_active=True,
    )


def _local_path(info: bytes) -> str:
    """Return the path of the target on its own disk, or on a share."""
    if len(info) < 28:
        return ""
    head, flags = struct.unpack_from("<II", info, 4)
    local, network, suffix = struct.unpack_from("<I", info, 16)[0], *struct.unpack_from("<II", info, 20)
    if head >= 0x24 and flags & 1 and len(info) >= 32:
        wide = struct.unpack_from("<I", info, 28)[0]
        return _wide(info[wide:])
    if flags & 1:
        return _narrow(info[local:]) + _narrow(info[suffix:])
    if network and network + 12 < len(info):
        share = struct.unpack_from("<I", info, network + 8)[0]
        return _narrow(info[network + share :]) + "\\" + _narrow(info[suffix:])
    return ""


def _strings(data: bytes, at: int, flags: int) -> tuple[dict[str, str], int, bool]:
    found: dict[str, str] = {}
    width = 2 if flags & _WIDE else 1
    for bit, name in _STRINGS:
        if not flags & bit:
            continue
        if at + 2 > len(data):
            return found, at, False
        count = struct.unpack_from("<H", data, at)[0]
        raw = data[at + 2 : at + 2 + count * width]
        found[name] = raw.decode("utf-16-le" if width == 2 else "cp1252", "replace")
        at += 2 + count * width
    return found, at, at <= len(data)


def _environment(data: bytes, at: int) -> str:
    for _ in range(_MOST_BLOCKS):
        if at + 8 > len(data):
            break
        size, mark = struct.unpack_from("<II", data, at)
        if mark == _ENVIRONMENT:
            return _wide(data[at + 8 + 260 : at + size]) or _narrow(data[at + 8 : at + 8 + 260])
        if size < 4:
            break
        at += size
    return ""


def _narrow(data: bytes) -> str:
    return data.partition(b"\0")[0][:2000].decode("cp1252", "replace")


def _wide(data: bytes) -> str:
    return data[:4000].decode("utf-16-le", "replace").partition("\0")[0]
