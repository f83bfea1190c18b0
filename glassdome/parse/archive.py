"""What an archive holds, by name: zip, tar, gzip, bzip2, xz, rar. Nothing is written, little is unpacked."""

from __future__ import annotations

import bz2
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

from glassdome.core.limits import (
    MAX_ARCHIVE_MEMBERS,
    MAX_FILENAME_CHARS,
    MAX_XZ_MEMORY_BYTES,
    MAX_ZIP_DIRECTORY_BYTES,
)
from glassdome.parse.faults import Faults
from glassdome.parse.plain import line
from glassdome.parse.rar import list_rar

__all__ = ["Listing", "list_archive", "open_zip", "read_member"]

_END = b"PK\x05\x06"
_END_SIZE = 22
_END64_LOCATOR = b"PK\x06\x07"
_LOCAL = re.compile(rb"PK\x03\x04")
_ENCRYPTED = 0x1
_UTF8 = 0x800
#: What zipfile and zlib raise on damaged or hostile files.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    MemoryError,
    lzma.LZMAError,
)
_TAR_ERRORS = (tarfile.TarError, OSError, EOFError, ValueError, LookupError, RecursionError, struct.error)


class Listing(NamedTuple):
    """Names in the order of the archive, and whether any of them is encrypted."""

    members: tuple[str, ...] = ()
    encrypted: bool = False


def list_archive(data: bytes, kind: str, faults: Faults) -> Listing:
    """List an archive of media type `kind`; nothing for a kind that is no archive."""
    lister = _LISTERS.get(kind)
    return lister(data, faults) if lister else Listing()


def open_zip(data: bytes, faults: Faults) -> zipfile.ZipFile | None:
    """Open a zip whose directory is small enough to be read; None for a damaged or too large one."""
    end = data.rfind(_END, max(0, len(data) - 65_536 - _END_SIZE))
    if end < 0 or len(data) < end + _END_SIZE:
        return None
    if data.startswith(_END64_LOCATOR, max(0, end - 20)):
        return None  # its directory is wherever it says; no mail needs 4 GiB
    size = struct.unpack_from("<I", data, end + 12)[0]
    if size > MAX_ZIP_DIRECTORY_BYTES:
        faults.add("archive_too_large", f"directory of {size} bytes")
        return None
    try:
        return zipfile.ZipFile(BytesIO(data))
    except _ZIP_ERRORS:
        return None


def read_member(archive: zipfile.ZipFile, name: str, most: int, faults: Faults) -> bytes:
    """Unpack at most `most` bytes of one member, within the message's budget; empty where that fails."""
    most = min(most, faults.inflated)
    try:
        if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return b""  # the other methods cannot be unpacked piece by piece
        with archive.open(name) as member:
            content = member.read(most)
    except _ZIP_ERRORS:
        return b""
    faults.inflated -= len(content)
    return content


def _list_zip(data: bytes, faults: Faults) -> Listing:
    archive = open_zip(data, faults)
    if archive is None:
        return _scan_zip(data, faults)
    entries = archive.infolist()
    return Listing(
        _names([entry.filename for entry in entries], faults), any(e.flag_bits & _ENCRYPTED for e in entries)
    )


def _scan_zip(data: bytes, faults: Faults) -> Listing:
    """Read the local headers of a zip without a usable directory, as repairing unpackers do."""
    faults.add("damaged_archive")
    names: list[str] = []
    encrypted = False
    for found in _LOCAL.finditer(data):
        at = found.start()
        if len(names) >= MAX_ARCHIVE_MEMBERS or at + 30 > len(data):
            break
        flags, length = struct.unpack_from("<H", data, at + 6)[0], struct.unpack_from("<H", data, at + 26)[0]
        raw = data[at + 30 : at + 30 + min(length, 4 * MAX_FILENAME_CHARS)]
        names.append(raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace"))
        encrypted = encrypted or bool(flags & _ENCRYPTED)
    return Listing(_names(names, faults), encrypted)


def _list_tar(data: bytes, faults: Faults) -> Listing:
    names: list[str] = []
    try:
        with tarfile.open(fileobj=BytesIO(data), mode="r:") as archive:
            while len(names) <= MAX_ARCHIVE_MEMBERS and (member := archive.next()) is not None:
                names.append(member.name)
    except _TAR_ERRORS:
        faults.add("damaged_archive")
    return Listing(_names(names, faults))


def _list_packed(unpack: Callable[[bytes, int], bytes]) -> Callable[[bytes, Faults], Listing]:
    def lister(data: bytes, faults: Faults) -> Listing:
        try:
            content = unpack(data, faults.inflated)
        except (*_ZIP_ERRORS, lzma.LZMAError):
            faults.add("damaged_archive")
            return Listing()
        faults.inflated -= len(content)
        if content.startswith(b"ustar", 257):
            return _list_tar(content, Faults())
        return Listing(_names([_gzip_name(data)], faults) if data.startswith(b"\x1f\x8b") else ())

    return lister


def _gunzip(data: bytes, most: int) -> bytes:
    return zlib.decompressobj(31).decompress(data, most) if most > 0 else b""


def _bunzip(data: bytes, most: int) -> bytes:
    return bz2.BZ2Decompressor().decompress(data, most) if most > 0 else b""


def _unxz(data: bytes, most: int) -> bytes:
    return lzma.LZMADecompressor(memlimit=MAX_XZ_MEMORY_BYTES).decompress(data, most) if most > 0 else b""


def _gzip_name(data: bytes) -> str:
    """The FNAME of a gzip header (RFC 1952 2.3)."""
    if len(data) < 12 or not data[3] & 0x08:
        return ""
    start = 10 + (2 + struct.unpack_from("<H", data, 10)[0] if data[3] & 0x04 else 0)
    return data[start : start + MAX_FILENAME_CHARS].partition(b"\0")[0].decode("latin-1")


def _list_rar(data: bytes, faults: Faults) -> Listing:
    names, encrypted = list_rar(data)
    return Listing(_names(names, faults), encrypted)


def _names(names: list[str], faults: Faults) -> tuple[str, ...]:
    if len(names) > MAX_ARCHIVE_MEMBERS:
        faults.add("archive_too_large", f"more than {MAX_ARCHIVE_MEMBERS} members")
    cleaned = (line(name)[:MAX_FILENAME_CHARS] for name in names[:MAX_ARCHIVE_MEMBERS])
    return tuple(name for name in cleaned if name)


_LISTERS: dict[str, Callable[[bytes, Faults], Listing]] = {
    "application/zip": _list_zip,
    "application/x-tar": _list_tar,
    "application/gzip": _list_packed(_gunzip),
    "application/x-bzip2": _list_packed(_bunzip),
    "application/x-xz": _list_packed(_unxz),
    "application/vnd.rar": _list_rar,
}
