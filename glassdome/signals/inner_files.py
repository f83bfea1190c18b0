"""Attached files with those inside them, each as if it were attached itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.values.document import Document
from glassdome.values.message import Attachment

__all__ = ["is_locked", "runs_code", "with_inner"]

#: Files from which a person takes out others; the parts of a document and the body of a forwarded mail are no files to open.
_HOLDS_FILES = re.compile(r"zip|7z|rar|tar|bzip|/x-xz|zstd|lzma|cab|iso9660|disk-image|/x-vhd|udf|onenote")


def with_inner(item: Attachment) -> Iterator[Attachment]:
    """Yield an attachment, and the files that its reader found in it, however deep."""
    yield item
    if item.document is not None:
        yield from _inner(item.document, item.filename)


def _inner(document: Document, path: str) -> Iterator[Attachment]:
    is_inline = _HOLDS_FILES.search(document.kind) is None
    for file in document.files:
        found, name = file.document, f"{path}: {file.name}"
        yield Attachment(
            filename=name,
            true_type=found.kind,
            inline=is_inline,
            size=file.size,
            encrypted=found.encrypted,
            document=found,
        )
        yield from _inner(found, name)


def is_locked(item: Attachment) -> bool:
    """Return whether a file, or one in it, opens with a password only."""
    return any(part.encrypted or (part.document is not None and part.document.encrypted) for part in with_inner(item))


def runs_code(item: Attachment) -> bool:
    """Return whether opening a file, or one in it, runs code."""
    return any(part.has_macros or (part.document is not None and part.document.is_active) for part in with_inner(item))
