"""The words of a whole file, packed files in it too: for who must know all that leaves the house, not the beginning."""

from __future__ import annotations

import codecs
import re
import tarfile
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Final

from glassdome.core.limits import MAX_ARCHIVE_MEMBERS, MAX_OUTGOING_INFLATED_BYTES
from glassdome.parse.archive import TAR_ERRORS, open_zip, read_member, unpacked
from glassdome.parse.magic import true_type
from glassdome.parse.office import without_tags
from glassdome.parse.state import ParseState

__all__ = ["texts_of_file"]

#: Bytes by which a file is told to be no plain text.
_HEAD: Final = 4096
_MAX_NESTED: Final = 3
_TAG: Final = re.compile(r"<[^<>]{0,5000}>")


def texts_of_file(data: bytes) -> Iterator[str]:
    """Yield the text of a file: its own where it is plain, and that of each file packed in it (zip, Office, tar, gzip).

    What is encrypted, a picture, or drawn (most PDF files) yields nothing. Unpacks MAX_OUTGOING_INFLATED_BYTES at most.
    """
    yield from _texts(data, ParseState(inflated=MAX_OUTGOING_INFLATED_BYTES), depth=0)


def _texts(data: bytes, state: ParseState, *, depth: int) -> Iterator[str]:
    kind = true_type(data)
    packed = _members(data, kind, state) if depth < _MAX_NESTED else iter(())
    for name, content in packed:
        for text in _texts(content, state, depth=depth + 1):
            yield _words_of_xml(name, text) if name.endswith((".xml", ".rels")) else text
    yield _plain(data)


def _members(data: bytes, kind: str, state: ParseState) -> Iterator[tuple[str, bytes]]:
    content = unpacked(data, kind, state)
    if content.startswith(b"ustar", 257) or kind == "application/x-tar":
        yield from _of_tar(content or data, state)
    elif content:
        yield "", content
    elif (archive := open_zip(data, state)) is not None:
        for entry in archive.infolist()[:MAX_ARCHIVE_MEMBERS]:
            yield entry.filename, read_member(archive, entry.filename, state.inflated, state)


def _words_of_xml(name: str, xml: str) -> str:
    """A word may stand in several runs; cells of a sheet are words of their own, or a row of amounts were one number."""
    return unescape(_TAG.sub("\n", xml) if name.startswith("xl/") else without_tags(xml))


def _of_tar(data: bytes, state: ParseState) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=BytesIO(data), mode="r:") as archive:
            for _ in range(MAX_ARCHIVE_MEMBERS):
                if (member := archive.next()) is None:
                    return
                file = archive.extractfile(member) if member.isreg() else None
                if file is not None:
                    yield member.name, file.read()
    except TAR_ERRORS:
        return


def _plain(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    return "" if b"\0" in content[:_HEAD] else content.decode("utf-8", "replace")
