"""Disk images: optical discs, sticks and virtual disks, with the files on them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from glassdome.core.limits import MAX_FILENAME_CHARS
from glassdome.files.fat import DiskFile, Fat, is_fat
from glassdome.files.iso import iso_files, udf_files
from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.parse.plain import one_line
from glassdome.values.document import Document, InnerFile
from glassdome.values.fact import Fact

__all__ = ["read"]

_SECTOR: Final = 512
_DYNAMIC: Final = b"cxsparse"
_MOST_BLOCKS: Final = 2_000
_MOST_DISK: Final = 64 * 1024 * 1024
_RAW: Final = "application/x-raw-disk-image"
_DISCS: Final = (b"CD001", b"BEA01")


def read(source: Source) -> Document:
    """Read an image; one with another file system says so."""
    files = _files(source.data, source)
    if files is None:
        return Document(kind=source.kind, read="unsupported", problem="unknown file system")
    inner: list[InnerFile] = []
    names: list[str] = []
    for file in files:
        name = one_line(file.name)[:MAX_FILENAME_CHARS] or "file"
        names.append(name)
        found = read_inner(source, file.content, name) if file.content else None
        inner += [found] if found else []
    return Document(
        kind=_RAW if source.kind in ("", "application/octet-stream") else source.kind,
        read="yes" if names else "damaged",
        problem="" if names else "damaged",
        facts=tuple(Fact(type="file", value=name, evidence=name) for name in names[:100]),
        members=tuple(names),
        files=tuple(inner),
        is_active=any(item.document.is_active for item in inner),
    )


def _files(data: bytes, source: Source) -> Iterator[DiskFile] | None:
    if data[0x8001:0x8006] in _DISCS:
        return _of_disc(data)
    if data.startswith(b"conectix"):
        data = _virtual(data, source)
    return _of_partitions(data)


def _of_disc(data: bytes) -> Iterator[DiskFile]:
    """Yield the files of a disc; one with two file systems shows those of UDF, as Windows does."""
    found = False
    if any(data[at + 1 : at + 6] in (b"NSR02", b"NSR03") for at in range(0x8000, 0x18000, 2048)):
        for file in udf_files(data):
            found = True
            yield file
    if not found:
        yield from iso_files(data)


def _of_partitions(data: bytes) -> Iterator[DiskFile] | None:
    begins = [0, *_partitions(data)]
    systems = [data[begin:] for begin in begins if is_fat(data[begin : begin + _SECTOR])]
    return (file for system in systems[:4] for file in Fat(system).files()) if systems else None


def _partitions(data: bytes) -> list[int]:
    """Return where the partitions of an MBR or a GPT begin."""
    if data[510:512] != b"\x55\xaa":
        return []
    found = [struct.unpack_from("<I", data, at + 8)[0] * _SECTOR for at in range(446, 510, 16)]
    if data[_SECTOR : _SECTOR + 8] == b"EFI PART":
        entries = range(2 * _SECTOR, min(2 * _SECTOR + 128 * 128, len(data) - 127), 128)
        found += [struct.unpack_from("<Q", data, at + 32)[0] * _SECTOR for at in entries]
    return [begin for begin in dict.fromkeys(found) if 0 < begin < len(data)][:8]


def _virtual(data: bytes, source: Source) -> bytes:
    """Return the disk of a dynamic VHD (Microsoft's VHD specification): blocks by their table, each behind its map."""
    head = struct.unpack_from(">Q", data, 16)[0]
    if data[head : head + 8] != _DYNAMIC:
        return data
    table = struct.unpack_from(">Q", data, head + 16)[0]
    count, size = struct.unpack_from(">II", data, head + 28)
    count = min(count, _MOST_BLOCKS)
    if not size or size % _SECTOR:
        return data
    bitmap = -(-size // _SECTOR // 8 // _SECTOR) * _SECTOR
    out = bytearray()
    for number in range(count):
        at = struct.unpack_from(">I", data, table + 4 * number)[0]
        if len(out) + size > _MOST_DISK or not source.budget.take_bytes(size if at != 0xFFFFFFFF else 0):
            break
        begin = at * _SECTOR + bitmap
        out += bytes(size) if at == 0xFFFFFFFF else data[begin : begin + size].ljust(size, b"\0")
    return bytes(out)
