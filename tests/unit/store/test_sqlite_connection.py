"""Opening a SQLite file: several at once may be the first."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from glassdome.store.sqlite_connection import connect

#: Opened at once, a few of a hundred plain openings are refused; so this many cannot all pass by luck.
FILES, OPENERS = 60, 6


async def _open(path: Path, timeout: float = 10) -> str:
    connection = await connect(str(path), timeout=timeout)
    try:
        cursor = await connection.cursor().execute("PRAGMA journal_mode")
        return str((await cursor.fetchall())[0][0])
    finally:
        await connection.close()


async def test_several_open_a_new_file_at_once(tmp_path: Path) -> None:
    """All wait for the one that makes it a file with a write-ahead log."""
    for number in range(FILES):
        modes = await asyncio.gather(*(_open(tmp_path / f"{number}.db") for _ in range(OPENERS)))
        assert modes == ["wal"] * OPENERS


async def test_a_file_that_stays_locked_is_refused(tmp_path: Path) -> None:
    """After the time given, and the file is left as it was."""
    path = tmp_path / "locked.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await _open(path, timeout=0.05)
    holder.execute("ROLLBACK")
    assert holder.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    holder.close()
    assert await _open(path) == "wal"
