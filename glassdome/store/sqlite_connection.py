"""SQLite through aiosqlite, with one trip to its thread per statement instead of four.

Making a cursor, executing, fetching and closing are separate trips there, and on a quick statement a trip costs more than
the statement. SQLAlchemy fetches all rows at once anyway, so one trip can do all four.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

import aiosqlite

__all__ = ["connect"]

#: aiosqlite's own default for cursors that are read step by step, which we never do.
_STEP: Final = 64


async def connect(database: str, **options: Any) -> aiosqlite.Connection:
    """Open a database with the options of `sqlite3.connect`; raises sqlite3.Error."""
    connection = _Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=_STEP)
    # A process that ends must not wait for this thread.
    connection._thread.daemon = True
    return await connection


class _Connection(aiosqlite.Connection):
    """A connection whose cursors are ours."""

    def cursor(self) -> _Cursor:  # type: ignore[override]
        """Return a cursor, without a trip."""
        return _Cursor(self)


class _Cursor:
    """As much of a cursor as SQLAlchemy asks for; each result is complete when `execute` returns."""

    arraysize = 1

    def __init__(self, connection: _Connection) -> None:
        """Nothing is made in the thread before a statement is executed."""
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount, self.lastrowid = -1, None

    async def __aenter__(self) -> _Cursor:
        """Return itself."""
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> _Cursor:
        """Run one statement and keep its rows."""
        return await self._run(lambda cursor: cursor.execute(operation, parameters))

    async def executemany(self, operation: str, parameters: Sequence[Sequence[Any]]) -> _Cursor:
        """Run one statement for each of the parameters."""
        return await self._run(lambda cursor: cursor.executemany(operation, parameters))

    async def fetchall(self) -> list[Any]:
        """Return the rows."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Forget the rows; the thread's cursor was closed when it had been read."""
        self._rows = []

    async def _run(self, work: Callable[[sqlite3.Cursor], object]) -> _Cursor:
        def whole() -> tuple[Any, int, int | None, list[Any]]:
            cursor = self._connection._conn.cursor()
            try:
                work(cursor)
                rows = cursor.fetchall() if cursor.description else []
                return cursor.description, cursor.rowcount, cursor.lastrowid, rows
            finally:
                cursor.close()

        in_thread: Callable[..., Awaitable[Any]] = self._connection._execute
        self.description, self.rowcount, self.lastrowid, self._rows = await in_thread(whole)
        return self
