"""Remembers which changes of a migration were made, where the database commits each of them by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from alembic.operations.ops import CreateTableOp, MigrateOperation
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, Integer, MetaData, Table, delete, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError

from glassdome.core.errors import SchemaMismatch
from glassdome.store.columns import ascii_text
from glassdome.store.failures import error_number

__all__ = ["STEP_TABLE", "Journal", "NoJournal"]

STEP_TABLE: Final = "llm_schema_step"
#: What MariaDB says to a change that was made before: table, key or column is there (1050, 1061, 1060), or gone
#: (1051, 1091), or a table that was renamed is missing (1146).
_MADE_BEFORE: Final = frozenset({1050, 1051, 1060, 1061, 1091, 1146})
_Invoke = Callable[[MigrateOperation], Any]


class NoJournal:
    """For SQLite, where the whole migration is one transaction."""

    def begin(self, step: str) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def perform(self, operation: MigrateOperation, invoke: _Invoke) -> Any:
        """Make the change."""
        return invoke(operation)


class Journal(NoJournal):
    """Counts the changes of a step in a table that is there only while a migration runs.

    A process that was ended in the middle leaves the count; the next one skips the finished statements. Rows that a step
    writes are committed together with their count. Only the first change after the count may have been made uncounted.
    """

    def __init__(self, connection: Connection, context: MigrationContext) -> None:
        """Nothing is made before a step begins: most starts have none."""
        self._connection, self._context = connection, context
        self._table = Table(
            STEP_TABLE,
            MetaData(),
            Column("step", ascii_text(40), primary_key=True),
            Column("done", Integer, nullable=False),
            mysql_engine="InnoDB",
        )
        self._number = self._done = 0
        self._resumed = False

    def begin(self, step: str) -> None:
        """Begin a step, or go on with the one that was left; raises SchemaMismatch when that was another."""
        self._table.create(self._connection, checkfirst=True)
        found = self._connection.execute(select(self._table)).first()
        if found is not None and found.step != step:
            raise _interrupted(found.step)
        if found is None:
            self._connection.execute(insert(self._table).values(step=step, done=0))
        self._resumed, self._number, self._done = found is not None, 0, found.done if found is not None else 0
        self._connection.commit()

    def end(self) -> None:
        """Forget the step, in the transaction that writes the schema's version."""
        self._connection.execute(delete(self._table))
        self._connection.commit()

    def close(self) -> None:
        """Drop the table; raises SchemaMismatch when an unfinished step is left."""
        if not inspect(self._connection).has_table(STEP_TABLE):
            return
        if (step := self._connection.scalar(select(self._table.c.step))) is not None:
            raise _interrupted(step)
        self._table.drop(self._connection)

    def perform(self, operation: MigrateOperation, invoke: _Invoke) -> Any:
        """Make the next change of the step, unless it was made before the interruption."""
        self._number += 1
        if self._number <= self._done:
            return self._made(operation)
        result = self._invoke(operation, invoke)
        self._connection.execute(update(self._table).values(done=self._number))
        self._connection.commit()
        return result

    def _invoke(self, operation: MigrateOperation, invoke: _Invoke) -> Any:
        try:
            return invoke(operation)
        except DBAPIError as exc:
            unsure = self._resumed and self._number == self._done + 1
            if not unsure or error_number(exc) not in _MADE_BEFORE:
                raise
            return self._made(operation)

    def _made(self, operation: MigrateOperation) -> Any:
        """Return what the change returned when it was made: steps go on with the table that they created."""
        return operation.to_table(self._context) if isinstance(operation, CreateTableOp) else None


def _interrupted(step: str) -> SchemaMismatch:
    direction, revision, *below = step.split()
    target = "" if direction == "up" else f" --revision {below[0]}"
    return SchemaMismatch(
        f"The migration {direction} of schema {revision} was interrupted and must be finished first.",
        fix=f"Run: glassdome migrate{target}",
    )
