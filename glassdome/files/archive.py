"""Reads archives: zip, 7z, RAR, cabinet, LHA, tar and single packed files, and all files in them, nested ones too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from glassdome.files.inflate import inflate_file
from glassdome.files.other_archives import other_members
from glassdome.files.sevenzip import sevenzip_members
from glassdome.files.source import Source
from glassdome.files.tar_members import tar_members
from glassdome.files.unpacking import Member, Unpacking
from glassdome.files.zip_members import UNPACK_ERRORS, zip_members
from glassdome.parse.archive import list_archive
from glassdome.parse.state import ParseState
from glassdome.values.document import Document

__all__ = ["read"]

_PACKED: Final = frozenset(
    {"application/gzip", "application/x-bzip2", "application/x-xz", "application/x-lzma", "application/zstd"}
)
_PACKED_ENDING: Final = re.compile(r"\.(?:gz|bz2|xz|zst|lzma|z)\Z", re.IGNORECASE)
_TAR_ENDING: Final = re.compile(r"\.t(?:gz|bz2?|xz|zst)\Z", re.IGNORECASE)
_ALONE: Final = 99


def read(source: Source) -> Document:
    """Read an archive of any kind."""
    course = Unpacking(source=source)
    if source.kind in _PACKED:
        course.take(_of_packed(course))
    else:
        course.take(_OPENERS.get(source.kind, other_members)(course))
    return course.document(source.kind)


def _of_packed(course: Unpacking) -> Iterator[Member]:
    """Yield the one file of a packed file; a tar archive in it is one with it, as `.tar.gz` is to people."""
    source = course.source
    listed = list_archive(source.data, source.kind, ParseState(), depth=_ALONE).members
    try:
        content = course.unpack(inflate_file(source.kind, source.data)) if course.room else None
    except UNPACK_ERRORS:
        course.damaged, content = True, None
    if content is not None and content.startswith(b"ustar", 257):
        yield from tar_members(course, content)
        return
    yield Member(name=next(iter(listed), "") or _stem(source.name), content=content)


def _stem(name: str) -> str:
    """Name the file inside after the packed one."""
    stem = _PACKED_ENDING.sub("", name)
    return _TAR_ENDING.sub(".tar", stem) if stem != name or _TAR_ENDING.search(name) else "content"


def _of_tar(course: Unpacking) -> Iterator[Member]:
    yield from tar_members(course, course.source.data)


_OPENERS: Final[dict[str, Callable[[Unpacking], Iterator[Member]]]] = {
    "application/zip": zip_members,
    "application/x-7z-compressed": sevenzip_members,
    "application/x-tar": _of_tar,
}
