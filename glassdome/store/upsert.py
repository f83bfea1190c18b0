"""Insert or, where the key is there, change: one spelling for both databases."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = ["upsert"]


async def upsert(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    keys: Sequence[str],
    replace: Sequence[str] = (),
    add: Sequence[str] = (),
) -> None:
    """Insert `rows`; where `keys` meet a stored row, `replace` its columns and `add` to its numbers."""
    if rows:
        await connection.execute(
            _statement(connection.dialect.name, table, tuple(keys), tuple(replace), tuple(add)), rows
        )


@lru_cache(maxsize=64)
def _statement(
    dialect: str, table: Table, keys: tuple[str, ...], replace: tuple[str, ...], add: tuple[str, ...]
) -> Insert:
    """Return the statement for one row; the driver repeats it for many, and it is made and compiled only once."""
    if dialect == "mysql":
        theirs = mysql.insert(table)
        changes: dict[str, Any] = {table.c[k].name: theirs.inserted[k] for k in replace}
        changes |= {table.c[k].name: table.c[k] + theirs.inserted[k] for k in add}
        first = table.c[keys[0]]
        return theirs.on_duplicate_key_update(changes or {first.name: first})
    ours = sqlite.insert(table)
    new: dict[Any, Any] = {table.c[k]: ours.excluded[k] for k in replace}
    new |= {table.c[k]: table.c[k] + ours.excluded[k] for k in add}
    index = [table.c[k] for k in keys]
    if not new:
        return ours.on_conflict_do_nothing(index_elements=index)
    return ours.on_conflict_do_update(index_elements=index, set_=new)
