"""Write a whole database back, in one transaction: all of it, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from glassdome.core.errors import Conflict, SchemaMismatch
from glassdome.store.migrate import migrate, script_of, with_engine
from glassdome.store.schema_version import read_version
from glassdome.store.snapshot import TableRows, columns_of, our_tables, quoted

__all__ = ["load"]


async def load(
    url: str, schema: str, tables: AsyncIterator[TableRows], *, replace: bool, before_commit: Callable[[], None]
) -> None:
    """Fill the database at `url` with `tables` of version `schema`, and migrate it to this program's version.

    `before_commit` is called in a thread when every row is written. With `replace` rows that are there go first. Raises Conflict
    for rows without `replace`, SchemaMismatch for a schema that this program does not know, StoreUnavailable.
    """
    script = await script_of()
    if schema not in {step.revision for step in script.walk_revisions()}:
        raise SchemaMismatch(
            f"A newer version of Glassdome made this backup (schema {schema}).", fix="Restore it with that version."
        )
    async with with_engine(url) as engine:
        async with engine.connect() as connection:
            found = await connection.run_sync(read_version, script)
            if not replace and (full := await connection.run_sync(_with_rows)):
                raise Conflict(
                    f"The database has data already ({', '.join(full[:3])}{' ...' if full[3:] else ''}).",
                    fix="Restore into an empty one, or use --force, which replaces all of it.",
                )
        if found not in (None, schema):
            await migrate(url)
        if found != schema and not (found and schema == script.get_current_head()):
            await migrate(url, revision=schema)
        await _fill(engine, tables, before_commit)
    await migrate(url)


def _with_rows(connection: Connection) -> list[str]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    found = our_tables(connection)
    return [name for name in found if connection.scalar(text(f"SELECT 1 FROM {quote(name)} LIMIT 1"))]  # noqa: S608


async def _fill(engine: AsyncEngine, tables: AsyncIterator[TableRows], before_commit: Callable[[], None]) -> None:
    async with engine.execution_options(glassdome_writes=True).begin() as connection:
        there = await connection.run_sync(our_tables)
        for name in there:
            await connection.execute(text(f"DELETE FROM {quoted(connection, name)}"))  # noqa: S608 - names of our schema
        async for table in tables:
            if table.name not in there:
                raise SchemaMismatch(f"The backup has a table {table.name} that its schema does not have.")
            await _insert(connection, table)
        await asyncio.to_thread(before_commit)


async def _insert(connection: AsyncConnection, table: TableRows) -> None:
    known = await connection.run_sync(columns_of, table.name)
    if unknown := set(table.columns) - set(known):
        raise SchemaMismatch(f"The backup's {table.name} has columns that its schema does not have: {sorted(unknown)}.")
    names = ", ".join(quoted(connection, column) for column in table.columns)
    places = ", ".join(f":c{n}" for n in range(len(table.columns)))
    statement = text(f"INSERT INTO {quoted(connection, table.name)} ({names}) VALUES ({places})")  # noqa: S608
    async for batch in table.batches:
        await connection.execute(statement, [{f"c{n}": value for n, value in enumerate(row)} for row in batch])
