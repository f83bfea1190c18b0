"""Databases whose schema is half-made or whose version is lost: mended where that is safe, else told with the way out."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from sqlalchemy import text

from glassdome.core.errors import SchemaMismatch
from glassdome.shapes.rendering import RENDERING
from glassdome.store import check_schema, migrate, open_database
from glassdome.store.connections import make_engine
from glassdome.store.migrate_journal import STEP_TABLE
from glassdome.store.schema_version import VERSION_TABLE
from tests.contract.store.contracts_store import analysed
from tests.samples import a_ref, an_analysis
from tests.servers.mariadb import MariaDB

VERSIONS = Path(__file__).parents[3] / "glassdome" / "store" / "migrations" / "versions"
#: Each released step and the SHA-256 of its file. A step that databases out there have run may not change: add another.
RELEASED = Path(__file__).with_name("released_steps.txt")


async def _execute(url: str, *statements: str) -> None:
    engine = await asyncio.to_thread(make_engine, url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def _head(url: str) -> str:
    engine = await asyncio.to_thread(make_engine, url)
    async with engine.connect() as connection:
        found = (await connection.scalars(text(f"SELECT version_num FROM {VERSION_TABLE}"))).all()
    await engine.dispose()
    (version,) = found
    return str(version)


async def test_a_lost_version_is_written_anew(database_url: str) -> None:
    """A lost version is written again if the tables are this program's; the stored rows stay."""
    await migrate(database_url)
    head = await _head(database_url)
    async with open_database(database_url, rendering=RENDERING) as database:
        await analysed(database, an_analysis(a_ref(1)))
    await _execute(database_url, f"DELETE FROM {VERSION_TABLE}")
    with pytest.raises(SchemaMismatch, match="not recorded"):
        await check_schema(database_url)
    await migrate(database_url)
    assert await _head(database_url) == head
    async with open_database(database_url, rendering=RENDERING) as database:
        assert await database.analyses.get(a_ref(1)) is not None
    await _execute(database_url, f"DROP TABLE {VERSION_TABLE}")
    await migrate(database_url)
    assert await _head(database_url) == head


async def test_of_two_versions_the_true_one_is_kept(database_url: str) -> None:
    """The tables say which one that is."""
    await migrate(database_url)
    head = await _head(database_url)
    await _execute(database_url, f"INSERT INTO {VERSION_TABLE} VALUES ('0001')")
    with pytest.raises(SchemaMismatch, match="2 rows"):
        await check_schema(database_url)
    await migrate(database_url)
    assert await _head(database_url) == head


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (f"INSERT INTO {VERSION_TABLE} VALUES ('0001')", f"DELETE FROM {VERSION_TABLE} WHERE version_num <> "),
        (f"DELETE FROM {VERSION_TABLE}", "Restore a backup.*DROP TABLE llm_"),
    ],
    ids=["two", "none"],
)
async def test_what_cannot_be_known_is_told_with_the_fix(database_url: str, damage: str, told: str) -> None:
    """Tables of another version beside a damaged record: nothing is touched."""
    await migrate(database_url)
    await _execute(database_url, "DROP TABLE llm_opt_in", damage)
    for refused in (check_schema, migrate):
        with pytest.raises(SchemaMismatch) as raised:
            await refused(database_url)
        assert raised.match("rows|not recorded")
        assert re.search(told, raised.value.fix)


async def test_foreign_tables_are_no_damage(database_url: str) -> None:
    """An empty database may hold tables of others."""
    await _execute(database_url, "CREATE TABLE theirs (n INTEGER)")
    await migrate(database_url)
    await _execute(database_url, f"DELETE FROM {VERSION_TABLE}")
    await migrate(database_url)
    await check_schema(database_url)


class Ended(BaseException):
    """The process ends here."""


@pytest.fixture
def ended_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, bool], None]:
    """Have a migration end at its Nth change, before or after the change itself."""
    original = Operations.invoke

    def arm(number: int, made: bool) -> None:
        count = 0

        def invoke(self: Operations, operation: Any) -> Any:
            nonlocal count
            count += 1
            if count == number and not made:
                raise Ended
            result = original(self, operation)
            if count == number:
                raise Ended
            return result

        monkeypatch.setattr(Operations, "invoke", invoke)

    return arm


@pytest.mark.servers
@pytest.mark.parametrize("made", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 30, 60])
async def test_an_interrupted_first_migration_goes_on(
    mariadb: MariaDB, ended_at: Callable[[int, bool], None], number: int, made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MariaDB commits each change by itself: the next start passes over those that were made."""
    url = mariadb.new_database()
    ended_at(number, made)
    with pytest.raises(Ended):
        await migrate(url)
    monkeypatch.undo()
    with pytest.raises(SchemaMismatch, match="glassdome migrate"):
        await check_schema(url)
    await migrate(url)
    await check_schema(url)
    assert STEP_TABLE not in mariadb.sql(f"SHOW TABLES IN {url.rpartition('/')[2]}")


@pytest.mark.servers
async def test_an_interrupted_way_down_must_be_finished(
    mariadb: MariaDB, ended_at: Callable[[int, bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start says which command finishes it, and changes nothing."""
    url = mariadb.new_database()
    await migrate(url)
    ended_at(2, True)
    with pytest.raises(Ended):
        await migrate(url, revision="0003")
    monkeypatch.undo()
    with pytest.raises(SchemaMismatch, match="was interrupted") as refused:
        await migrate(url)
    command = refused.value.fix
    assert command.startswith("Run: glassdome migrate --revision ")
    await migrate(url, revision=command.rpartition(" ")[2])
    await migrate(url)
    await check_schema(url)


def test_no_released_step_was_edited() -> None:
    """Databases out there have run it as it was."""
    known = dict(line.split() for line in RELEASED.read_text().splitlines())
    steps = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(VERSIONS.glob("[0-9]*.py"))}
    edited = [name for name, digest in known.items() if steps.get(name) != digest]
    assert edited == [], "add a new step instead; a step of the version at hand may get a new hash until its release"
    assert list(known) == list(steps)[: len(known)], "a new step must not come before a released one"
