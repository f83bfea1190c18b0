"""Yields the members of a 7z archive, with passwords to try; bounds on memory and key rounds are checked before."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from glassdome.core.limits import MAX_ARCHIVE_MEMBERS, MAX_XZ_MEMORY_BYTES
from glassdome.files.unpacking import Member, Unpacking
from glassdome.files.zip_members import UNPACK_ERRORS

__all__ = ["sevenzip_members", "warm"]

_LZMA, _LZMA2, _PPMD, _AES = b"\x03\x01\x01", b"\x21", b"\x03\x04\x01", b"\x06\xf1\x07\x01"
#: Rounds of the key, as a power of two: 7-Zip takes 19, half a second; each password costs them.
_MOST_ROUNDS: Final = 20
_MOST_PASSWORDS: Final = 6


#: Bytes that the library unpacks at a time.
_PIECE: Final = 8 * 1024 * 1024


def warm() -> None:
    """Load what the library loads when it meets the first encrypted archive."""
    from Cryptodome.Cipher import _mode_cbc  # noqa: F401
    from py7zr import py7zr

    _bounded(py7zr)


def _bounded(library: Any) -> None:
    """Give the library a size for its pieces; it would ask for the memory that is free, which no sandbox tells."""
    library.get_memory_limit = lambda: _PIECE


class _TooMuch(Exception):
    """The archive asks for more memory or time than is given."""


def sevenzip_members(course: Unpacking) -> Iterator[Member]:
    """Yield every member; encrypted ones where a password fits."""
    from py7zr.exceptions import PasswordRequired

    names: list[Member] = []
    for password in (None, *course.source.passwords[:_MOST_PASSWORDS]):
        try:
            names, locked = _attempt(course, password)
        except _TooMuch:
            course.bounded = True
            break
        except PasswordRequired:  # even the names are encrypted
            locked = True
        except _errors():
            # A wrong password is told from damage only by what comes out.
            locked = password is not None
            course.damaged = not locked
        if not locked:
            break
    else:
        course.encrypted = True
    yield from names


def _errors() -> tuple[type[Exception], ...]:
    from py7zr.exceptions import ArchiveError

    return (ArchiveError, *UNPACK_ERRORS, KeyError, AttributeError, AssertionError, ArithmeticError)


def _attempt(course: Unpacking, password: str | None) -> tuple[list[Member], bool]:
    """Return the members, and whether a password is missing."""
    from py7zr import SevenZipFile
    from py7zr.exceptions import DecompressionBombError

    with SevenZipFile(BytesIO(course.source.data), password=password) as archive:
        files = [item for item in archive.files if not item.is_directory][: MAX_ARCHIVE_MEMBERS + 1]
        locked = _check_coders(archive) and password is None
        room = course.room
        course.bounded = sum(item.uncompressed or 0 for item in archive.files) > room
        contents: dict[str, bytes] = {}
        if not (locked or course.bounded):
            try:
                contents = _unpack(archive, files, room)
            except DecompressionBombError:
                course.bounded = True
        members = [Member(name=item.filename, content=contents.get(str(number))) for number, item in enumerate(files)]
        return members, locked


def _check_coders(archive: Any) -> bool:
    """Return whether something is encrypted; raises `_TooMuch` for what would take too much memory or time."""
    streams = archive.header.main_streams
    locked = False
    for folder in streams.unpackinfo.folders if streams is not None else ():
        for coder in folder.coders:
            method, options = coder["method"], coder.get("properties") or b""
            if _memory(method, options) > MAX_XZ_MEMORY_BYTES:
                raise _TooMuch
            if method == _AES:
                locked = True
                if options and options[0] & 0x3F > _MOST_ROUNDS:
                    raise _TooMuch
    return locked


def _memory(method: bytes, options: bytes) -> int:
    if method in (_LZMA, _PPMD) and len(options) >= 5:
        size: int = struct.unpack_from("<I", options, 1)[0]
        return size
    if method == _LZMA2 and options:
        return 1 << (options[0] // 2 + 12)
    return 0


def _unpack(archive: Any, files: list[Any], room: int) -> dict[str, bytes]:
    """Unpack into memory by the number of each file: names may be evil, and paths are looked up on the disk."""
    from py7zr import py7zr
    from py7zr.io import BytesIOFactory, MemIO

    _bounded(py7zr)
    kept = BytesIOFactory(room)
    numbers = {item.id: str(number) for number, item in enumerate(files)}
    for item in archive.files:
        number = numbers.get(item.id)
        archive.worker.register_filelike(item.id, None if number is None else MemIO(number, kept))
    archive.worker.max_extract_size = room
    archive.worker.extract(archive.fp, None, parallel=False)
    return {number: place.read() for number, place in kept.products.items()}
