"""Opening a SQLite file: several at once may be the first."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from glassdome.store.connections import Connections, make_engine
from glassdome.store.sqlite_connection import connect

#: Opened at once, a few of a hundred plain openings are refused; so this many cannot all pass by luck.
FILES, OPENERS = 60, 6
_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
#: How aiosqlite's threads are named, behind a number.
_THREAD = "(_connection_worker_thread)"


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


async def test_what_is_no_database_is_refused_at_once(tmp_path: Path) -> None:
    """Not waited for, and not held open."""
    path = tmp_path / "text.db"
    path.write_text("no database, but long enough to be looked at" * 100)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        await asyncio.wait_for(_open(path, timeout=60), 10)


async def test_closing_what_was_told_to_stop_ends(tmp_path: Path) -> None:
    """Not only the first of those who close is answered."""
    connection = await connect(str(tmp_path / "a.db"), timeout=10)
    connection.stop()
    with suppress(ValueError):  # "Connection closed", unless the thread was quicker and there is nothing left to close
        await asyncio.wait_for(connection.close(), 10)
    await asyncio.wait_for(asyncio.to_thread(connection._thread.join), 10)


async def test_closing_breaks_off_what_runs(tmp_path: Path) -> None:
    """The thread of a reader that was cancelled does not read on for nobody."""
    connection = await connect(str(tmp_path / "a.db"), timeout=10)
    reading = asyncio.create_task(connection.cursor().execute(_ENDLESS))
    await asyncio.sleep(0.01)
    await asyncio.wait_for(connection.close(), 10)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        await reading


async def test_a_reader_cancelled_twice_leaves_nothing_behind(tmp_path: Path) -> None:
    """Once while it reads, and again while its connection is closed for that."""
    connections = Connections(await asyncio.to_thread(make_engine, f"sqlite:///{tmp_path / 'a.db'}"))
    before, threads = asyncio.all_tasks(), set(threading.enumerate())
    for pause in range(20):
        task = asyncio.create_task(connections.row(text(_ENDLESS)))
        await asyncio.sleep(0.002 + pause * 0.0005)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task
    await connections.aclose()
    async with asyncio.timeout(10):
        while left := asyncio.all_tasks() - before:
            await asyncio.wait(left)
        for thread in {t for t in threading.enumerate() if t.name.endswith(_THREAD)} - threads:
            await asyncio.to_thread(thread.join)
    assert asyncio.all_tasks() == before
