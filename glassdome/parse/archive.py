"""List what an archive holds, by name, archives in it too: zip, tar, gzip, bzip2, xz, rar. Nothing is written."""

from __future__ import annotations

import bz2
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import NamedTuple

from glassdome.core.limits import (
    MAX_ARCHIVE_MEMBERS,
    MAX_FILENAME_CHARS,
    MAX_INFLATED_BYTES,
    MAX_XZ_MEMORY_BYTES,
    MAX_ZIP_DIRECTORY_BYTES,
)
from glassdome.parse.magic import true_type
from glassdome.parse.plain import one_line
from glassdome.parse.rar import list_rar
from glassdome.parse.state import ParseState

__all__ = ["TAR_ERRORS", "Listing", "hidden_archive", "list_archive", "open_zip", "read_member", "unpacked"]

_END = b"PK\x05\x06"
_END_SIZE = 22
_END64_LOCATOR = b"PK\x06\x07"
_LOCAL_MARK = b"PK\x03\x04"
_CENTRAL = b"PK\x01\x02"
_MARKS = ((b"Rar!\x1a\x07", "application/vnd.rar"), (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"))
#: Bytes before an archive that a program which unpacks itself needs.
_SELF_EXTRACTOR_BYTES = 1024 * 1024
#: Names of archives worth opening inside an archive, how many of them, and how deep.
_ARCHIVE_NAMES = (".zip", ".zipx", ".jar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".rar", ".z", ".dat", ".bin", ".gz2")
_MAX_ARCHIVES = 5
_MAX_NESTED = 3
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
TAR_ERRORS = (tarfile.TarError, OSError, EOFError, ValueError, LookupError, RecursionError, struct.error)


class Listing(NamedTuple):
    """Names in the order of the archive, and whether any of them is encrypted."""

    members: tuple[str, ...] = ()
    encrypted: bool = False


def list_archive(data: bytes, kind: str, state: ParseState, *, depth: int = 0) -> Listing:
    """List an archive of media type `kind`, with members of nested archives as `b.zip/c.exe`; nothing for another kind."""
    lister = _LISTERS.get(kind)
    if lister is None:
        return Listing()
    listing = lister(data, state)
    if depth >= _MAX_NESTED:
        return listing
    names, encrypted = list(listing.members), listing.encrypted
    for name, content in _archives_in(data, kind, listing, state):
        inner = list_archive(content, true_type(content), state, depth=depth + 1)
        names += [f"{name}/{member}" if name else member for member in inner.members]
        encrypted = encrypted or inner.encrypted
    return (
        Listing(_names(names, state), encrypted)
        if len(names) > len(listing.members)
        else Listing(listing.members, encrypted)
    )


def _archives_in(data: bytes, kind: str, listing: Listing, state: ParseState) -> Iterator[tuple[str, bytes]]:
    """Unpack the members that are archives by their names, the first few of them and within the budget."""
    content = unpacked(data, kind, state)
    if content and not content.startswith(b"ustar", 257):
        yield "", content
        return
    nested = [name for name in listing.members if name.lower().endswith(_ARCHIVE_NAMES)][:_MAX_ARCHIVES]
    if not nested:
        return
    if kind == "application/zip" and (archive := open_zip(data, state)) is not None:
        for name in nested:
            yield name, read_member(archive, name, MAX_INFLATED_BYTES // 2, state)
    elif content or kind == "application/x-tar":
        yield from _files_of_tar(content or data, nested, state)


def _files_of_tar(data: bytes, names: list[str], state: ParseState) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=BytesIO(data), mode="r:") as archive:
            for name in names:
                file = archive.extractfile(name)
                content = (
                    file.read(min(state.inflated, MAX_INFLATED_BYTES // 2)) if file and state.inflated > 0 else b""
                )
                state.inflated -= len(content)
                yield name, content
    except (*TAR_ERRORS, KeyError):
        return


def hidden_archive(data: bytes) -> tuple[str, int]:
    """Find an archive behind other bytes, as unpackers do: its media type and where it begins; empty for none."""
    end = data.rfind(_END, max(0, len(data) - 65_536 - _END_SIZE))
    if end >= 0 and len(data) >= end + _END_SIZE and data.find(_CENTRAL, 0, end) >= 0:
        return "application/zip", 0
    for mark, kind in _MARKS:
        at = data.find(mark, 0, _SELF_EXTRACTOR_BYTES)
        if at > 0:
            return kind, at
    return "", 0


def open_zip(data: bytes, state: ParseState) -> zipfile.ZipFile | None:
    """Open a zip whose directory is small enough to be read; None for a damaged or too large one."""
    end = data.rfind(_END, max(0, len(data) - 65_536 - _END_SIZE))
    if end < 0 or len(data) < end + _END_SIZE:
        return None
    if data.startswith(_END64_LOCATOR, max(0, end - 20)):
        return None  # its directory is wherever it says; no mail needs 4 GiB
    size = struct.unpack_from("<I", data, end + 12)[0]
    if size > MAX_ZIP_DIRECTORY_BYTES:
        state.add("archive_too_large", f"directory of {size} bytes")
        return None
    try:
        return zipfile.ZipFile(BytesIO(data))
    except _ZIP_ERRORS:
        return None


def read_member(archive: zipfile.ZipFile, name: str, most: int, state: ParseState) -> bytes:
    """Unpack at most `most` bytes of one member, within the message's budget; empty where that fails."""
    most = min(most, state.inflated)
    try:
        if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return b""  # the other methods cannot be unpacked piece by piece
        with archive.open(name) as member:
            content = member.read(most)
    except _ZIP_ERRORS:
        return b""
    state.inflated -= len(content)
    return content


def _list_zip(data: bytes, state: ParseState) -> Listing:
    archive = open_zip(data, state)
    if archive is None:
        return _scan_zip(data, state)
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    encrypted = any(entry.flag_bits & _ENCRYPTED for entry in entries)
    return Listing(_names(names + _unlisted(data, entries, names), state), encrypted)


def _unlisted(data: bytes, entries: list[zipfile.ZipInfo], names: list[str]) -> list[str]:
    """Return names that only local headers have: of a second zip in the same file, or false to the directory's."""
    known = set(names)
    ends = {entry.header_offset: entry.header_offset + 30 + entry.compress_size for entry in entries}
    found: list[str] = []
    at = data.find(_LOCAL_MARK)
    for _ in range(2 * MAX_ARCHIVE_MEMBERS):
        if at < 0 or at + 30 > len(data):
            break
        name, _ = _local_name(data, at)
        if name and name not in known and name.isprintable():
            known.add(name)
            found.append(name)
        at = data.find(_LOCAL_MARK, ends.get(at, at + 30))
    return found


def _local_name(data: bytes, at: int) -> tuple[str, int]:
    flags, length = struct.unpack_from("<H", data, at + 6)[0], struct.unpack_from("<H", data, at + 26)[0]
    raw = data[at + 30 : at + 30 + min(length, 4 * MAX_FILENAME_CHARS)]
    return raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace"), flags


def _scan_zip(data: bytes, state: ParseState) -> Listing:
    """Read the local headers of a zip without a usable directory, as repairing unpackers do."""
    state.add("damaged_archive")
    names: list[str] = []
    encrypted = False
    for found in _LOCAL.finditer(data):
        at = found.start()
        if len(names) >= MAX_ARCHIVE_MEMBERS or at + 30 > len(data):
            break
        name, flags = _local_name(data, at)
        names.append(name)
        encrypted = encrypted or bool(flags & _ENCRYPTED)
    return Listing(_names(names, state), encrypted)


def _list_tar(data: bytes, state: ParseState) -> Listing:
    names: list[str] = []
    try:
        with tarfile.open(fileobj=BytesIO(data), mode="r:") as archive:
            while len(names) <= MAX_ARCHIVE_MEMBERS and (member := archive.next()) is not None:
                names.append(member.name)
    except TAR_ERRORS:
        state.add("damaged_archive")
    return Listing(_names(names, state))


def _list_packed(unpack: Callable[[bytes, int], bytes]) -> Callable[[bytes, ParseState], Listing]:
    def lister(data: bytes, state: ParseState) -> Listing:
        content = _unpacked(data, unpack, state)
        if content.startswith(b"ustar", 257):
            return _list_tar(content, ParseState())
        return Listing(_names([_gzip_name(data)], state) if data.startswith(b"\x1f\x8b") else ())

    return lister


def unpacked(data: bytes, kind: str, state: ParseState) -> bytes:
    """Unpack a file of one packed file (gzip, bzip2, xz) within the message's budget; empty for another media type."""
    return _unpacked(data, _PACKERS[kind], state) if kind in _PACKERS else b""


def _unpacked(data: bytes, unpack: Callable[[bytes, int], bytes], state: ParseState) -> bytes:
    try:
        content = unpack(data, state.inflated)
    except (*_ZIP_ERRORS, lzma.LZMAError):
        state.add("damaged_archive")
        return b""
    state.inflated -= len(content)
    return content


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


def _list_rar(data: bytes, state: ParseState) -> Listing:
    names, encrypted = list_rar(data)
    return Listing(_names(names, state), encrypted)


def _names(names: list[str], state: ParseState) -> tuple[str, ...]:
    if len(names) > MAX_ARCHIVE_MEMBERS:
        state.add("archive_too_large", f"more than {MAX_ARCHIVE_MEMBERS} members")
    cleaned = (one_line(name)[:MAX_FILENAME_CHARS] for name in names[:MAX_ARCHIVE_MEMBERS])
    return tuple(name for name in cleaned if name)


_PACKERS: dict[str, Callable[[bytes, int], bytes]] = {
    "application/gzip": _gunzip,
    "application/x-bzip2": _bunzip,
    "application/x-xz": _unxz,
}
_LISTERS: dict[str, Callable[[bytes, ParseState], Listing]] = {
    "application/zip": _list_zip,
    "application/x-tar": _list_tar,
    **{kind: _list_packed(unpack) for kind, unpack in _PACKERS.items()},
    "application/vnd.rar": _list_rar,
}
