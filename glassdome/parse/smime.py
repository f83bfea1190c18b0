"""Opaque S/MIME (RFC 8551): the message inside a signature or a compression, and whether one is encrypted."""

from __future__ import annotations

import binascii
import re
import zlib
from typing import NamedTuple

from glassdome.parse.state import ParseState

__all__ = ["Opened", "open_smime"]

#: Object identifiers of content types (RFC 5652 14, RFC 5083, RFC 3274), as their bytes.
_PKCS7 = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_DATA, _SIGNED = _PKCS7 + b"\x01", _PKCS7 + b"\x02"
_ENCRYPTED = frozenset(
    {_PKCS7 + b"\x03", _PKCS7 + b"\x04", _PKCS7 + b"\x06"} | {b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"}
)
_COMPRESSED = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"
_ARMOUR = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----([A-Za-z0-9+/=\s]+)-----END")
#: Nesting of BER that is followed; a message in a signature has about eight levels.
_MOST_DEPTH = 24
_END_OF_CONTENTS = b"\0\0"


class Opened(NamedTuple):
    """The MIME entity inside, and whether it is encrypted."""

    content: bytes = b""
    encrypted: bool = False


class _Element(NamedTuple):
    tag: int
    start: int
    stop: int
    after: int


class _Damaged(Exception):
    """The bytes are not BER."""


def open_smime(data: bytes, state: ParseState) -> Opened:
    """Open one layer; nothing if it is not S/MIME, or has no content (a detached signature)."""
    armour = _ARMOUR.search(data[:200]) and _ARMOUR.search(data)
    try:
        if armour:
            data = binascii.a2b_base64(armour[1])
        return _open(data, state)
    except (_Damaged, IndexError, binascii.Error):
        state.add("damaged_smime")
        return Opened()


def _open(data: bytes, state: ParseState) -> Opened:
    kind, content = _content_info(data, _element(data, 0, len(data), 0))
    if kind in _ENCRYPTED:
        return Opened(encrypted=True)
    if content is None or kind not in (_SIGNED, _COMPRESSED):
        return Opened()
    inner = _inner_of(data, content)
    if inner is None:
        return Opened()
    found = _octets(data, inner, 0)
    if kind == _COMPRESSED:
        found = _inflated(found, state)
    return Opened(content=found)


def _content_info(data: bytes, outer: _Element) -> tuple[bytes, _Element | None]:
    """Read ContentInfo (RFC 5652 3): the type, and the element in its [0]."""
    parts = _children(data, outer, 0)
    if not parts or parts[0].tag != 0x06:
        raise _Damaged
    kind = data[parts[0].start : parts[0].stop]
    explicit = next((part for part in parts[1:] if part.tag == 0xA0), None)
    inside = _children(data, explicit, 0) if explicit else []
    return kind, inside[0] if inside else None


def _inner_of(data: bytes, content: _Element) -> _Element | None:
    """Find EncapsulatedContentInfo in SignedData or CompressedData: a sequence that begins with a content type."""
    for part in _children(data, content, 0):
        if part.tag == 0x30:
            inside = _children(data, part, 0)
            if inside and inside[0].tag == 0x06 and len(inside) > 1 and inside[1].tag == 0xA0:
                return next(iter(_children(data, inside[1], 0)), None)
    return None


def _octets(data: bytes, element: _Element, depth: int) -> bytes:
    """Read an octet string, in pieces where it was written as a stream."""
    if element.tag == 0x04:
        return data[element.start : element.stop]
    if depth > _MOST_DEPTH or element.tag not in (0x24, 0x30):
        return data[element.start : element.stop]
    return b"".join(_octets(data, part, depth + 1) for part in _children(data, element, 0))


def _children(data: bytes, element: _Element, depth: int) -> list[_Element]:
    found: list[_Element] = []
    at = element.start
    while at < element.stop and data[at : at + 2] != _END_OF_CONTENTS:
        part = _element(data, at, element.stop, depth)
        found.append(part)
        at = part.after
    return found


def _element(data: bytes, at: int, stop: int, depth: int) -> _Element:
    """Read one tag and length; the end of an indefinite length (BER) is found by reading the content."""
    if at + 2 > stop or depth > _MOST_DEPTH:
        raise _Damaged
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        if size == 0:
            end = _end_of_contents(data, start, stop, depth)
            return _Element(tag, start, end, min(stop, end + 2))
        if size > 8:
            raise _Damaged
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    end = min(stop, start + length)  # a truncated value is read as far as it goes
    return _Element(tag, start, end, end)


def _end_of_contents(data: bytes, at: int, stop: int, depth: int) -> int:
    while at < stop and data[at : at + 2] != _END_OF_CONTENTS:
        at = _element(data, at, stop, depth + 1).after
    return at


def _inflated(data: bytes, state: ParseState) -> bytes:
    try:
        content = zlib.decompressobj().decompress(data, max(1, state.inflated))
    except zlib.error:
        raise _Damaged from None
    state.inflated -= len(content)
    return content
