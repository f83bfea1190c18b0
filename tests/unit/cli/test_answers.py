"""`glassdome answers`: the notice and the rules from the shell, checked as over REST."""

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
    return CliRunner().invoke(app, ["answers", *arguments])


def listed() -> dict[str, object]:
    """Return the stored notice and rules."""
    found: dict[str, object] = json.loads(run("list", ANN, "--json").stdout)
    return found


def test_rules_live_and_end(tmp_path: Path) -> None:
    """Added with conditions, from a file, switched, removed."""
    words = tmp_path / "words.txt"
    words.write_text("We have it.\n", encoding="utf-8")
    added = run(
        "add", ANN, "request", "--file", str(words), "--category", "support", "--category", "bug", "--days", "3"
    )
    later = run("add", ANN.upper(), "other", "--text", "Hello [bold]you", "--off")
    shown, rules = run("list", ANN), listed()["rules"]
    off, on, gone = run("off", ANN, "request"), run("on", ANN, "other"), run("remove", ANN, "request")
    again = run("remove", ANN, "request")

    assert added.exit_code == later.exit_code == 0, added.output + later.output
    assert isinstance(rules, list)
    assert [(rule["name"], rule["text"], rule["enabled"]) for rule in rules] == [
        ("request", "We have it.", True),
        ("other", "Hello [bold]you", False),
    ]
    assert (rules[0]["categories"], rules[0]["days"]) == (["support", "bug"], 3)
    assert ("[bold]" in shown.stdout, "No absence notice" in shown.stdout) == (True, True)
    assert [result.exit_code for result in (off, on, gone, again)] == [0, 0, 0, 1]
    left = listed()["rules"]
    assert isinstance(left, list)
    assert [(rule["name"], rule["enabled"]) for rule in left] == [("other", True)]


def test_the_notice_begins_and_ends() -> None:
    """With its days; without a text it ends."""
    begun = run("absence", ANN, "--text", "Away.", "--from", "2026-12-20", "--until", "2027-01-02")
    notice, shown = listed()["absence"], run("list", ANN).stdout
    ended = run("absence", ANN)

    assert begun.exit_code == ended.exit_code == 0, begun.output
    assert notice == {"text": "Away.", "from": "2026-12-20", "until": "2027-01-02", "subject": ""}
    assert "from 2026-12-20 until 2027-01-02: Away." in " ".join(shown.split())
    assert listed()["absence"] == {"text": "", "from": "", "until": "", "subject": ""}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["add", ANN, "request"], "--text or --file"),
        (["add", ANN, "request", "--text", "x", "--file", "/dev/null"], "--text or --file"),
        (["add", ANN, "absence", "--text", "x"], "named absence"),
        (["add", ANN, "request", "--text", "x" * 4001], "4000"),
        (["add", "ann", "request", "--text", "x"], "full address"),
        (["absence", ANN, "--text", "x", "--from", "2026-12-20", "--until", "2026-12-19"], "before it begins"),
        (["absence", ANN, "--text", "x", "--from", "soon"], "absence_from"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], word: str) -> None:
    """In one sentence, with exit code 2."""
    done = run(*arguments)
    assert (done.exit_code, word in " ".join(done.output.split())) == (2, True), done.output
