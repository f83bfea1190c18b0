"""`glassdome categories`: the owner's categories from the shell, checked as over REST."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from glassdome.cli.app import app

ANN = "ann@example.org"


@pytest.fixture(autouse=True)
def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSDOME_DATABASE_URL", f"sqlite:///{tmp_path / 'x.db'}")
    monkeypatch.setenv("GLASSDOME_DATA_DIR", str(tmp_path))


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["categories", *arguments])


def test_categories_live_and_end() -> None:
    """Set, renamed with what they have, cleared, removed."""
    empty = run("list", ANN).stdout
    made = run("set", ANN, "House [move]", "--word", "boxes", "--sender", "@movers.example", "--keyword")
    renamed = run("set", ANN.upper(), "Home", "--old", "House [move]")
    shown, listed = run("list", ANN).stdout, json.loads(run("list", ANN, "--json").stdout)
    cleared = run("set", ANN, "Home", "--clear", "--no-keyword")
    left = json.loads(run("list", ANN, "--json").stdout)["categories"]
    gone, again = run("remove", ANN, "Home"), run("remove", ANN, "Home")

    assert "No categories" in empty
    assert made.exit_code == renamed.exit_code == cleared.exit_code == 0, made.output + renamed.output + cleared.output
    assert "[move]" in made.stdout
    assert "glassdome-my-home" in shown
    assert listed == {
        "mailbox": ANN,
        "categories": [
            {"name": "Home", "words": ["boxes"], "senders": ["@movers.example"], "keyword": "glassdome-my-home"}
        ],
    }
    assert left == [{"name": "Home", "words": [], "senders": [], "keyword": ""}]
    assert (gone.exit_code, again.exit_code) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["set", ANN, "x", "--sender", "nobody"], 2, "A sender is an address"),
        (["set", ANN, "x" * 61], 2, "name:"),
        (["set", "ann", "x"], 2, "full address"),
        (["set", ANN, "x", "--old", "gone"], 1, "no such category"),
        (["give", ANN, "x", "y"], 2, "email_id"),
        (["give", ANN, "5", "y"], 1, "no analysis"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], code: int, word: str) -> None:
    """In one sentence."""
    done = run(*arguments)
    assert (done.exit_code, word in " ".join(done.output.split())) == (code, True), done.output
