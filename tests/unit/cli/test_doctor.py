"""What the doctor says of the owners' rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glassdome.cli.app import app

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
    """What the service would only log is told with file, line and fix."""
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
