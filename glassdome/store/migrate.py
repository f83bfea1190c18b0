"""Brings a database to this version's schema, or reports the fault of the one it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from glassdome.core.errors import SchemaMismatch, StoreUnavailable
from glassdome.core.log import get_logger
from glassdome.store.connections import make_engine
from glassdome.store.failures import translate
from glassdome.store.migrate_journal import Journal, NoJournal
from glassdome.store.schema_version import VERSION_TABLE, mend_version, read_version, version_table

__all__ = ["HEAD", "VERSION_TABLE", "check_schema", "migrate", "script_of", "with_engine"]

_log = get_logger(__name__)
HEAD: Final = "head"
#: Seconds one process waits for another that is migrating; an index over a million rows takes about ten.
WAIT_SECONDS: Final = 300
_LOCK: Final = "glassdome.migrate"
_FOLDER: Final = Path(__file__).parent / "migrations"


async def migrate(url: str, *, revision: str = HEAD) -> None:
    """Migrate up to the newest schema, or down to `revision` (`base`: nothing); several processes may call it at once.

    Raises StoreUnavailable, and SchemaMismatch when a newer version of Glassdome made the schema.
    """
    script = await script_of()
    async with with_engine(url) as engine:
        await _migrate(engine, script, revision)


async def check_schema(url: str) -> None:
    """Return when the schema is this version's; raises SchemaMismatch with the command to run, StoreUnavailable."""
    script = await script_of()
    async with with_engine(url) as engine, engine.connect() as connection:
        found, newest = await connection.run_sync(read_version, script), script.get_current_head()
    if found != newest:
        raise SchemaMismatch(
            f"The database schema is at version {found or 'none'}, this program needs {newest}.",
            fix="Run: glassdome migrate",
        )


async def script_of() -> ScriptDirectory:
    """Return the steps; reading them from their files would block an event loop."""
    return await asyncio.to_thread(_script)


def _script() -> ScriptDirectory:
    script = ScriptDirectory(str(_FOLDER))
    list(script.walk_revisions())
    return script


@asynccontextmanager
async def with_engine(url: str) -> AsyncIterator[AsyncEngine]:
    """Yield an engine for one piece of work, whose failures come in our own words."""
    engine = await asyncio.to_thread(make_engine, url)
    try:
        yield engine
    except (SQLAlchemyError, OSError, EOFError) as exc:
        raise translate(exc) from exc
    finally:
        await engine.dispose()


async def _migrate(engine: AsyncEngine, script: ScriptDirectory, revision: str) -> None:
    """Migrate under a lock: SQLite's own writer lock around everything, a named lock where DDL commits by itself."""
    if engine.dialect.name == "sqlite":
        async with engine.execution_options(glassdome_writes=True).begin() as connection:
            await connection.run_sync(_apply, script, revision)
        return
    async with engine.connect() as connection:
        lock = {"name": _LOCK, "seconds": WAIT_SECONDS}
        if await connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), lock) != 1:
            raise StoreUnavailable("Another process has been migrating the database for too long.")
        await connection.run_sync(_apply, script, revision)
        await connection.commit()
        await connection.execute(text("DO RELEASE_LOCK(:name)"), {"name": _LOCK})


def _apply(connection: Connection, script: ScriptDirectory, revision: str) -> None:
    """Run the steps as Alembic's own commands do, without their configuration files."""
    mend_version(connection, script)
    upward = read_version(connection, script) is None or revision == HEAD
    steps = script._upgrade_revs if upward else script._downgrade_revs

    # On a slow disk a step on MariaDB takes seconds, in which nothing else would say why the service is not there.
    slow = connection.dialect.name != "sqlite"

    def plan(now_at: Any, _: MigrationContext) -> Iterator[Any]:
        todo = list(steps(revision, now_at[0] if now_at and not upward else now_at))
        for number, step in enumerate(todo, 1):
            if slow:
                _log.info("database_schema_step", step=number, of=len(todo), change=_name(step), first=not now_at)
            journal.begin(_name(step))
            yield step
            journal.end()
        if todo and slow:
            _log.info("database_schema_ready", steps=len(todo))

    version_table().create(connection, checkfirst=True)
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "fn": plan})
    journal = Journal(connection, context) if slow else NoJournal()
    with Operations.context(context) as operations:
        invoke = operations.invoke
        operations.invoke = lambda operation: journal.perform(operation, invoke)  # type: ignore[method-assign]
        context.run_migrations()
    journal.close()


def _name(step: Any) -> str:
    """Return `up 0002`, or `down 0002 0001` with the version below."""
    below = step.revision.down_revision or "base"
    return f"up {step.revision.revision}" if step.is_upgrade else f"down {step.revision.revision} {below}"
