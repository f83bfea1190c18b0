"""Finds messages in files: .eml, mbox (RFC 4155), Maildir, folders of any of these, and standard input."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from glassdome.core.errors import InputError
from glassdome.core.limits import MAX_MESSAGE_BYTES

__all__ = ["MailFile", "count_hint", "find_mail"]

_MBOX_START = re.compile(rb"From .* \d\d:\d\d")
_HEADER_START = re.compile(rb"[!-9;-~]+[ \t]*:")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """One message and the name it is reported under: the path, with `#n` for the n-th message of an mbox."""

    name: str
    raw: bytes


def find_mail(paths: Sequence[str], *, stdin: BinaryIO) -> Iterator[MailFile]:
    """Yield every message under `paths`; `-` is standard input, which holds one message or an mbox.

    Raises InputError for a path that is not there or cannot be read.
    """
    for path in paths:
        if path == "-":
            yield from _from_bytes("-", stdin.read(MAX_MESSAGE_BYTES + 1))
        else:
            yield from _from_path(Path(path))


def count_hint(paths: Sequence[str]) -> int | None:
    """Return how many messages there are where that is cheap to say (single files and folders of .eml)."""
    total = 0
    for path in map(Path, paths):
        if path.is_dir():
            total += sum(1 for p in path.rglob("*") if p.is_file())
        elif path.is_file() and not _is_mbox(path):
            total += 1
        else:
            return None
    return total


def _from_path(path: Path) -> Iterator[MailFile]:
    if path.is_dir():
        if (path / "cur").is_dir() and (path / "new").is_dir():
            files = sorted([*(path / "cur").iterdir(), *(path / "new").iterdir()])
        else:
            files = sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            yield from _from_file(file)
    elif path.exists():
        yield from _from_file(path)
    else:
        raise InputError(f"There is no file or folder {str(path)!r}.")


def _from_file(path: Path) -> Iterator[MailFile]:
    try:
        if _is_mbox(path):
            yield from _from_mbox(path)
        else:
            with path.open("rb") as file:
                yield MailFile(name=str(path), raw=file.read(MAX_MESSAGE_BYTES + 1))
    except OSError as exc:
        raise InputError(f"{path} cannot be read: {exc.strerror}.") from exc


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return _MBOX_START.match(file.readline(1000)) is not None


def _from_mbox(path: Path) -> Iterator[MailFile]:
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.iterkeys(), start=1):
            yield MailFile(name=f"{path}#{number}", raw=box.get_bytes(key))
    finally:
        box.close()


def _from_bytes(name: str, data: bytes) -> Iterator[MailFile]:
    if not _MBOX_START.match(data[:1000].split(b"\n", 1)[0]):
        yield MailFile(name=name, raw=data)
        return
    # RFC 4155: a message begins after a `From ` line that follows an empty line and is followed by a header field.
    parts = re.split(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\n", data)
    for number, part in enumerate((p for p in parts if _HEADER_START.match(p)), start=1):
        yield MailFile(name=f"{name}#{number}", raw=part)
