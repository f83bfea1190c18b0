"""The schema: made, checked, taken back, made by several at once, and equal to what the code expects."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from structlog.testing import capture_logs

from glassdome.core.errors import ConfigError, SchemaMismatch, StoreError, StoreUnavailable
from glassdome.shapes.rendering import RENDERING
from glassdome.store import check_schema, migrate, open_database
from glassdome.store.connections import make_engine
from glassdome.store.migrate import VERSION_TABLE
from glassdome.store.schema import metadata
from tests.servers.mariadb import MariaDB


async def _tables(url: str) -> set[str]:
    engine = await asyncio.to_thread(make_engine, url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda c: inspect(c).get_table_names())
    await engine.dispose()
    return set(names)


async def test_up_and_down(database_url: str) -> None:
    """Every table is named llm_*, and going down takes all of them away."""
    with capture_logs() as logs:
        await migrate(database_url)
    steps = [(log["step"], log["of"]) for log in logs if log["event"] == "database_schema_step"]
    assert steps == [(number, len(steps)) for number in range(1, len(steps) + 1)]
    # A new SQLite file takes a moment, and a program that uses the library prints nothing of it.
    assert steps == [] if database_url.startswith("sqlite") else len(steps) >= 10
    assert await _tables(database_url) == {*metadata.tables, VERSION_TABLE}
    await check_schema(database_url)
    await migrate(database_url, revision="base")
    assert await _tables(database_url) == {VERSION_TABLE}
    await migrate(database_url)
    await check_schema(database_url)


async def test_the_seeds_tables_and_columns_are_there(database_url: str) -> None:
    """The four tables have the columns that the documents name."""
    await migrate(database_url)
    named = {
        "llm_email_analysis": "mailbox email_id summary categories priority_score is_phishing phishing_score "
        "sensitive_data auto_reply_suggestion processing_time analyzed_at",
        "llm_processing_queue": "mailbox folder uid_validity email_id state attempts not_before lease_owner lease_until",
        "llm_config": "config_key config_value",
        "llm_user_preferences": "username auto_analysis auto_categorize phishing_alerts summary_enabled",
    }
    async with open_database(database_url, rendering=RENDERING) as database:
        for table, columns in named.items():
            await database.connections.rows(text(f"SELECT {', '.join(columns.split())} FROM {table}"))


async def test_migrations_make_what_the_code_expects(database_url: str) -> None:
    """Alembic finds no difference between the migrated database and the tables in the code."""
    await migrate(database_url)
    engine = await asyncio.to_thread(make_engine, database_url)

    def differences(connection: Any) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": False, "target_metadata": metadata}
        )
        return list(compare_metadata(context, metadata))

    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []


async def test_several_may_migrate_at_once(database_url: str) -> None:
    """The others wait for the first and find nothing left to do."""
    await asyncio.gather(*(migrate(database_url) for _ in range(4)))
    await check_schema(database_url)


async def test_a_wrong_schema_is_refused_with_the_way_out(database_url: str) -> None:
    """None: the command to run. A newer one: not touched."""
    with pytest.raises(SchemaMismatch, match="glassdome migrate"):
        await check_schema(database_url)
    await migrate(database_url)
    async with open_database(database_url, rendering=RENDERING) as database:
        await database.connections.change(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    for refused in (check_schema, migrate):
        with pytest.raises(SchemaMismatch, match="newer version"):
            await refused(database_url)


async def test_an_option_that_is_none_is_named() -> None:
    """A word that the driver does not know is a wrong setting, not a crash; those it knows pass."""
    with pytest.raises(ConfigError, match="not know: foo"):
        await migrate("mysql://u:p@127.0.0.1:1/d?foo=bar&connect_timeout=1")
    with pytest.raises(StoreUnavailable):
        await migrate("mysql://u:p@127.0.0.1:1/d?connect_timeout=1&ssl_check_hostname=false")


async def test_a_database_that_is_away_says_so(unused_tcp_port: int) -> None:
    """No server: temporary, in one sentence."""
    url = f"mysql://u:p@127.0.0.1:{unused_tcp_port}/d"
    with pytest.raises(StoreUnavailable, match="not available"):
        await migrate(url)
    async with open_database(url, rendering=RENDERING) as database:
        with pytest.raises(StoreUnavailable, match="not available"):
            await database.ping()


@pytest.mark.servers
@pytest.mark.parametrize(
    ("login", "schema", "told"),
    [
        ("glassdome:wrong", "gd_x", "refuses the login.*user and password"),
        ("glassdome:pw-of-tests", "gd_nowhere", "no schema of that name.*CREATE DATABASE"),
        ("glassdome:pw-of-tests", "elsewhere", "may not use the schema.*GRANT ALL"),
    ],
    ids=["login", "schema", "rights"],
)
async def test_what_an_admin_must_mend_says_how(mariadb: MariaDB, login: str, schema: str, told: str) -> None:
    """Waiting would not help, so it is not temporary; the server's words are facts, and in no public sentence."""
    url = f"mysql://{login}@127.0.0.1:{mariadb.port}/{schema}"
    async with open_database(url, rendering=RENDERING) as database:
        for work in (migrate(url), check_schema(url), database.ping()):
            with pytest.raises(StoreError, match=told) as refused:
                await work
            assert not refused.value.temporary
            assert "(10" in refused.value.facts["cause"]
            assert "127.0.0.1" not in refused.value.public_message


async def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    """And a place where none can be."""
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(StoreError, match="names is something else"):
        await migrate(f"sqlite:///{tmp_path / 'letter.txt'}")
    with pytest.raises(StoreUnavailable, match="may this user write to it"):
        await migrate(f"sqlite:///{tmp_path}")
