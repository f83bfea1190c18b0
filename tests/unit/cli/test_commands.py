"""The command line as a person meets it: output, exit codes, one clear sentence for what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from glassdome.cli.app import app
from glassdome.demo.samples import samples

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, list(arguments), input=stdin, env={"COLUMNS": "120", "NO_COLOR": "1"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the samples as .eml files."""
    found = tmp_path / "mail"
    found.mkdir()
    for sample in samples():
        (found / f"{sample.name}.eml").write_bytes(sample.raw)
    return found


def test_analyze_json_is_one_object_per_line(folder: Path) -> None:
    """`--json` writes nothing but JSON to stdout, one line per message, none left out."""
    result = run("analyze", "--json", "--authserv-id", "mx.demo.example", str(folder))

    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert (0, 26) == (result.exit_code, len(rows))
    by_name = {Path(row["file"]).stem: row for row in rows}
    assert by_name["02-phish-aligned"]["is_phishing"]
    assert not by_name["19-password-reset"]["is_phishing"]
    assert {"iban", "credit_card"} <= {s["type"] for s in by_name["05-invoice-iban-card"]["sensitive_types"]}
    assert "de" == by_name["09-german"]["language"]


def test_analyze_one_message_from_stdin_shows_a_page() -> None:
    """One message is shown whole, with the evidence of each reason."""
    raw = next(s.raw for s in samples() if s.name == "02-phish-aligned")

    result = run("analyze", "-", stdin=raw)

    assert 0 == result.exit_code
    assert "PHISHING" in result.stdout
    assert "link:0: http://paypal.com.session-check.test/login" in " ".join(result.stdout.split())


def test_mail_text_is_never_markup(tmp_path: Path) -> None:
    """Square brackets of a mail are shown as they are; escape sequences do not reach the terminal."""
    path = tmp_path / "m.eml"
    path.write_bytes(
        b"From: a@b.example\nSubject: [bold red]sale[/] \x1b[31m now\n\n[link=http://x.test]hi[/link] there\n"
    )

    result = run("analyze", str(path))

    assert 0 == result.exit_code
    assert "[bold red]sale[/]" in result.stdout
    assert "\x1b" not in result.stdout


def test_what_cannot_be_read_has_its_line_and_ends_with_1(folder: Path) -> None:
    """A file that is no message is reported with its reason; the others are judged."""
    (folder / "00-empty.eml").write_bytes(b"")

    result = run("analyze", "--json", str(folder))

    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert (1, 27) == (result.exit_code, len(rows))
    assert "not_a_message" == rows[0]["code"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["analyze", "nowhere.eml"], "There is no file or folder 'nowhere.eml'."),
        (["analyze", "--engine", "openai", "-"], "GLASSDOME_OPENAI_URL is not set."),
        (["analyze", "--engine", "magic", "-"], "GLASSDOME_ENGINE"),
        (["backfill", "a@example.org"], "No mail server is set."),
        (["worker"], "A worker needs a mail server."),
        (["actions", "undo", "--since", "yesterday"], "'yesterday' is no span of time."),
        (["actions", "undo"], "Give ids, or --since."),
        (["actions", "undo", "5", "--since", "1h"], "Give ids, or --since."),
        (["actions", "undo", "5", "--keywords"], "--mailbox and --keywords go with --since."),
        (["actions", "undo", "0"], "Input should be greater than or equal to 1"),
        (["actions", "undo", "5"], "No mail server is set."),
        (["actions", "list", "--since", "999999d"], "'999999d' is no span of time."),
        (["train", "nowhere"], "nowhere"),
        (["stats", "--days", "1000000"], "less than or equal to 36500"),
        (["analyze", "--jobs", "9999999999", "-"], "less than or equal to 256"),
        (["eval", "--jobs", "9999999999"], "less than or equal to 256"),
        (["backfill", "a@example.org", "--limit", "9" * 400], "Input should be"),
        (["backfill", "a@example.org", "--per-hour", "9" * 400], "Input should be"),
        (["monitor", "--interval", "inf"], "less than or equal to 86400"),
        (["backfill", "nobody"], "The mailbox must be a full address"),
        (["mailbox", "delete", "nobody", "--yes"], "The mailbox must be a full address"),
        (["mailbox", "register", "nobody"], "The mailbox must be a full address"),
        (["monitor", "nobody"], "The mailbox must be a full address"),
        (["send", "--from", "nobody", "--to", "a@example.org", "--body", "x"], "The mailbox must be a full address"),
    ],
)
def test_wrong_usage_is_one_sentence_and_2(arguments: list[str], sentence: str) -> None:
    """Wrong usage or settings: exit code 2, what was wrong, no traceback."""
    result = run(*arguments)

    assert 2 == result.exit_code
    assert sentence in " ".join(result.stderr.split())
    assert "Traceback" not in result.output


def test_config_show_hides_secrets_and_tells_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting with its origin; no secret in clear."""
    monkeypatch.setenv("MAILCOW_API_KEY", "K-HUNTER-1")
    monkeypatch.setenv("GLASSDOME_DATABASE_URL", "mysql://user:K-HUNTER-2@db/x")

    result = run("config", "show", "--json")

    rows = {row["setting"]: row for row in json.loads(result.stdout)}
    assert "HUNTER" not in result.stdout
    assert "environment MAILCOW_API_KEY" == rows["mailcow_api_key"]["origin"]
    assert "default" == rows["ollama_model"]["origin"]


def test_doctor_names_each_fault_with_its_fix(monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    """Dead servers are failures with a fix, and the exit code says so."""
    monkeypatch.setenv("MAILCOW_IMAP_HOST", "127.0.0.1")
    monkeypatch.setenv("MAILCOW_IMAP_PORT", str(unused_tcp_port))
    monkeypatch.setenv("GLASSDOME_MAILBOXES", "a@example.org:pw-HUNTER")
    monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{unused_tcp_port}")
    monkeypatch.setenv("GLASSDOME_ENGIN", "x")

    result = run("doctor", "--json")

    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert 1 == result.exit_code
    assert {"imap", "model"} == {row["check"] for row in rows if row["health"] == "fail"}
    assert all(row["fix"] for row in rows if row["health"] != "ok")
    assert any("GLASSDOME_ENGIN" in row["detail"] for row in rows)
    assert "HUNTER" not in result.stdout


def test_doctor_is_content_with_nothing_configured() -> None:
    """Without any setting the built-in engine works: warnings, no failure."""
    result = run("doctor")

    assert 0 == result.exit_code
    assert "the built-in engine is ready" in result.stdout


def test_migrate_and_stats_on_a_fresh_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema is made, and statistics of nothing are zeros."""
    monkeypatch.setenv("GLASSDOME_DATABASE_URL", f"sqlite:///{tmp_path}/x.db")

    migrated, shown = run("migrate"), run("stats", "--json")

    assert (0, 0) == (migrated.exit_code, shown.exit_code)
    assert 0 == json.loads(shown.stdout)["statistics"]["total"]


def test_feedback_needs_an_analysis() -> None:
    """A correction of what was never analysed is refused with a sentence."""
    result = run("feedback", "a@example.org", "7", "--label", "phish")

    assert 1 == result.exit_code
    assert "a@example.org has no analysis of 7." in " ".join(result.stderr.split())


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    """`glassdome analyze --json ... | head -1` ends quietly."""
    glassdome = Path(sys.executable).parent / "glassdome"
    done = subprocess.run(
        ["bash", "-c", f"'{glassdome}' analyze --json '{folder}' | head -n 1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert 1 == len(done.stdout.splitlines())
    assert "Traceback" not in done.stderr
