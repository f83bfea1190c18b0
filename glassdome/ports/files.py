"""The port for readers of attached files."""

from __future__ import annotations

from typing import Protocol

from glassdome.values.document import Document

__all__ = ["FileReader"]


class FileReader(Protocol):
    """Reads files of foreign formats: in child processes without network and files, or, in tests, in this process."""

    @property
    def problem(self) -> str:
        """The reason why nothing is read, empty while the reader works."""
        ...

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Return the content of one file; never raises for what the file holds.

        `kind` is its media type as `parse.magic.true_type` found it; `passwords` are tried where it is encrypted. `ocr`:
        words in pictures are read as well, which takes seconds. What could not be read says so in `read` and `problem`. Same arguments, same document.
        """
        ...

    async def aclose(self) -> None:
        """End what reads."""
        ...
