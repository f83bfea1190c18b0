"""Two pools behind one port: the children that read files, and one that reads the meaning of words."""

from __future__ import annotations

import asyncio
from typing import Final

from glassdome.files.encoded import MEANING_KIND
from glassdome.files.sandbox.pool import SandboxFiles
from glassdome.values.document import Document

__all__ = ["SandboxReaders"]


class SandboxReaders:
    """Implements `ports.files.FileReader`. The encoder is held by one child, which starts when it is first asked."""

    def __init__(self, files: SandboxFiles, words: SandboxFiles) -> None:
        """`words` has children that read the meaning of words and nothing else."""
        self._files: Final = files
        self._words: Final = words

    @property
    def problem(self) -> str:
        """The reason why no file can be read, empty where they can."""
        return self._files.problem

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Return the content of one file, or the meaning of a text; as `SandboxFiles.read`."""
        pool = self._words if kind == MEANING_KIND else self._files
        return await pool.read(data, name=name, kind=kind, passwords=passwords, ocr=ocr)

    async def warm_up(self) -> str:
        """Start one child for files; return why none can be had, or an empty string."""
        return await self._files.warm_up()

    async def aclose(self) -> None:
        """Kill all children and wait for that."""
        await asyncio.gather(self._files.aclose(), self._words.aclose())
