"""Read which version of the schema a database has, and say what to do where its record is damaged."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, delete, insert, inspect, select

from glassdome.core.errors import SchemaMismatch
from glassdome.core.log import get_logger
from glassdome.store.columns import ascii_text
from glassdome.store.migrate_journal import STEP_TABLE
from glassdome.store.schema import metadata

__all__ = ["VERSION_TABLE", "mend_version", "read_version", "version_table"]

_log = get_logger(__name__)
VERSION_TABLE: Final = "llm_schema_version"
_KEEP_ONE: Final = (
    "Restore a backup, or keep the row of the version that last ran:"
    " DELETE FROM llm_schema_version WHERE version_num <> '<version>';"
)


def version_table() -> Table:
    """Return the table of the version: one row."""
    return Table(VERSION_TABLE, MetaData(), Column("version_num", ascii_text(32), primary_key=True))


def read_version(connection: Connection, script: ScriptDirectory) -> str | None:
    """Return the stored version, None for an empty database.

    Raises SchemaMismatch when only a newer program knows it, when there are several, and when there is none although our tables exist.
    """
    found = _rows(connection)
    _refuse_newer(found, script)
    if len(found) > 1:
        raise SchemaMismatch(
            f"The table {VERSION_TABLE} has {len(found)} rows ({', '.join(found)}), and only one of them is true.",
            fix=_KEEP_ONE,
        )
    if not found and (left := _left_tables(connection)):
        raise SchemaMismatch(
            f"The database has tables of Glassdome ({', '.join(left)}), but their version is not recorded: a first"
            " start of an older version was ended half-way, or the record was lost.",
            fix=f"Restore a backup. Where these tables are empty, take them away: DROP TABLE {', '.join(left)};",
        )
    return found[0] if found else None


def mend_version(connection: Connection, script: ScriptDirectory) -> None:
    """Rewrite the version where it was lost or doubled and the tables are those of this program."""
    found = _rows(connection)
    _refuse_newer(found, script)
    if len(found) == 1 or not (found or _left_tables(connection)) or _differences(connection):
        return
    table, head = version_table(), script.get_current_head()
    table.create(connection, checkfirst=True)
    connection.execute(delete(table))
    connection.execute(insert(table).values(version_num=head))
    _log.warning("schema_version_mended", found=", ".join(found) or "none", written=head)


def _rows(connection: Connection) -> list[str]:
    if not inspect(connection).has_table(VERSION_TABLE):
        return []
    return sorted(connection.scalars(select(version_table().c.version_num)))


def _refuse_newer(found: Collection[str], script: ScriptDirectory) -> None:
    known = {step.revision for step in script.walk_revisions()}
    for version in found:
        if version not in known:
            raise SchemaMismatch(
                f"A newer version of Glassdome made this database (schema {version}).",
                fix="Start that version instead, or run with it:"
                f" glassdome migrate --revision {script.get_current_head()}",
            )


def _left_tables(connection: Connection) -> list[str]:
    """Return our tables, none where a migration left its journal: that one goes on by itself."""
    there = set(inspect(connection).get_table_names())
    return [] if STEP_TABLE in there else sorted(there & set(metadata.tables))


def _differences(connection: Connection) -> list[Any]:
    def is_ours(name: str | None, kind: str, _: Any) -> bool:
        return kind != "table" or name in metadata.tables

    options = {"compare_type": False, "target_metadata": metadata, "include_name": is_ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))
