"""A file that is there whole or not at all, also when its writer is killed half-way."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from glassdome.core.errors import ConfigError, Conflict

__all__ = ["whole_file"]


@contextmanager
def whole_file(path: Path, *, replace: bool = False) -> Iterator[BinaryIO]:
    """Yield a stream whose content is at `path`, for its owner alone, once the block has ended well.

    Raises Conflict where something is there already, unless `replace`; ConfigError where nothing can be written.
    """
    if path.exists() and not replace:
        raise Conflict(f"{path} is there already.", fix="Choose another name, or use --force.")
    try:
        descriptor, name = _open(path.parent)
    except OSError as exc:
        raise ConfigError(f"Nothing can be written to {path.parent}: {exc.strerror}.") from exc
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(descriptor)
            if name is None:
                name = _named(descriptor, path.parent)
        name.replace(path)
    finally:
        if name is not None:
            with suppress(FileNotFoundError):
                name.unlink()


def _open(folder: Path) -> tuple[int, Path | None]:
    """Open a file without a name, which the system itself removes after a kill; else one with a name of its own."""
    if hasattr(os, "O_TMPFILE"):
        with suppress(OSError):
            return os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600), None
    name = _new_name(folder)
    return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), name


def _named(descriptor: int, folder: Path) -> Path:
    name = _new_name(folder)
    # With a folder's descriptor Python calls linkat(2), which follows the link that /proc has for an open file.
    os.link(f"/proc/self/fd/{descriptor}", name, src_dir_fd=descriptor, follow_symlinks=True)
    return name


def _new_name(folder: Path) -> Path:
    return folder / f".glassdome-{secrets.token_hex(8)}"
