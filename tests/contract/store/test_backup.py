"""`glassdome backup` and `restore` as a round trip onto a new machine, between both kinds of databases."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from glassdome.bootstrap.backup import make_backup, restore_backup
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, Conflict, ParseError, SchemaMismatch
from glassdome.core.secrets import secret_box
from glassdome.shapes.rendering import RENDERING
from glassdome.store import check_schema, migrate, open_database
from glassdome.store.snapshot import Row, open_snapshot
from tests.contract.store.contracts_store import analysed
from tests.samples import a_ref, an_analysis

NOW = datetime(2026, 11, 29, tzinfo=UTC)
MAILS = 25


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.servers)])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of the new machine's empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'glassdome.db'}"
    return str(request.getfixturevalue("mariadb").new_database())


@pytest.fixture(autouse=True)
def _many_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few rows be several batches."""
    monkeypatch.setattr("glassdome.store.snapshot.BATCH", 7)
    monkeypatch.setattr("glassdome.bootstrap.backup_file._BATCH", 4)


@pytest.fixture
def old(database_url: str, tmp_path: Path) -> Settings:
    """The settings of the machine that is saved."""
    return Settings(database_url=database_url, data_dir=tmp_path / "old-data")


@pytest.fixture
def new(new_url: str, tmp_path: Path) -> Settings:
    """The settings of the new machine."""
    return Settings(database_url=new_url, data_dir=tmp_path / "new-data")


@pytest.fixture
async def filled(old: Settings) -> Settings:
    """The old machine with mail, words of every script, and a registered password."""
    await migrate(old.database)
    box = await asyncio.to_thread(secret_box, old)
    async with open_database(old.database, box=box, rendering=RENDERING) as database:
        await analysed(
            database,
            *(an_analysis(a_ref(n), subject=f"Grüße {n} 🐮 'quoted' \\ \" \n 漢字") for n in range(1, MAILS + 1)),
        )
        await database.mailboxes.add("a@example.org", SecretStr("pw-ö"), now=NOW)
    return old


async def saved(settings: Settings) -> io.BytesIO:
    """Return a backup."""
    stream = io.BytesIO()
    await make_backup(settings, stream, clock=SystemClock(), counted=lambda _: None)
    return stream


async def restored(settings: Settings, stream: io.BytesIO, *, replace: bool = False) -> None:
    """Bring it back."""
    await restore_backup(settings, stream, replace=replace, counted=lambda _: None)


async def content(url: str) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, in an order of its own."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with open_snapshot(url) as snapshot:
        async for table in snapshot.tables():
            rows = [dict(zip(table.columns, row, strict=True)) async for row in _each(table.batches)]
            found[table.name] = sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
    return found


async def _each(batches: AsyncIterator[Sequence[Row]]) -> AsyncIterator[Row]:
    async for batch in batches:
        for row in batch:
            yield row


async def test_a_new_machine_has_everything(filled: Settings, new: Settings) -> None:
    """Every row of every table is there, on either kind of database, and the stored password can be read."""
    await restored(new, await saved(filled))

    assert await content(filled.database) == await content(new.database)
    await check_schema(new.database)
    assert 0o600 == new.key_file.stat().st_mode & 0o777
    box = await asyncio.to_thread(secret_box, new)
    async with open_database(new.database, box=box, rendering=RENDERING) as database:
        found = await database.mailboxes.get("a@example.org")
        assert found is not None
        assert "pw-ö" == found.credentials.password.get_secret_value()
        # New rows go on after the old ones.
        await analysed(database, an_analysis(a_ref(MAILS + 1)))


async def test_what_is_written_meanwhile_is_not_in_it(filled: Settings) -> None:
    """A backup is the database of one moment, and nobody waits for it."""
    before = await content(filled.database)
    after: dict[str, int] = {}
    async with open_snapshot(filled.database) as snapshot:
        async for table in snapshot.tables():
            if not after:
                async with open_database(filled.database, rendering=RENDERING) as database:
                    await analysed(database, an_analysis(a_ref(MAILS + 7)))
            after[table.name] = sum([len(batch) async for batch in table.batches])
    assert {name: len(rows) for name, rows in before.items()} == after
    assert before != await content(filled.database)


async def test_data_is_not_overwritten_unasked(filled: Settings, new: Settings) -> None:
    """A database with rows is refused, and whole as before; told so, all of it is replaced, the key too."""
    stream = await saved(filled)
    await migrate(new.database)
    await asyncio.to_thread(secret_box, new)
    async with open_database(new.database, rendering=RENDERING) as database:
        await analysed(database, an_analysis(a_ref(5, mailbox="other@example.org")))
    before, key = await content(new.database), new.key_file.read_bytes()

    with pytest.raises(Conflict):
        await restored(new, stream)
    assert (before, key) == (await content(new.database), new.key_file.read_bytes())

    await restored(new, stream, replace=True)
    assert await content(filled.database) == await content(new.database)
    assert filled.key_file.read_bytes() == new.key_file.read_bytes()


