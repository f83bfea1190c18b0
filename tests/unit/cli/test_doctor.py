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
