"""Names in a RAR archive (formats 4 and 5), read off its block headers; nothing is unpacked."""

from __future__ import annotations

import struct

from glassdome.core.limits import MAX_ARCHIVE_MEMBERS

__all__ = ["list_rar"]

_RAR4 = b"Rar!\x1a\x07\x00"
_RAR5 = b"Rar!\x1a\x07\x01\x00"
#: Blocks read; an archive has a few besides one per member.
_MAX_BLOCKS = 2 * MAX_ARCHIVE_MEMBERS


def list_rar(data: bytes) -> tuple[list[str], bool]:
    """Return the member names and whether something is encrypted; what follows damage is left out."""
    names: list[str] = []
    try:
        if data.startswith(_RAR5):
            return names, _read5(data, names)
        return names, data.startswith(_RAR4) and _read4(data, names)
    except (struct.error, IndexError):
        return names, False


def _read4(data: bytes, names: list[str]) -> bool:
    at, encrypted = len(_RAR4), False
    for _ in range(_MAX_BLOCKS):
        if at + 7 > len(data):
            break
        kind, flags, size = struct.unpack_from("<BHH", data, at + 2)
        if kind == 0x73 and flags & 0x0080:  # even the headers are encrypted
            return True
        packed = struct.unpack_from("<I", data, at + 7)[0] if flags & 0x8000 or kind == 0x74 else 0
        if kind == 0x74:
            length = struct.unpack_from("<H", data, at + 26)[0]
            start = at + (40 if flags & 0x0100 else 32)
            names.append(data[start : start + length].partition(b"\0")[0].decode("utf-8", "replace"))
            encrypted = encrypted or bool(flags & 0x0004)
        at += max(7, size) + packed
    return encrypted


def _read5(data: bytes, names: list[str]) -> bool:
    at, encrypted = len(_RAR5), False
    for _ in range(_MAX_BLOCKS):
        if at + 7 > len(data):
            break
        size, head = _number(data, at + 4)
        kind, cursor = _number(data, head)
        if kind == 4:  # archive encryption header
            return True
        flags, cursor = _number(data, cursor)
        extra, cursor = _number(data, cursor) if flags & 1 else (0, cursor)
        packed, cursor = _number(data, cursor) if flags & 2 else (0, cursor)
        if kind == 2:
            names.append(_name5(data, cursor))
            encrypted = encrypted or (extra > 0 and _has_encryption(data, head + size - extra))
        at = head + size + packed
    return encrypted


def _name5(data: bytes, at: int) -> str:
    flags, at = _number(data, at)
    for _ in range(2):  # unpacked size, attributes
        _, at = _number(data, at)
    at += (4 if flags & 2 else 0) + (4 if flags & 4 else 0)  # time, checksum
    for _ in range(2):  # method, host system
        _, at = _number(data, at)
    length, at = _number(data, at)
    return data[at : at + min(length, 1024)].decode("utf-8", "replace")


def _has_encryption(data: bytes, at: int) -> bool:
    _, at = _number(data, at)
    return _number(data, at)[0] == 1


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read one variable-length integer: seven bits a byte, the lowest first."""
    value = 0
    for place in range(10):
        byte = data[at + place]
        value |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            return value, at + place + 1
    raise IndexError(at)
