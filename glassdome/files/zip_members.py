"""Yields the members of a zip: of its directory, or of its local headers where the directory is damaged."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from typing import Final, NamedTuple

from glassdome.core.limits import MAX_ARCHIVE_MEMBERS
from glassdome.files.inflate import inflate_member
from glassdome.files.unpacking import Member, Unpacking
from glassdome.files.zip_secrets import AES_METHOD, aes_field, open_aes, open_old
from glassdome.parse.archive import list_archive, open_zip
from glassdome.parse.state import ParseState

__all__ = ["UNPACK_ERRORS", "zip_members"]

_LOCAL: Final = re.compile(rb"PK\x03\x04")
_LOCAL_BYTES: Final = 30
_ENCRYPTED, _DESCRIBED, _UTF8 = 0x1, 0x8, 0x800
#: A deeper nesting than `list_archive` follows: names of this archive alone.
_ALONE: Final = 99
#: Exceptions of damaged data in the libraries that unpack; a lock or an unknown method is not among them.
UNPACK_ERRORS: Final = (
    zlib.error, LZMAError, OSError, EOFError, ValueError, struct.error, IndexError, OverflowError, RuntimeError, TypeError,
)  # fmt: skip


class _Entry(NamedTuple):
    name: str
    flags: int
    method: int
    packed: int
    size: int
    crc: int
    time: int
    offset: int
    extra: bytes


def zip_members(course: Unpacking) -> Iterator[Member]:
    """Yield every member, those of which only the name is known at the end."""
    data = course.source.data
    state = ParseState()
    archive = open_zip(data, state)
    entries = [_of(info) for info in archive.infolist()] if archive else list(_scanned(data))
    course.bounded = bool(state.found)  # a directory of millions
    course.damaged = archive is None
    for entry in entries[:MAX_ARCHIVE_MEMBERS]:
        if not entry.name.endswith(("/", "\\")):
            yield Member(name=entry.name, content=_content(entry, course) if course.room else None)
            course.bounded = course.bounded or (not course.room and entry.packed > 0)
    for name in list_archive(data, "application/zip", ParseState(), depth=_ALONE).members:
        if not name.endswith("/"):
            yield Member(name=name)


def _of(info: zipfile.ZipInfo) -> _Entry:
    time = (info.date_time[3] << 3 | info.date_time[4] >> 3) & 0xFF
    return _Entry(
        info.filename,
        info.flag_bits,
        info.compress_type,
        info.compress_size,
        info.file_size,
        info.CRC,
        time,
        info.header_offset,
        info.extra,
    )


def _scanned(data: bytes) -> Iterator[_Entry]:
    """Read local headers, as programs do that repair a zip."""
    for number, found in enumerate(_LOCAL.finditer(data)):
        at = found.start()
        if number >= MAX_ARCHIVE_MEMBERS or at + _LOCAL_BYTES > len(data):
            return
        flags, method, time, _, crc, packed, size, name, extra = struct.unpack_from("<HHHHIIIHH", data, at + 6)
        start = at + _LOCAL_BYTES + name
        raw = data[at + _LOCAL_BYTES : start]
        following = data.find(b"PK", start + extra + 1)
        packed = packed or (following if following > 0 else len(data)) - start - extra
        text = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        yield _Entry(text, flags, method, packed, size, crc, time >> 8, at, data[start : start + extra])


def _content(entry: _Entry, course: Unpacking) -> bytes | None:
    if entry.size > course.room:
        course.bounded = True
        return None
    raw = _packed(entry, course.source.data)
    if raw is None:
        course.damaged = True
        return None
    try:
        if entry.flags & _ENCRYPTED:
            return _opened(entry, bytes(raw), course)
        return course.unpack(inflate_member(entry.method, raw))
    except KeyError:
        course.unsupported = True
    except UNPACK_ERRORS:
        course.damaged = True
    return None


def _packed(entry: _Entry, data: bytes) -> memoryview | None:
    """Return the packed bytes of one member, by its local header."""
    if not 0 <= entry.offset <= len(data) - _LOCAL_BYTES or not data.startswith(b"PK\x03\x04", entry.offset):
        return None
    name, extra = struct.unpack_from("<HH", data, entry.offset + 26)
    start = entry.offset + _LOCAL_BYTES + name + extra
    return memoryview(data)[start : start + entry.packed]


def _opened(entry: _Entry, raw: bytes, course: Unpacking) -> bytes | None:
    """Open an encrypted member with the passwords that the mail names."""
    passwords = course.source.passwords
    if entry.method == AES_METHOD:
        field = aes_field(entry.extra)
        packed = open_aes(raw, field.strength, passwords) if field and len(raw) > 20 else None
        if field is not None and packed is not None:
            return course.unpack(inflate_member(field.method, packed))
    else:
        check = entry.time if entry.flags & _DESCRIBED else entry.crc >> 24
        for packed in open_old(raw, check, passwords):
            content = _checked(entry, packed, course)
            if content is not None:
                return content
    course.encrypted = True
    return None


def _checked(entry: _Entry, packed: bytes, course: Unpacking) -> bytes | None:
    """Unpack with a password that may be a wrong one."""
    try:
        content = course.unpack(inflate_member(entry.method, packed))
    except UNPACK_ERRORS:
        return None
    return content if content is not None and zlib.crc32(content) == entry.crc else None
