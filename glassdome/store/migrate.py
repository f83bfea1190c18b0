"""Bring a database to this version's schema, or say what is wrong with the one it has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from glassdome.core.errors import SchemaMismatch, StoreUnavailable
from glassdome.store.columns import ascii_text
from glassdome.store.connections import make_engine, make_folder
from glassdome.store.failures import translate

__all__ = ["HEAD", "check_schema", "migrate"]

T = TypeVar("T")
HEAD: Final = "head"
VERSION_TABLE: Final = "llm_schema_version"
#: Seconds one process waits for another that is migrating; an index over a million rows takes about ten.
WAIT_SECONDS: Final = 300
_LOCK: Final = "glassdome.migrate"


async def migrate(url: str, *, revision: str = HEAD) -> None:
    """Migrate up to `revision` (`base` takes everything away); several processes may call it at once.

    Raises StoreUnavailable, and SchemaMismatch when a newer version of Glassdome made the schema.
    """
    await asyncio.to_thread(lambda: asyncio.run(_with_engine(url, lambda engine: _migrate(engine, revision))))


async def check_schema(url: str) -> None:
    """Return when the schema is this version's; raises SchemaMismatch with the command to run."""
    found, newest = await asyncio.to_thread(lambda: asyncio.run(_with_engine(url, _found_and_newest)))
    if found != newest:
        raise SchemaMismatch(
            f"The database schema is at version {found or 'none'}, this program needs {newest}.",
            fix="Run: glassdome migrate",
        )


async def _with_engine(url: str, work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """Run `work` on an engine of its own; Alembic reads files, which must not block the caller's event loop."""
    make_folder(url)
    engine = make_engine(url)
    try:
        return await work(engine)
    except (SQLAlchemyError, OSError, EOFError) as exc:
        raise translate(exc) from exc
    finally:
        await engine.dispose()


async def _found_and_newest(engine: AsyncEngine) -> tuple[str | None, str | None]:
    async with engine.connect() as connection:
        found = await connection.run_sync(_version)
    _refuse_newer(found)
    return found, ScriptDirectory.from_config(_config()).get_current_head()


async def _migrate(engine: AsyncEngine, revision: str) -> None:
    if engine.dialect.name == "sqlite":
        async with engine.execution_options(glassdome_writes=True).begin() as connection:
            await connection.run_sync(_apply, revision)
        return
    async with engine.connect() as connection:
        locked = await connection.scalar(
            text("SELECT GET_LOCK(:name, :seconds)"), {"name": _LOCK, "seconds": WAIT_SECONDS}
        )
        if locked != 1:
            raise StoreUnavailable("Another process has been migrating the database for too long.")
        await connection.run_sync(_apply, revision)
        await connection.commit()
        await connection.execute(text("DO RELEASE_LOCK(:name)"), {"name": _LOCK})


def _apply(connection: Connection, revision: str) -> None:
    found = _version(connection)
    _refuse_newer(found)
    script = _config()
    script.attributes["connection"] = connection
    versions = Table(VERSION_TABLE, MetaData(), Column("version_num", ascii_text(32), primary_key=True))
    versions.create(connection, checkfirst=True)
    if revision == HEAD or found is None:
        command.upgrade(script, revision)
    else:
        command.downgrade(script, revision)


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _refuse_newer(found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaMismatch(
            f"A newer version of Glassdome made this database (schema {found}).", fix="Start that version instead."
        )
