"""Read a whole database as it is at one moment, while others go on writing to it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.core.errors import SchemaMismatch
from glassdome.store.failures import translate
from glassdome.store.migrate import script_of, with_engine
from glassdome.store.migrate_journal import STEP_TABLE
from glassdome.store.schema_version import VERSION_TABLE, read_version

__all__ = ["PREFIX", "Row", "Snapshot", "TableRows", "columns_of", "open_snapshot", "quoted"]

#: All our tables begin so; others may be in the same schema.
PREFIX: Final = "llm_"
#: Rows fetched at once.
BATCH: Final = 1000

#: Every column of ours is text, a number or NULL, on both databases.
Row = Sequence[str | int | float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """One table: its columns, and its rows in batches, which can be read once."""

    name: str
    columns: tuple[str, ...]
    batches: AsyncIterator[Sequence[Row]]


class Snapshot:
    """The database at the moment of the first read."""

    def __init__(self, connection: AsyncConnection, schema: str, tables: Sequence[str]) -> None:
        """`schema` is the version of the tables."""
        self.schema = schema
        self._connection, self._tables = connection, tuple(tables)

    async def tables(self) -> AsyncIterator[TableRows]:
        """Yield each table; read its batches before going on to the next."""
        for name in self._tables:
            columns = await self._connection.run_sync(columns_of, name)
            yield TableRows(name=name, columns=columns, batches=self._batches(name, columns))

    async def _batches(self, name: str, columns: Sequence[str]) -> AsyncIterator[Sequence[Row]]:
        names = ", ".join(quoted(self._connection, column) for column in columns)
        statement = f"SELECT {names} FROM {quoted(self._connection, name)}"  # noqa: S608 - names of our schema
        if self._connection.dialect.name == "sqlite":
            async for batch in self._stepped(statement):
                yield batch
            return
        try:
            async with self._connection.stream(text(statement)) as result:
                async for batch in result.partitions(BATCH):
                    yield [tuple(row) for row in batch]
        except SQLAlchemyError as exc:
            raise translate(exc) from exc

    async def _stepped(self, statement: str) -> AsyncIterator[Sequence[Row]]:
        """Read step by step: our cursors for SQLite fetch whole results, and this one may be larger than memory."""
        driver: Any = (await self._connection.get_raw_connection()).driver_connection
        try:
            async with driver.execute(statement) as cursor:
                while batch := await cursor.fetchmany(BATCH):
                    yield batch
        except sqlite3.Error as exc:
            raise translate(exc) from exc


@asynccontextmanager
async def open_snapshot(url: str) -> AsyncIterator[Snapshot]:
    """Yield the database as it is now, without blocking writers. Raises SchemaMismatch for an empty one, StoreUnavailable."""
    script = await script_of()
    async with with_engine(url) as engine, engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            await connection.execution_options(isolation_level="REPEATABLE READ")
        found = await connection.run_sync(read_version, script)
        if found is None:
            raise SchemaMismatch("The database is empty, so there is nothing to save.")
        yield Snapshot(connection, found, await connection.run_sync(our_tables))


def our_tables(connection: Connection) -> list[str]:
    """Return the tables that hold our rows, in the order of their names."""
    names = inspect(connection).get_table_names()
    return sorted(name for name in names if name.startswith(PREFIX) and name not in (VERSION_TABLE, STEP_TABLE))


def columns_of(connection: Connection, table: str) -> tuple[str, ...]:
    """Return the names of a table's columns."""
    return tuple(column["name"] for column in inspect(connection).get_columns(table))


def quoted(connection: AsyncConnection, name: str) -> str:
    """Return a name as SQL writes it."""
    return connection.dialect.identifier_preparer.quote_identifier(name)
