"""The registry of the tables, and the options that all of them share."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import MetaData, Table
from sqlalchemy.schema import SchemaItem

from glassdome.store.columns import COLLATION

__all__ = ["FOLDER", "MAILBOX", "metadata", "table"]

#: Characters of a mailbox address (RFC 5321 4.5.3.1.3) and of a folder name; together they fit an InnoDB key.
MAILBOX, FOLDER = 254, 500


metadata = MetaData()
_OPTIONS: Final[dict[str, Any]] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}


def table(name: str, *parts: SchemaItem, **options: Any) -> Table:
    """Return a table of ours, registered."""
    return Table(name, metadata, *parts, **_OPTIONS, **options)
