"""Insert or, where the key is there, change: one spelling for both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
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
    if not rows:
        return
    if connection.dialect.name == "mysql":
        theirs = mysql.insert(table).values(list(rows))
        changes: dict[str, Any] = {table.c[k].name: theirs.inserted[k] for k in replace}
        changes |= {table.c[k].name: table.c[k] + theirs.inserted[k] for k in add}
        first = table.c[keys[0]]
        await connection.execute(theirs.on_duplicate_key_update(changes or {first.name: first}))
        return
    ours = sqlite.insert(table).values(list(rows))
    new: dict[Any, Any] = {table.c[k]: ours.excluded[k] for k in replace}
    new |= {table.c[k]: table.c[k] + ours.excluded[k] for k in add}
    index = [table.c[k] for k in keys]
    conflict = (
        ours.on_conflict_do_update(index_elements=index, set_=new)
        if new
        else ours.on_conflict_do_nothing(index_elements=index)
    )
    await connection.execute(conflict)
