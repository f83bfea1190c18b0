"""The streams of an OLE compound file (MS-CFB), within the budget."""

from __future__ import annotations

from io import BytesIO
from typing import Final

import olefile

from glassdome.files.source import Budget

__all__ = ["Compound"]

_MOST: Final = 32 * 1024 * 1024
_MOST_NAMES: Final = 2_000


class Compound:
    """The streams of one file by their paths: `VBA/dir`."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._file = olefile.OleFileIO(BytesIO(data))
        self._budget, self._most = budget, min(_MOST, len(data))
        # The library follows a chain for as many sectors as a size says, in a ring too: none is longer than the file.
        self._file.root.size = min(self._file.root.size, len(data))
        sectors = len(data) // self._file.sector_size + 1
        self._file.num_mini_fat_sectors = min(self._file.num_mini_fat_sectors, sectors)
        paths = self._file.listdir(streams=True, storages=False)[:_MOST_NAMES]
        self._paths: dict[str, list[str]] = {"/".join(path): path for path in paths}
        self.names = tuple(self._paths)
        self._known = {name.lower(): name for name in reversed(self.names)}

    def has(self, name: str) -> bool:
        """Return whether there is such a stream."""
        return name.lower() in self._known

    def read(self, name: str) -> bytes:
        """Return one stream; empty where there is none, or no room for it."""
        known = self._known.get(name.lower())
        if known is None:
            return b""
        path = self._paths[known]
        size = self._file.get_size(path)
        if size > self._most or not self._budget.take_bytes(size):
            return b""
        data: bytes = self._file.openstream(path).read()
        return data

    def under(self, folder: str) -> list[str]:
        """Return the names of the streams in a storage; an empty name is the root."""
        prefix = f"{folder.lower()}/" if folder else ""
        return [name for name in self.names if name.lower().startswith(prefix)]
