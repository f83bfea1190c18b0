"""The registry of the tables, and the options that all of them share."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import MetaData, Table
from sqlalchemy.schema import SchemaItem

from glassdome.store.columns import COLLATION

__all__ = ["metadata", "table"]

metadata = MetaData()
_OPTIONS: Final[dict[str, Any]] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}


def table(name: str, *parts: SchemaItem, **options: Any) -> Table:
    """Return a table of ours, registered."""
    return Table(name, metadata, *parts, **_OPTIONS, **options)
