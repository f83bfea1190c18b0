"""Finds the tables that a query reads from end to end, by the database's own plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Connections
from glassdome.store.schema import analyses, categories, documents, queue, words

__all__ = ["GROWING", "Heard", "heard", "read_through"]

#: A SELECT as the driver gets it, with its parameters.
Heard: TypeAlias = tuple[str, Any]
#: Tables that grow with the mail.
GROWING: Final = tuple(table.name for table in (analyses, categories, documents, queue, words))


@contextmanager
def heard(connections: Connections) -> Iterator[list[Heard]]:
    """Note every SELECT of the block."""
    found: list[Heard] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    engine = connections.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def read_through(connections: Connections, statements: Sequence[Heard]) -> list[str]:
    """Return the lines of the statements' plans that read a growing table without narrowing it by an index."""
    mysql = connections.dialect == "mysql"

    async def work(connection: AsyncConnection) -> list[str]:
        word = "EXPLAIN" if mysql else "EXPLAIN QUERY PLAN"
        rows = [
            row
            for statement, parameters in statements
            for row in (await connection.exec_driver_sql(f"{word} {statement}", parameters)).all()
        ]
        return [line for row in rows if (line := _mysql(row) if mysql else _sqlite(row))]

    return await connections.read(work)


def _mysql(row: Any) -> str:
    """`ALL` reads the table; a sort reads all that an index leads to, which a LIMIT cannot stop, save for named keys."""
    sorted_ = "filesort" in (row.Extra or "") and row.key != "PRIMARY"
    return str(row) if row.table in GROWING and (row.type == "ALL" or sorted_) else ""


def _sqlite(row: Any) -> str:
    """`SCAN table` reads it all; `SCAN table USING INDEX` walks in the index' order, which a LIMIT stops early."""
    detail: str = row.detail
    through = detail.startswith("SCAN") and "INDEX" not in detail
    return detail if through and any(name in detail.split() for name in GROWING) else ""
