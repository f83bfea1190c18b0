"""Yields the members of RAR, cabinet, LHA, ar, cpio and ISO files by libarchive, where the host has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from glassdome.files.unpacking import Member, Unpacking
from glassdome.parse.archive import list_archive
from glassdome.parse.state import ParseState

__all__ = ["other_members"]


def other_members(course: Unpacking) -> Iterator[Member]:
    """Yield the members; where libarchive is missing or fails, the names that can be told without it."""
    listing = list_archive(course.source.data, course.source.kind, ParseState())
    course.encrypted = listing.encrypted
    try:
        import libarchive
    except (ImportError, OSError, AttributeError, TypeError):  # its library is looked for when it is imported
        course.unsupported = True
    else:
        yield from _members(libarchive, course)
    for name in listing.members:
        yield Member(name=name)


def _members(libarchive: Any, course: Unpacking) -> Iterator[Member]:
    """Yield files with their content up to the first damage, then the names of all others.

    The library falls over a cabinet whose data is read on behind damage.
    """
    errors = (libarchive.ArchiveError, OSError, ValueError)
    for content_of in (_content, _nothing):
        try:
            with libarchive.memory_reader(course.source.data) as archive:
                for entry in archive:
                    if not entry.isdir:
                        yield Member(name=_name(entry), content=content_of(entry, course))
        except errors:
            course.damaged = not course.encrypted
        else:
            return


def _nothing(entry: Any, course: Unpacking) -> None:
    """Leave the content of a file alone."""


def _name(entry: Any) -> str:
    return str(entry.pathname or "").encode("utf-8", "replace").decode("utf-8", "replace")


def _content(entry: Any, course: Unpacking) -> bytes | None:
    is_file = entry.isreg or not entry.filetype  # some programs leave the type of a file out
    if not is_file or not course.room:
        course.bounded = course.bounded or (is_file and not course.room)
        return None
    return course.unpack(entry.get_blocks())
