"""A file reader with a memory: the same file in another mail is not read again."""

from __future__ import annotations

from hashlib import sha256

from glassdome.core.limits import KEPT_DOCUMENT_SECONDS, MAX_KEPT_DOCUMENT_BYTES
from glassdome.core.recent import Recent
from glassdome.ports.files import FileReader
from glassdome.values.document import Document

__all__ = ["KeptDocuments"]

#: Bytes that a document takes beside its text.
_EMPTY = 2_000
#: Problems of the moment: a machine too busy, no sandbox.
_PASSING = ("time", "off")


class KeptDocuments:
    """Implements `ports.files.FileReader` over another one; a logo or a bill to many is read once."""

    def __init__(self, reader: FileReader, *, most_bytes: int = MAX_KEPT_DOCUMENT_BYTES) -> None:
        """`most_bytes` bounds the documents that are kept."""
        self._reader = reader
        self._kept = Recent[Document](most_bytes=most_bytes, seconds=KEPT_DOCUMENT_SECONDS)

    @property
    def problem(self) -> str:
        """The reason why nothing is read, empty while the reader works."""
        return self._reader.problem

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Return the content of one file, also of one that its reader died of: it would die again."""
        key = (sha256(data).digest(), name, kind, passwords, ocr)
        if (document := self._kept.get(key)) is None:
            document = await self._reader.read(data, name=name, kind=kind, passwords=passwords, ocr=ocr)
            if document.problem not in _PASSING:
                self._kept.put(key, document, _size(document))
        return document

    async def aclose(self) -> None:
        """End what reads."""
        await self._reader.aclose()


def _size(document: Document) -> int:
    """Return about how many bytes a document takes: its words count for most, and each of its parts."""
    return sum(
        _EMPTY
        + 2 * sum(len(passage.text) for passage in inner.passages)
        + 200 * (len(inner.passages) + len(inner.links) + len(inner.codes) + len(inner.facts) + len(inner.members))
        for _, inner in document.within("")
    )
