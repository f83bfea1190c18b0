"""Reads files in this process, without a sandbox: for tests and scripts, on files that are trusted not to attack."""

from __future__ import annotations

from glassdome.files.read import read_file
from glassdome.files.source import Source
from glassdome.values.document import Document

__all__ = ["LocalFiles"]


class LocalFiles:
    """Implements `ports.files.FileReader`; the event loop stands still while it reads."""

    problem = ""

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Return the content of one file; raises MemoryError."""
        return read_file(Source(data=data, name=name, kind=kind, passwords=passwords, ocr=ocr))

    async def aclose(self) -> None:
        """Do nothing: nothing was opened."""
