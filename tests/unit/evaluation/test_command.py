"""`glassdome eval` as a person calls it."""

from __future__ import annotations

import json
import re
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


def test_the_page(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the commands of docs/howto/evaluate.md as they stand; the run with a model server is made with our own engine."""
    page = (Path(__file__).parents[3] / "docs" / "howto" / "evaluate.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    glassdome eval (.*)$", page, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    for command in commands:
        if "--loso" in command:  # trains for minutes, and is tried with the training
            continue
        words = command.replace("CORPUS", str(corpus)).replace("--engine ollama", "--engine builtin").split()
        code, _, told = call(*words, *([] if "--compare" in words else ["--jobs", 1]))
        assert code == 0, f"{command}: {told}"

    assert {path.name for path in tmp_path.iterdir()} >= {"run1.json", "run2.json", "report.html", "work"}
    assert len(commands) >= 3
