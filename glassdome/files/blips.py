"""Pictures in the streams of Office 97 files (MS-ODRAW 2.2.23), found by their first bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from glassdome.files.compound import Compound
from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.values.document import InnerFile

__all__ = ["pictures_in"]

#: Streams that hold pictures: of presentations, of documents, and of workbooks.
_STREAMS: Final = ("Pictures", "Data", "Workbook")
_BEGIN: Final = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff[\xe0\xe1\xdb]")
_MOST: Final = 12
_LEAST_BYTES: Final = 256
_TAIL: Final = 8


def pictures_in(file: Compound, source: Source) -> list[InnerFile]:
    """Read the pictures of a file, as far as the bounds allow."""
    found: list[InnerFile] = []
    for data in (piece for name in _STREAMS for piece in _pictures(file.read(name))):
        if len(found) >= _MOST:
            break
        ending = "png" if data.startswith(b"\x89") else "jpg"
        inner = read_inner(source, data, f"image {len(found) + 1}.{ending}")
        found += [inner] if inner else []
    return found


def _pictures(data: bytes) -> Iterator[bytes]:
    """Yield each picture: a PNG to its end, a JPEG to the last end mark before the next picture."""
    begins = [mark.start() for _, mark in zip(range(_MOST), _BEGIN.finditer(data), strict=False)]
    for begin, after in zip(begins, [*begins[1:], len(data)], strict=False):
        if data.startswith(b"\x89", begin):
            end = data.find(b"IEND", begin, after) + _TAIL
        else:
            end = data.rfind(b"\xff\xd9", begin, after) + 2
        if end - begin >= _LEAST_BYTES:
            yield data[begin:end]
