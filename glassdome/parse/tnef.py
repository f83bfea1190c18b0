"""TNEF (MS-OXTNEF), the winmail.dat of Outlook: the message's text and the files in it."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from glassdome.core.limits import MAX_ATTACHMENTS
from glassdome.parse.rtf import decompress_rtf, rtf_text

__all__ = ["Tnef", "TnefFile", "read_tnef"]

_SIGNATURE = b"\x78\x9f\x3e\x22"
_MESSAGE, _ATTACHMENT = 1, 2
_BODY, _MAPI = 0x800C, 0x9003
_TITLE, _DATA, _MAPI_OF_FILE, _BEGIN_FILE, _TRANSPORT_NAME = 0x8010, 0x800F, 0x9005, 0x9002, 0x9001
#: Bytes of the GUID before a message that is attached as an object.
_OBJECT = 16
#: MAPI properties (MS-OXPROPS): body, RTF body, HTML body, names and content of a file, subject.
_PR_BODY, _PR_RTF, _PR_HTML, _PR_NAME, _PR_LONG_NAME, _PR_CONTENT = 0x1000, 0x1009, 0x1013, 0x3704, 0x3707, 0x3701
_FIXED = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 4,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_MANY = 0x1000
_VARIABLE = (0x001E, 0x001F, 0x0102, 0x000D)
#: Properties and attributes that are read; an honest file has some hundred.
_MOST = 5_000


@dataclass(slots=True, kw_only=True)
class TnefFile:
    """One file: its name and its bytes."""

    name: str = ""
    content: bytes = b""


@dataclass(slots=True, kw_only=True)
class Tnef:
    """The content of one TNEF stream; `text` and `html` are the message's own."""

    text: str = ""
    html: bytes = b""
    files: list[TnefFile] = field(default_factory=list)


def read_tnef(data: bytes) -> Tnef:
    """Read the intact attributes; the rest of a damaged stream is left out."""
    found = Tnef()
    if not data.startswith(_SIGNATURE):
        return found
    at = len(_SIGNATURE) + 2
    for _ in range(_MOST):
        if at + 9 > len(data):
            break
        level, attribute, size = struct.unpack_from("<BII", data, at)
        value = data[at + 9 : at + 9 + size]
        _take(found, level, attribute & 0xFFFF, value)
        at += 9 + size + 2
    found.files = [file for file in found.files if file.content or file.name][:MAX_ATTACHMENTS]
    return found


def _take(found: Tnef, level: int, attribute: int, value: bytes) -> None:
    if level == _MESSAGE and attribute == _BODY:
        found.text = found.text or _ansi(value)
    elif level == _MESSAGE and attribute == _MAPI:
        _message_properties(found, _properties(value))
    elif level == _ATTACHMENT:
        if attribute == _BEGIN_FILE or not found.files:
            found.files.append(TnefFile())
        file = found.files[-1]
        if attribute in (_TITLE, _TRANSPORT_NAME):
            file.name = file.name or _ansi(value)
        elif attribute == _DATA:
            file.content = value
        elif attribute == _MAPI_OF_FILE:
            properties = _properties(value)
            file.name = properties.get(_PR_LONG_NAME, b"").decode("utf-8", "replace") or file.name
            file.name = file.name or properties.get(_PR_NAME, b"").decode("utf-8", "replace")
            file.content = file.content or properties.get(_PR_CONTENT, b"")
            if file.content.startswith(_SIGNATURE, _OBJECT):
                file.name, file.content = f"{file.name or 'message'}.tnef", file.content[_OBJECT:]


def _message_properties(found: Tnef, properties: dict[int, bytes]) -> None:
    found.html = properties.get(_PR_HTML, b"") or found.html
    found.text = properties.get(_PR_BODY, b"").decode("utf-8", "replace") or found.text
    if not found.text and not found.html and _PR_RTF in properties:
        found.text = rtf_text(decompress_rtf(properties[_PR_RTF]))


def _ansi(value: bytes) -> str:
    text = value.split(b"\0", 1)[0]
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")


def _properties(data: bytes) -> dict[int, bytes]:
    """Read a property list (MS-OXTNEF 2.1.3.4); strings come as UTF-8."""
    found: dict[int, bytes] = {}
    try:
        at = 4
        for _ in range(min(_MOST, struct.unpack_from("<I", data, 0)[0])):
            kind, name = struct.unpack_from("<HH", data, at)
            at += 4
            if name >= 0x8000:
                at = _named(data, at)
            value, at = _value(data, at, kind)
            found.setdefault(name, value)
    except (struct.error, ValueError):
        pass
    return found


def _named(data: bytes, at: int) -> int:
    """Pass over the name of a named property: a GUID, then a number or a string."""
    which = struct.unpack_from("<I", data, at + 16)[0]
    if which == 0:
        return at + 24
    return at + 24 + _padded(struct.unpack_from("<I", data, at + 20)[0])


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    base = kind & ~_MANY
    if base in _FIXED:
        count = 1
        if kind & _MANY:
            count, at = struct.unpack_from("<I", data, at)[0], at + 4
        return b"", at + count * _padded(_FIXED[base])
    if base not in _VARIABLE:
        raise ValueError(kind)
    count, at = struct.unpack_from("<I", data, at)[0], at + 4
    first = b""
    for number in range(min(count, _MOST)):
        size = struct.unpack_from("<I", data, at)[0]
        raw = data[at + 4 : at + 4 + size]
        at += 4 + _padded(size)
        if number == 0:
            first = raw
    if base == 0x001F:
        return first.decode("utf-16-le", "replace").split("\0", 1)[0].encode("utf-8", "replace"), at
    if base == 0x001E:
        return _ansi(first).encode("utf-8", "replace"), at
    return first, at


def _padded(size: int) -> int:
    return (size + 3) & ~3
