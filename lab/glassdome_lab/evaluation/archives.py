"""Members of zip files, each file opened once per process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from glassdome.core.errors import InputError
from glassdome.core.limits import MAX_MESSAGE_BYTES

__all__ = ["member_names", "read_member"]


@lru_cache(maxsize=4)
def _opened(path: Path) -> ZipFile:
    try:
        return ZipFile(path)
    except (BadZipFile, OSError) as exc:
        raise InputError(f"{path} is no zip file that can be read.") from exc


def member_names(path: Path) -> frozenset[str]:
    """Return the names in a zip file; raises InputError."""
    return frozenset(_opened(path).namelist())


def read_member(path: Path, member: str) -> bytes:
    """Return one member, at most as long as the largest message; raises InputError, or KeyError without it."""
    with _opened(path).open(member) as file:
        return file.read(MAX_MESSAGE_BYTES + 1)
