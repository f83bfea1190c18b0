"""Changes from the shell are audited with their author; the shell shows what the service stored."""

from __future__ import annotations

import asyncio
import getpass
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from glassdome.cli.app import app
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from glassdome.values.preferences import Preferences
from tests.samples import NOON, a_ref, an_analysis, jobs


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> str:
    """A database with one analysis, and a mail server that is away."""
    found = f"sqlite:///{tmp_path / 'x.db'}"
    monkeypatch.setenv("GLASSDOME_DATABASE_URL", found)
    monkeypatch.setenv("GLASSDOME_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MAILCOW_IMAP_HOST", "127.0.0.1")
    monkeypatch.setenv("MAILCOW_IMAP_PORT", str(unused_tcp_port))

    async def fill() -> None:
        await migrate(found)
        async with open_database(found, rendering=RENDERING) as database:
            await database.queue.enqueue(jobs(1), now=NOON)
            (job,) = await database.queue.claim("test", limit=1, lease=timedelta(minutes=1), now=NOON)
            assert await database.queue.complete(job, an_analysis(a_ref(1)), actions=(), now=NOON)
            await database.config.write_config({"llm_batch_size": "7"}, now=NOON)

    asyncio.run(fill())
    return found


def audited(url: str) -> tuple[Mapping[str, Any], ...]:
    """Return what the audit says."""

    async def read() -> tuple[Mapping[str, Any], ...]:
        async with open_database(url, rendering=RENDERING) as database:
            return tuple(await database.history.audited())

    return asyncio.run(read())


@pytest.mark.parametrize(
    ("arguments", "action"),
    [
        (["feedback", a_ref(1).mailbox, "1", "--label", "ham"], "add_feedback"),
        (["actions", "undo", "5"], "edit_actions"),
        (["actions", "undo", "--since", "1h"], "edit_actions"),
        (["backfill", "new@example.org", "--choose"], "edit_preferences"),
    ],
)
def test_what_the_shell_changes_is_audited(url: str, arguments: list[str], action: str) -> None:
    """With the user's name, also where the mail server then was away."""
    CliRunner().invoke(app, arguments)

    (entry,) = audited(url)
    assert (entry["actor"], entry["action"]) == (f"cli:{getpass.getuser()}", action)


def test_backfill_means_the_mailbox_that_mailcow_keeps(url: str) -> None:
    """However its name is written: one row of preferences, one identity in the queue and the audit."""
    CliRunner().invoke(app, ["backfill", "New@Example.ORG", "--choose"])

    async def chosen() -> tuple[str, ...]:
        async with open_database(url, rendering=RENDERING) as database:
            return await database.preferences.chosen_mailboxes()

    assert asyncio.run(chosen()) == ("new@example.org",)
    assert [entry["subject"] for entry in audited(url)] == ["new@example.org"]


@pytest.mark.parametrize("options", [(), ("--choose",)], ids=["plain", "choose"])
def test_backfill_respects_the_owners_no(url: str, options: tuple[str, ...]) -> None:
    """`auto_analysis: false` always says no, to --choose too; nothing is queued or changed."""
    no = Preferences(username="new@example.org", chosen=True, auto_analysis=False)

    async def store() -> None:
        async with open_database(url, rendering=RENDERING) as database:
            await database.preferences.set_preferences(no, now=NOON)

    async def stored() -> Preferences:
        async with open_database(url, rendering=RENDERING) as database:
            return await database.preferences.get_preferences(no.username)

    asyncio.run(store())

    result = CliRunner().invoke(app, ["backfill", "New@example.org", *options])

    assert result.exit_code == 1
    assert "switched its analysis off (auto_analysis)" in " ".join(result.stderr.split())
    assert (asyncio.run(stored()), audited(url)) == (no, ())


def test_config_show_knows_the_table(url: str) -> None:
    """The value that the service uses, with where it came from."""
    shown = {row["setting"]: row for row in json.loads(CliRunner().invoke(app, ["config", "show", "--json"]).stdout)}

    assert (shown["llm_batch_size"]["value"], shown["llm_batch_size"]["origin"]) == (7, "llm_config")


def test_config_show_shows_every_character(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets too, which mean something to who draws the table."""
    monkeypatch.setenv("GLASSDOME_DATABASE_URL", "mysql://me:hunter2@127.0.0.1:1/db")
    monkeypatch.setattr("glassdome.cli.config.out", Console(width=300))

    result = CliRunner().invoke(app, ["config", "show", "--changed"])

    assert "mysql://me:[redacted]@127.0.0.1:1/db" in result.stdout
    assert "Without the llm_config table: " in result.stderr


def test_stats_draws_what_there_is(url: str) -> None:
    """Mail per day, categories and engines as bars, in the width of the terminal."""
    shown = CliRunner().invoke(app, ["stats", "--days", "36500"], env={"COLUMNS": "80"}).stdout

    assert [title for title in ("mail per day", "categories", "engines") if title not in shown] == []
    assert f"{NOON:%Y-%m-%d}  1  █" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_list_without_mailcow_names_the_other_list(url: str) -> None:
    """There is no mailcow to ask, and the agent knows what it watches."""
    result = CliRunner().invoke(app, ["mailbox", "list"], env={"COLUMNS": "300"})

    assert 2 == result.exit_code
    assert "glassdome mailbox list --registered" in result.output


def test_no_registered_mailbox_is_said(url: str) -> None:
    """Beside the list, which stays empty for programs."""
    shown = CliRunner().invoke(app, ["mailbox", "list", "--registered"])

    assert (shown.exit_code, shown.stdout) == (0, "")
    assert "No mailbox is registered" in shown.stderr
