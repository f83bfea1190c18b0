"""Connections and transactions: bounded, repeated after conflicts, every failure in our own words."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Executable, Row, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from glassdome.core.errors import ConfigError
from glassdome.store.failures import is_conflict, translate
from glassdome.store.sqlite_connection import connect

__all__ = ["Connections", "Store", "driver_url", "make_engine"]

T = TypeVar("T")
#: Connections one process holds; a worker needs about one per concurrent job, and MariaDB allows 151 in all.
POOL_SIZE: Final = 5
POOL_OVERFLOW: Final = 10
#: Seconds to wait for a free connection, for a new one, for SQLite's writer lock.
POOL_SECONDS: Final = 10
CONNECT_SECONDS: Final = 5
LOCK_SECONDS: Final = 10
#: Seconds for one piece of work with all its tries: sums over a million rows take some; whoever waits for a write to be
#: stored behind a proxy must hear that it was not before the proxy gives up.
READ_SECONDS: Final = 20.0
WRITE_SECONDS: Final = 15.0
#: Seconds in which what ran out of time may end by itself; a disk that hangs never lets it, so it is left behind then.
_END_SECONDS: Final = 1.0
#: How often a transaction that lost against another is run again, and the first pause in seconds.
TRIES: Final = 8
PAUSE: Final = 0.01
#: Seconds after which a connection is replaced; below MariaDB's default wait_timeout of eight hours.
RECYCLE_SECONDS: Final = 1800
#: mailcow and others run without strict mode, in which MariaDB would cut what does not fit.
_SESSION: Final = "SET SESSION sql_mode='TRADITIONAL', time_zone='+00:00', innodb_lock_wait_timeout=10"


def driver_url(url: str) -> URL:
    """Return the URL with its asynchronous driver; raises ConfigError when it is none of ours."""
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        raise ConfigError(
            "The database URL cannot be read.", fix="Write sqlite:///path or mysql://user:pw@host/db."
        ) from exc
    drivers = {"sqlite": "sqlite+aiosqlite", "mysql": "mysql+asyncmy", "mariadb": "mysql+asyncmy"}
    scheme = parsed.drivername.partition("+")[0]
    if scheme not in drivers or not parsed.database:
        raise ConfigError("GLASSDOME_DATABASE_URL must be sqlite:///path or mysql://user:password@host/database.")
    return parsed.set(drivername=drivers[scheme])


def make_engine(url: str, *, pool_size: int = POOL_SIZE) -> AsyncEngine:
    """Make an engine, and the folder of a SQLite file; loads the driver, so call it in a thread."""
    parsed = driver_url(url)
    bounds: dict[str, Any] = {"pool_size": pool_size, "max_overflow": POOL_OVERFLOW, "pool_timeout": POOL_SECONDS}
    if parsed.drivername.startswith("sqlite"):
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            parsed, connect_args={"timeout": LOCK_SECONDS, "async_creator_fn": connect}, **bounds
        )
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    engine = create_async_engine(
        parsed.update_query_dict({"charset": "utf8mb4"}),
        connect_args={"init_command": _SESSION, "connect_timeout": CONNECT_SECONDS},
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_recycle=RECYCLE_SECONDS,
        **bounds,
    )
    _check_options(engine, parsed)
    return engine


def _check_options(engine: AsyncEngine, url: URL) -> None:
    """Raise ConfigError where the URL has an option that the driver does not take: it would fail at each connection."""
    from asyncmy.connection import Connection

    given = engine.dialect.create_connect_args(url)[1]
    if unknown := sorted(given.keys() - inspect.signature(Connection.__init__).parameters.keys()):
        raise ConfigError(
            f"The database URL has options that the driver does not know: {', '.join(unknown)}.",
            fix="Take them out of GLASSDOME_DATABASE_URL; unix_socket, ssl_ca and connect_timeout are some that it knows.",
        )


def _begin_sqlite(connection: Any) -> None:
    """A transaction that will write takes the writer's lock at once: upgrading later would fail instead of waiting."""
    writes = connection.get_execution_options().get("glassdome_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Connections:
    """Runs units of work, each in one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        """`engine` comes from `make_engine`."""
        self.engine = engine
        self._writer = engine.execution_options(glassdome_writes=True)
        self.dialect: str = engine.dialect.name

    async def read(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run `work` in a reading transaction."""
        return await self._run(self.engine, work, READ_SECONDS)

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run `work` in a writing transaction, again from its start after a deadlock or lost certification.

        Raises StoreUnavailable when it is not stored within WRITE_SECONDS: a lock, a full disk, one that hangs.
        """
        return await self._run(self._writer, work, WRITE_SECONDS)

    async def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """Return all rows of one query."""

        async def work(connection: AsyncConnection) -> Sequence[Row[Any]]:
            return (await connection.execute(statement)).all()

        return await self.read(work)

    async def row(self, statement: Executable) -> Row[Any] | None:
        """Return the first row of one query."""
        return next(iter(await self.rows(statement)), None)

    async def change(self, statement: Executable) -> int:
        """Run one changing statement and return how many rows it matched."""

        async def work(connection: AsyncConnection) -> int:
            return int((await connection.execute(statement)).rowcount)

        return await self.write(work)

    async def aclose(self) -> None:
        """Close all connections."""
        await self.engine.dispose()

    async def _run(self, engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]], seconds: float) -> T:
        time = asyncio.get_running_loop().time
        deadline = time() + seconds
        for attempt in range(1, TRIES + 1):
            try:
                return await _within(deadline - time(), _attempt(engine, work))
            except (SQLAlchemyError, OSError, EOFError, TimeoutError) as exc:
                if attempt == TRIES or time() >= deadline or not is_conflict(exc):
                    raise translate(exc) from exc
            await asyncio.sleep(PAUSE * 2**attempt * random.uniform(0.5, 1.5))
        raise AssertionError("unreachable")


class Store:
    """The tables of one subject, over the connections that all stores share."""

    def __init__(self, connections: Connections) -> None:
        """Share the connections of the database."""
        self._db = connections


async def _attempt(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async with engine.begin() as connection:
        return await work(connection)


async def _within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns; raises TimeoutError after `seconds`, also where it cannot be broken off.

    A thread that waits for a disk hears nothing, and what it does cannot even be rolled back before it is done.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait((task,), timeout=seconds)
        if task.done():
            return task.result()
        raise TimeoutError
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait((task,), timeout=_END_SECONDS)
            task.add_done_callback(_heard)


def _heard(task: asyncio.Task[Any]) -> None:
    """Consume the result of an abandoned task, so that asyncio does not report it as never retrieved."""
    if not task.cancelled():
        task.exception()
