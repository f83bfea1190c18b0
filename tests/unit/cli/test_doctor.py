"""`glassdome doctor`: the owners' rules, hidden settings, and which parts are on."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from typer.testing import CliRunner

from glassdome.cli.app import app
from glassdome.core.secrets import SecretBox
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from glassdome.values.preferences import Preferences
from tests.samples import NOON

RULE = '[[rule]]\nname = "boss"\nsender = "boss@example.org"\npriority = 9\n'


@pytest.mark.parametrize(
    ("text", "health", "told"),
    [
        (RULE, "ok", "my.toml: 1 read"),
        (RULE + '[[rule]]\nname = "x"\nsender = "*"\ncategory = "cheese"\n', "fail", "my.toml: Line 5: Rule 'x'"),
        ("[[rule", "fail", "my.toml: The rules are not valid TOML"),
        (None, "warn", "my.toml is not there"),
    ],
    ids=["good", "bad rule", "no toml", "no file"],
)
def test_doctor_reads_the_owners_rules(
    text: str | None, health: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doctor reports rule errors, which the service only logs, with file, line and fix."""
    if text is not None:
        (tmp_path / "my.toml").write_text(text)
    monkeypatch.setenv("GLASSDOME_RULES", "my.toml")

    result = CliRunner().invoke(app, ["doctor", "--json"])

    (row,) = [row for row in map(json.loads, result.stdout.splitlines()) if row["check"] == "rules"]
    assert (health, health == "ok") == (row["health"], row["fix"] == "")
    assert told in row["detail"]
    assert (1 if health == "fail" else 0) == result.exit_code


def test_a_data_folder_that_cannot_be_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part that needs it fails with the folder's name, and the others are looked at; other commands say it too."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("GLASSDOME_DATA_DIR", str(tmp_path / "file" / "data"))

    result = CliRunner().invoke(app, ["doctor", "--json"])
    stats = CliRunner().invoke(app, ["stats"], env={"COLUMNS": "300"})

    rows = {row["check"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert (result.exit_code, rows["database"]["health"], rows["engine"]["health"]) == (1, "fail", "ok")
    assert str(tmp_path / "file") in rows["database"]["detail"]
    assert "may this user" in rows["database"]["fix"]
    assert (stats.exit_code, stats.stderr.startswith(f"glassdome: {tmp_path / 'file'}")) == (1, True)


@pytest.mark.parametrize("mailbox", ["", "overseer@example.org"])
def test_doctor_says_when_nobody_is_warned(mailbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings of phishing need a mailbox that they are sent from."""
    monkeypatch.setenv("GLASSDOME_IMAP_HOST", "127.0.0.1")
    monkeypatch.setenv("GLASSDOME_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("GLASSDOME_IMAP_PORT", "1")
    monkeypatch.setenv("GLASSDOME_SMTP_PORT", "1")
    monkeypatch.setenv("GLASSDOME_OVERSEER_MAILBOX", mailbox)

    result = CliRunner().invoke(app, ["doctor", "--json"])

    found = [row["health"] for row in map(json.loads, result.stdout.splitlines()) if row["check"] == "warnings"]
    assert found == ([] if mailbox else ["warn"])


def rows_of_doctor() -> dict[str, dict[str, str]]:
    """Return the last finding of each name."""
    result = CliRunner().invoke(app, ["doctor", "--json"])
    return {row["check"]: row for row in map(json.loads, result.stdout.splitlines())}


def test_doctor_tells_a_hidden_line_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit of config.yml that changes nothing would send its owner looking everywhere else."""
    (tmp_path / "config.yml").write_text("ollama:\n  model: qwen3:8b\n")
    monkeypatch.setenv("GLASSDOME_CONFIG", str(tmp_path / "config.yml"))
    monkeypatch.setenv("OLLAMA_MODEL", "llama3.2:1b")

    row = rows_of_doctor()["settings"]

    assert "ollama.model" in row["detail"]
    assert "environment OLLAMA_MODEL (in mailcow: mailcow.conf) hides it" in row["detail"]
    assert (row["health"], bool(row["fix"])) == ("warn", True)


PARTS = ("analysis", "push", "overseer", "alerts", "reports", "commands", "agent", "actions")


def test_doctor_says_how_each_part_is_switched_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing set every part is off, which is no fault, and the line below says what to set."""
    monkeypatch.setenv("GLASSDOME_DATA_DIR", str(tmp_path))

    rows = rows_of_doctor()

    assert {name: (rows[name]["health"], rows[name]["detail"][:4]) for name in PARTS} == dict.fromkeys(
        PARTS, ("ok", "off:")
    )
    assert all(rows[name]["fix"] for name in PARTS)


def test_doctor_says_which_parts_are_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the settings and what the database holds."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    settings = {
        "GLASSDOME_DATA_DIR": str(tmp_path),
        "GLASSDOME_DATABASE_URL": url,
        "GLASSDOME_MAILBOXES": "b@example.org",
        "GLASSDOME_PUSH_SECRET": "a secret of the doorbell",
        "GLASSDOME_OVERSEER_MAILBOX": "overseer@example.org",
        "GLASSDOME_OVERSEER_RECIPIENTS": "admin@example.org",
        "GLASSDOME_OVERSEER_WEEKLY_AT": "never",
        "GLASSDOME_COMMAND_SENDERS": "admin@example.org:rw",
        "GLASSDOME_COMMAND_SECRET": "0123456789abcdef0123",
    } | {f"GLASSDOME_{name}_HOST": "127.0.0.1" for name in ("IMAP", "SMTP")}
    settings |= {f"GLASSDOME_{name}_PORT": "1" for name in ("IMAP", "SMTP")}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    async def fill() -> None:
        await migrate(url)
        async with open_database(url, box=SecretBox(Fernet.generate_key().decode()), rendering=RENDERING) as database:
            wishes = Preferences(username="a@example.org", chosen=True, flag_phishing=True, move_to_junk=True)
            await database.preferences.set_preferences(wishes, now=NOON)
            await database.mailboxes.add("a@example.org", SecretStr("x"), now=NOON)

    asyncio.run(fill())

    rows = rows_of_doctor()

    assert {name: rows[name]["detail"].removeprefix("on: ") for name in PARTS} == {
        "analysis": "2 mailboxes, without a language model",
        "push": "Dovecot rings at each delivery",
        "overseer": "it writes from overseer@example.org, wherever `glassdome agent run` runs",
        "alerts": "to admin@example.org",
        "reports": "daily at 07:00, UTC",
        "commands": "by mail from admin@example.org",
        "agent": "1 mailbox registered",
        "actions": "flag_phishing in 1, move_to_junk in 1 of 2 mailboxes",
    }