async def test_an_older_backup_is_brought_up_to_date(filled: Settings, new: Settings) -> None:
    """The rows of an older schema go into tables of that schema, which are migrated then."""
    expected = await content(filled.database)
    await migrate(filled.database, revision="0009")
    await restored(new, await saved(filled))

    await check_schema(new.database)
    found = await content(new.database)
    expected["llm_events"] = []  # a table that the older schema has not
    assert {name: len(rows) for name, rows in expected.items()} == {name: len(rows) for name, rows in found.items()}


def _changed(stream: io.BytesIO, **fields: Any) -> io.BytesIO:
    """Return a copy of a backup with another manifest."""
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, json.dumps(json.loads(data) | fields) if name == "manifest.json" else data)
    return made


async def _is_empty(url: str) -> bool:
    try:
        return not any((await content(url)).values())
    except SchemaMismatch:
        return True


async def test_a_newer_or_damaged_backup_changes_nothing(filled: Settings, new: Settings) -> None:
    """A newer schema, another format, other counts, a cut file and a changed byte are each refused."""
    stream = await saved(filled)
    with pytest.raises(SchemaMismatch, match="newer version"):
        await restored(new, _changed(stream, schema="9999"))
    with pytest.raises(ParseError, match="format"):
        await restored(new, _changed(stream, format=2))
    rows = zipfile.ZipFile(stream).read("manifest.json")
    counts = json.loads(rows)["rows"]
    with pytest.raises(ParseError, match="rows instead of"):
        await restored(new, _changed(stream, rows=counts | {"llm_email_analysis": MAILS + 1}))
    whole = stream.getvalue()
    for cut in (0, 100, len(whole) // 2, len(whole) - 1):
        with pytest.raises(ParseError):
            await restored(new, io.BytesIO(whole[:cut]))
    with pytest.raises(ParseError):
        await restored(new, io.BytesIO(whole[: len(whole) // 2] + b"\0\0\0\0" + whole[len(whole) // 2 + 4 :]))
    assert await _is_empty(new.database)
    assert not new.key_file.exists()


async def test_another_key_in_the_settings_is_told_first(filled: Settings, new: Settings, tmp_path: Path) -> None:
    """Passwords that nobody could read afterwards are refused before a row is written."""
    stream = await saved(filled)
    other = await _with_key(new.database, new.data_dir, Fernet.generate_key().decode())
    with pytest.raises(ConfigError, match="GLASSDOME_SECRET_KEY"):
        await restored(other, stream)

    key = filled.key_file.read_text()
    without = await saved(await _with_key(filled.database, tmp_path / "none", key))
    assert "secret.key" not in zipfile.ZipFile(without).namelist()
    with pytest.raises(ConfigError, match="Set GLASSDOME_SECRET_KEY"):
        await restored(new, without)
    await restored(await _with_key(new.database, new.data_dir, key), without)
    assert await content(filled.database) == await content(new.database)


async def _with_key(url: str, folder: Path, key: str) -> Settings:
    """Return settings that name the key themselves; reading the sources of settings blocks."""
    return await asyncio.to_thread(lambda: Settings(database_url=url, data_dir=folder, secret_key=key))


_KILLED = """
import asyncio, sys, time
from pathlib import Path
from glassdome.bootstrap.backup import make_backup, restore_backup
from glassdome.bootstrap.whole_file import whole_file
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings

work, url, folder, file = sys.argv[1:]
settings = Settings(database_url=url, data_dir=Path(folder))

def halfway(rows):
    print("half-way", flush=True)
    time.sleep(600)

if work == "backup":
    with whole_file(Path(file)) as stream:
        asyncio.run(make_backup(settings, stream, clock=SystemClock(), counted=halfway))
else:
    with open(file, "rb") as stream:
        asyncio.run(restore_backup(settings, stream, replace=False, counted=halfway))
"""


def _killed_half_way(work: str, settings: Settings, file: Path) -> None:
    arguments = [work, settings.database, str(settings.data_dir), str(file)]
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_KILLED), *arguments], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert any(line == "half-way\n" for line in process.stdout)
        process.send_signal(signal.SIGKILL)


async def test_killed_half_way_nothing_is_half(filled: Settings, new: Settings, tmp_path: Path) -> None:
    """A killed backup leaves no file, a killed restore no row; both can simply be run again."""
    folder = tmp_path / "backups"
    folder.mkdir()
    await asyncio.to_thread(_killed_half_way, "backup", filled, folder / "saved")
    assert [] == [path for path in folder.iterdir() if not path.name.startswith(".")]

    stream = await saved(filled)
    (folder / "saved").write_bytes(stream.getvalue())
    await asyncio.to_thread(_killed_half_way, "restore", new, folder / "saved")
    assert await _is_empty(new.database)

    await restored(new, stream)
    assert await content(filled.database) == await content(new.database)
