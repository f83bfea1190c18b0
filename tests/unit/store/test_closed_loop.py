"""A statement that runs longer than the event loop that asked for it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from glassdome.store import sqlite_connection

WAIT = "SELECT wait_for_it()"


@pytest.mark.parametrize("told", [False, True], ids=["before it is told to end", "after it was told"])
def test_its_thread_complains_to_nobody_and_ends(told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    running, closed = threading.Event(), threading.Event()

    def wait_for_it() -> int:
        running.set()
        return int(closed.wait(60))

    async def leave() -> sqlite_connection._Connection:
        connection = await sqlite_connection.connect(str(tmp_path / "db"), timeout=1)
        assert isinstance(connection, sqlite_connection._Connection)
        await connection.create_function("wait_for_it", 0, wait_for_it)
        asyncio.get_running_loop().call_soon(asyncio.ensure_future, connection.cursor().execute(WAIT))
        await asyncio.to_thread(running.wait, 60)
        if told:
            connection.stop()
        return connection

    connection = asyncio.run(leave())
    closed.set()
    if not told:
        connection.stop()
    connection._thread.join(60)
    assert not connection._thread.is_alive()
    assert failures == []
    with pytest.raises((sqlite3.ProgrammingError, ValueError)):
        connection._conn.execute("SELECT 1")
