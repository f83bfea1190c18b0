"""Yields the members of a tar archive."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from glassdome.files.unpacking import Member, Unpacking
from glassdome.parse.archive import TAR_ERRORS

__all__ = ["tar_members"]

_PIECE: Final = 1024 * 1024


def tar_members(course: Unpacking, data: bytes) -> Iterator[Member]:
    """Yield regular files with their content, and links and devices by name."""
    try:
        with tarfile.open(fileobj=BytesIO(data), mode="r:") as archive:
            while (member := archive.next()) is not None:
                if not member.isdir():
                    yield Member(name=member.name, content=_content(archive, member, course))
    except TAR_ERRORS:
        course.damaged = True


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, course: Unpacking) -> bytes | None:
    file = archive.extractfile(member) if member.isreg() and member.size else None
    if file is None:
        return None
    if member.size > course.room:  # a sparse file says more than the archive holds
        course.bounded = True
        return None
    return course.unpack(iter(lambda: file.read(_PIECE), b""))
