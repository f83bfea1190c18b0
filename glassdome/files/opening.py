"""Opens the file reader that the settings ask for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from glassdome.core.config.files import FileSettings
from glassdome.files.kept import KeptDocuments
from glassdome.files.sandbox.apart import SandboxReaders
from glassdome.files.sandbox.pool import WORDS_COMMAND, SandboxFiles
from glassdome.ports.files import FileReader

__all__ = ["file_reader", "open_files", "sandbox_of"]


def sandbox_of(settings: FileSettings) -> SandboxFiles:
    """Return the pool of the settings for files; nothing is started yet."""
    children = min(settings.files_children, os.cpu_count() or 1)
    return SandboxFiles(children=children, seconds=settings.files_seconds)


def _readers(settings: FileSettings) -> SandboxReaders:
    words = SandboxFiles(children=1, seconds=settings.files_seconds, command=WORDS_COMMAND)
    return SandboxReaders(sandbox_of(settings), words)


def file_reader(settings: FileSettings) -> FileReader | None:
    """Return the reader, None where the settings want none; its children start with the first file."""
    return KeptDocuments(_readers(settings)) if settings.files else None


@asynccontextmanager
async def open_files(settings: FileSettings, *, warm: bool = False) -> AsyncIterator[FileReader | None]:
    """Yield the reader and close it; `warm` starts a child meanwhile, so that the first file finds it ready."""
    if not settings.files:
        yield None
        return
    pool = _readers(settings)
    warming = asyncio.create_task(pool.warm_up()) if warm else None
    try:
        yield KeptDocuments(pool)
    finally:
        await pool.aclose()
        if warming is not None:
            warming.cancel()
            await asyncio.wait([warming])
