"""Names and files of a FAT file system (Microsoft's FAT specification), as it stands on sticks and disk images."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["DiskFile", "Fat", "is_fat"]

_LONG, _VOLUME, _FOLDER = 0x0F, 0x08, 0x10
_ENTRY: Final = 32
_MOST_FILES: Final = 500
_MOST_ENTRIES: Final = 20_000
_DEEPEST: Final = 8
_MOST_BYTES: Final = 16 * 1024 * 1024
#: Numbers from which on a chain ends.
_ENDS: Final = {12: 0xFF8, 16: 0xFFF8, 32: 0x0FFFFFF8}


class DiskFile(NamedTuple):
    """A file on a disk; `content` is None where it is too large."""

    name: str
    content: bytes | None


def is_fat(data: bytes) -> bool:
    """Return whether a FAT file system begins here."""
    if len(data) < 512 or data[0] not in (0xEB, 0xE9):
        return False
    size, cluster, _, tables = struct.unpack_from("<HBHB", data, 11)
    return size in (512, 1024, 2048, 4096) and cluster in (1, 2, 4, 8, 16, 32, 64, 128) and tables in (1, 2)


class Fat:
    """One file system, which begins at the first byte of `data`."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        size, cluster, reserved, tables, roots, small = struct.unpack_from("<HBHBHH", data, 11)
        length = struct.unpack_from("<H", data, 22)[0] or struct.unpack_from("<I", data, 36)[0]
        total = small or struct.unpack_from("<I", data, 32)[0]
        self.root = (reserved + tables * length) * size
        self.first = self.root + -(-roots * _ENTRY // size) * size
        self.cluster, self.table = size * cluster, reserved * size
        count = (total * size - self.first) // self.cluster if self.cluster else 0
        self.bits = 12 if count < 4085 else 16 if count < 65525 else 32
        self.root_cluster = struct.unpack_from("<I", data, 44)[0] if self.bits == 32 else 0
        self.roots = roots
        self._entries = _MOST_ENTRIES

    def files(self) -> Iterator[DiskFile]:
        """Yield the files of all folders."""
        root = self._chain(self.root_cluster, _MOST_BYTES) if self.bits == 32 else self.data[self.root : self.first]
        queue = [("", root, 0)]
        found = 0
        seen: set[int] = set()
        while queue and found < _MOST_FILES:
            path, folder, depth = queue.pop(0)
            for name, flags, cluster, size in self._listed(folder):
                if flags & _FOLDER:
                    if depth < _DEEPEST and cluster not in seen and cluster >= 2:
                        seen.add(cluster)
                        queue.append((f"{path}{name}/", self._chain(cluster, 1_000_000), depth + 1))
                else:
                    found += 1
                    yield DiskFile(path + name, self._chain(cluster, size)[:size] if size <= _MOST_BYTES else None)

    def _listed(self, folder: bytes) -> Iterator[tuple[str, int, int, int]]:
        long: list[str] = []
        for at in range(0, len(folder) - 31, _ENTRY):
            entry = folder[at : at + _ENTRY]
            self._entries -= 1
            if entry[0] == 0 or self._entries < 0:
                return
            flags = entry[11]
            if flags == _LONG and entry[0] != 0xE5:
                raw = entry[1:11] + entry[14:26] + entry[28:32]
                long.insert(0, raw.decode("utf-16-le", "replace").partition("\0")[0].rstrip("\uffff"))
                long = long[:20]
            elif entry[0] != 0xE5 and not flags & _VOLUME and entry[0] != 0x2E:
                high, low, size = struct.unpack_from("<H", entry, 20)[0], *struct.unpack_from("<HI", entry, 26)
                yield "".join(long) or _short(entry), flags, (high << 16 if self.bits == 32 else 0) | low, size
                long = []
            else:
                long = []

    def _chain(self, cluster: int, most: int) -> bytes:
        """Return the bytes of a chain of clusters, which may lead back to itself."""
        out = bytearray()
        seen: set[int] = set()
        while 2 <= cluster < _ENDS[self.bits]:
            at = self.first + (cluster - 2) * self.cluster
            if cluster in seen or at >= len(self.data) or len(out) >= most:
                break
            seen.add(cluster)
            out += self.data[at : at + self.cluster]
            cluster = self._next(cluster)
        return bytes(out)

    def _next(self, cluster: int) -> int:
        if self.bits == 12:
            at = self.table + cluster + cluster // 2
            pair = int.from_bytes(self.data[at : at + 2], "little")
            return pair >> 4 if cluster & 1 else pair & 0xFFF
        width = self.bits // 8
        at = self.table + cluster * width
        return int.from_bytes(self.data[at : at + width], "little") & (0x0FFFFFFF if width == 4 else 0xFFFF)


def _short(entry: bytes) -> str:
    stem, ending = entry[:8].decode("cp437").rstrip(), entry[8:11].decode("cp437").rstrip()
    if entry[12] & 0x08:
        stem = stem.lower()
    if entry[12] & 0x10:
        ending = ending.lower()
    return f"{stem}.{ending}" if ending else stem
