"""Names and files of optical discs: ISO 9660 with Joliet (ECMA-119), and UDF (ECMA-167)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from glassdome.files.fat import DiskFile

__all__ = ["iso_files", "udf_files"]

_SECTOR: Final = 2048
_FOLDER: Final = 0x02
_JOLIET: Final = (b"%/@", b"%/C", b"%/E")
_MOST_FILES: Final = 500
_MOST_FOLDERS: Final = 200
_MOST_BYTES: Final = 16 * 1024 * 1024
_DEEPEST: Final = 8
_ANCHOR, _PARTITION, _LOGICAL, _SET, _NAME_ENTRY, _FILE, _EXTENDED = 2, 5, 6, 256, 257, 261, 266


def iso_files(data: bytes) -> Iterator[DiskFile]:
    """Yield the files of an ISO 9660 disc, with the long names of Joliet where it has them."""
    primary = joliet = b""
    for sector in range(16, 48):
        block = data[sector * _SECTOR : sector * _SECTOR + _SECTOR]
        if block[1:6] != b"CD001" or block[0] == 255:
            break
        if block[0] == 1:
            primary = block
        elif block[0] == 2 and block[88:91] in _JOLIET:
            joliet = block
    root = (joliet or primary)[156:190]
    yield from _tree(data, root, wide=bool(joliet)) if len(root) == 34 else ()


def _tree(data: bytes, root: bytes, *, wide: bool) -> Iterator[DiskFile]:
    queue = [("", *_extent(root), 0)]
    seen: set[int] = set()
    found = 0
    while queue and len(seen) < _MOST_FOLDERS and found < _MOST_FILES:
        path, at, size, depth = queue.pop(0)
        seen.add(at)
        for record in _records(data[at : at + min(size, 1_000_000)]):
            name = _name(record, wide=wide)
            start, length = _extent(record)
            if record[25] & _FOLDER:
                if start not in seen and depth < _DEEPEST:
                    queue.append((f"{path}{name}/", start, length, depth + 1))
            else:
                found += 1
                yield DiskFile(path + name, data[start : start + length] if length <= _MOST_BYTES else None)


def _extent(record: bytes) -> tuple[int, int]:
    return struct.unpack_from("<I", record, 2)[0] * _SECTOR, struct.unpack_from("<I", record, 10)[0]


def _records(folder: bytes) -> Iterator[bytes]:
    """Yield the records of a folder but those of itself and the one above; none crosses a sector."""
    at = number = 0
    while at < len(folder) - 33 and number < 2 * _MOST_FILES:
        size = folder[at]
        if size < 34:
            at = (at // _SECTOR + 1) * _SECTOR
            continue
        record = folder[at : at + size]
        at += size
        number += 1
        if len(record) == size and not (record[32] == 1 and record[33] in (0, 1)):
            yield record


def _name(record: bytes, *, wide: bool) -> str:
    raw = record[33 : 33 + record[32]]
    name = raw.decode("utf-16-be" if wide else "latin-1", "replace").partition(";")[0].rstrip(".")
    rock = b"" if wide else _rock_ridge(record[33 + record[32] + (record[32] + 1) % 2 :])
    return rock.decode("utf-8", "replace") or name


def _rock_ridge(area: bytes) -> bytes:
    """Return the alternative name of POSIX systems (IEEE P1282)."""
    out, at = b"", 0
    while at + 5 <= len(area) and area[at + 2] >= 5:
        if area[at : at + 2] == b"NM":
            out += area[at + 5 : at + area[at + 2]]
        at += area[at + 2]
    return out


def udf_files(data: bytes) -> Iterator[DiskFile]:
    """Yield the files of a UDF disc with one partition."""
    volume = _Udf(data)
    queue = [("", volume.root, 0)] if volume.root else []
    seen: set[int] = set()
    found = 0
    while queue and found < _MOST_FILES and len(seen) < _MOST_FOLDERS:
        path, block, depth = queue.pop(0)
        seen.add(block)
        for name, is_folder, inner in volume.listed(volume.content(block) or b""):
            if is_folder and inner not in seen and depth < _DEEPEST:
                queue.append((f"{path}{name}/", inner, depth + 1))
            elif not is_folder:
                found += 1
                yield DiskFile(path + name, volume.content(inner))


class _Udf:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.partition = self.root = self.block = 0
        anchor = data[256 * _SECTOR : 256 * _SECTOR + 512]
        size, start = struct.unpack_from("<II", anchor, 16)
        fileset = 0
        for sector in range(start, start + min(size // _SECTOR, 64)):
            block = data[sector * _SECTOR : sector * _SECTOR + 512]
            tag = _tag(block)
            if tag == _PARTITION:
                self.partition = struct.unpack_from("<I", block, 188)[0]
            elif tag == _LOGICAL:
                self.block, fileset = struct.unpack_from("<I", block, 212)[0], struct.unpack_from("<I", block, 252)[0]
        if self.block == _SECTOR and _tag(self._at(fileset)) == _SET:
            self.root = struct.unpack_from("<I", self._at(fileset), 404)[0]

    def _at(self, block: int) -> bytes:
        at = (self.partition + block) * _SECTOR
        return self.data[at : at + _SECTOR]

    def content(self, block: int) -> bytes | None:
        """Return the bytes of the file whose entry stands in this block; None where they are too many."""
        entry = self._at(block)
        if _tag(entry) not in (_FILE, _EXTENDED):
            return b""
        size = struct.unpack_from("<Q", entry, 56)[0]
        at = 168 if _tag(entry) == _FILE else 208
        attributes, length = struct.unpack_from("<II", entry, at)
        area = entry[at + 8 + attributes : at + 8 + attributes + length]
        kind = struct.unpack_from("<H", entry, 34)[0] & 7
        if size > _MOST_BYTES:
            return None
        return area[:size] if kind == 3 else self._extents(area, 8 if kind == 0 else 16)[:size]

    def _extents(self, area: bytes, step: int) -> bytes:
        out = bytearray()
        for at in range(0, min(len(area), 1600) - step + 1, step):
            length, block = struct.unpack_from("<II", area, at)
            length &= 0x3FFFFFFF
            if not length or len(out) > _MOST_BYTES:
                break
            start = (self.partition + block) * _SECTOR
            out += self.data[start : start + length]
        return bytes(out)

    def listed(self, folder: bytes) -> Iterator[tuple[str, bool, int]]:
        """Yield name, kind and block of every entry of a folder."""
        at = 0
        for _ in range(_MOST_FILES):
            if _tag(folder[at:]) != _NAME_ENTRY or at + 38 > len(folder):
                return
            flags, size = folder[at + 18], folder[at + 19]
            block, extra = struct.unpack_from("<I", folder, at + 24)[0], struct.unpack_from("<H", folder, at + 36)[0]
            raw = folder[at + 38 + extra : at + 38 + extra + size]
            if raw and not flags & 0x0C:
                name = raw[1:].decode("utf-16-be" if raw[0] == 16 else "latin-1", "replace")
                yield name, bool(flags & _FOLDER), block
            at += (38 + extra + size + 3) // 4 * 4


def _tag(block: bytes) -> int:
    return struct.unpack_from("<H", block)[0] if len(block) >= 16 else 0
