"""`glassdome eval` as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glassdome.cli.app import app

MAIL = {
    "ham": "Shall we have lunch at noon on Tuesday?",
    "spam": "Cheap watches, 80% off, buy now!",
    "phish": "Your account is suspended. Confirm your password: http://paypa1-login.example/verify",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Three folders with two mails each."""
    for label, text in MAIL.items():
        (tmp_path / "mail" / label).mkdir(parents=True)
        for number in range(2):
            raw = f"From: {label}@example.org\r\nSubject: {label} {number}\r\n\r\n{text}\r\n"
            (tmp_path / "mail" / label / f"{number}.eml").write_text(raw)
    return tmp_path / "mail"


def call(*arguments: object) -> tuple[int, str, str]:
    """Run the command; return its exit code and what it wrote to stdout and stderr."""
    result = CliRunner().invoke(app, ["eval", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_json_alone_on_stdout(corpus: Path) -> None:
    """With --json - there is one JSON document and nothing else."""
    code, out, _ = call(
        corpus, "--engine", "builtin", "--json", "-", "--jobs", 1, "--functions", "phishing,classes,cost"
    )
    assert code == 0
    assert list(json.loads(out)["functions"]) == ["phishing", "classes", "cost"]


def test_reports_and_comparison(corpus: Path, tmp_path: Path) -> None:
    """Every form is written where it was asked for; a run compared with itself has no changes."""
    places = {name: tmp_path / "out" / f"r.{name}" for name in ("json", "markdown", "html", "scorecard")}
    options = [part for name, path in places.items() for part in (f"--{name}", path)]
    assert call(corpus, "--engine", "builtin", "--jobs", 1, *options)[0] == 0
    assert places["html"].read_text().startswith("<!doctype html>")
    assert places["scorecard"].read_text().startswith("# Scorecard")
    code, out, _ = call("--compare", places["json"], places["json"])
    assert (code, "0 figures changed" in " ".join(out.split())) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Name a corpus"),
        (("nowhere",), "There is no file or folder"),
        (("{corpus}", "--functions", "phishing,magic"), "no function"),
        (("--compare", "a.json", "b.json"), "not the JSON of an evaluation"),
    ],
)
def test_wrong_use_is_said(corpus: Path, arguments: tuple[str, ...], sentence: str) -> None:
    """One sentence and exit code 2."""
    code, _, told = call(*(a.format(corpus=corpus) for a in arguments))
    assert (code, sentence in " ".join(told.split())) == (2, True)
