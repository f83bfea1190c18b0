"""SQLite through aiosqlite, with one trip to its thread per statement instead of four.

Making a cursor, executing, fetching and closing are separate trips there, and on a quick statement a trip costs more than
the statement. SQLAlchemy fetches all rows at once anyway, so one trip can do all four.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from threading import Thread
from typing import Any, Final

import aiosqlite
from aiosqlite.core import _connection_worker_thread

__all__ = ["connect"]

#: aiosqlite's own default for cursors that are read step by step, which we never do.
_STEP: Final = 64
#: Seconds between two tries to make a new file one with a write-ahead log.
_PAUSE: Final = 0.01
#: The bits of an extended error code that are the plain one.
_PRIMARY: Final = 0xFF
#: Steps of SQLite's virtual machine between two questions whether to go on: some milliseconds.
_ASKED_EVERY: Final = 100_000


async def connect(database: str, *, timeout: float, **options: Any) -> aiosqlite.Connection:
    """Open a database with the options of `sqlite3.connect`, waiting `timeout` seconds for locks; raises sqlite3.Error."""
    opened = partial(sqlite3.connect, database, timeout=timeout, isolation_level=None, **options)
    connection = _Connection(lambda: _prepared(opened(), timeout))
    try:
        return await connection
    except sqlite3.Error:
        # The thread still has to answer that it ends; this event loop may be closed next.
        if connection.ending is not None:
            await connection.ending
        raise


def _prepared(connection: sqlite3.Connection, timeout: float) -> sqlite3.Connection:
    """WAL lets readers and one writer work together; FULL keeps commits through a power cut.

    Of several who open a new file at once SQLite lets one make it WAL and refuses the others at once, without waiting for
    its own timeout (https://sqlite.org/c3ref/busy_handler.html, on deadlocks). So the waiting is done here.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            connection.execute("PRAGMA synchronous=FULL").close()
            return connection
        except sqlite3.DatabaseError as exc:
            if exc.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                connection.close()
                raise
        time.sleep(_PAUSE)


class _Connection(aiosqlite.Connection):
    """A connection whose cursors are ours, and that may be closed by several at once, also while it reads."""

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        """`opened` is called in the connection's thread."""
        super().__init__(lambda: self._breakable(opened()), iter_chunk_size=_STEP)
        # A process that ends must not wait for this thread.
        self._thread = Thread(target=self._serve, daemon=True)
        self._closing = self._stopped = False
        self.ending: asyncio.Future[None] | None = None

    def _serve(self) -> None:
        """Run requests until the stop request; an answer for an event loop that was closed meanwhile is dropped."""
        while True:
            try:
                _connection_worker_thread(self._tx)
                return
            except RuntimeError:
                if self._stopped and self._tx.empty():
                    return

    def _breakable(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """Let a statement that runs while this is closed end early: who asked for it has gone."""
        connection.set_progress_handler(lambda: self._closing, _ASKED_EVERY)
        return connection

    async def close(self) -> None:
        """Close, and break off what runs."""
        self._closing = True
        await super().close()

    def stop(self) -> asyncio.Future[None] | None:
        """Stop the worker thread; return a future, or None if it is already stopping.

        A task cancelled while reading and again while closing calls this twice, and the second future would never
        resolve: a thread that has ended sets no result.
        """
        told, self._closing, self._stopped = self._stopped, True, True
        if told:
            return None
        self.ending = super().stop()
        return self.ending

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
