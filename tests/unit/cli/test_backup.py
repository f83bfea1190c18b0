"""`glassdome backup` and `restore` at a shell: the file's mode, pipes, and what is refused."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from glassdome.cli.app import app


@pytest.fixture(autouse=True)
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a database."""
    monkeypatch.setenv("GLASSDOME_DATA_DIR", str(tmp_path / "old"))
    assert 0 == run("migrate").exit_code


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, list(arguments), input=stdin, env={"COLUMNS": "300"})


def test_the_file_is_for_its_owner_and_never_replaced_unasked(tmp_path: Path) -> None:
    """Mode 600, alone in its folder; a second backup of that name needs --force."""
    file = tmp_path / "backups" / "saved.zip"
    file.parent.mkdir()

    assert 0 == run("backup", str(file)).exit_code
    assert (0o600, [file]) == (file.stat().st_mode & 0o777, list(file.parent.iterdir()))
    before = file.stat().st_ino
    refused = run("backup", str(file))
    assert (1, before) == (refused.exit_code, file.stat().st_ino)
    assert "is there already" in refused.output
    assert 0 == run("backup", str(file), "--force").exit_code
    assert (0o600, [file]) == (file.stat().st_mode & 0o777, list(file.parent.iterdir()))


def test_a_pipe_carries_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`backup -` and `restore -`, as in a container; nothing else is left in the data folder."""
    made = run("backup", "-")
    monkeypatch.setenv("GLASSDOME_DATA_DIR", str(tmp_path / "new"))

    back = run("restore", "-", stdin=made.stdout_bytes)

    assert (0, 0) == (made.exit_code, back.exit_code), back.output
    assert {"glassdome.db"} == {path.name for path in (tmp_path / "new").iterdir()}


def test_a_folder_that_is_not_there_and_a_stranger_are_told(tmp_path: Path) -> None:
    """One sentence each."""
    assert "Nothing can be written to" in run("backup", str(tmp_path / "none" / "x")).output
    (tmp_path / "x").write_text("hello")
    assert "This is no backup of Glassdome" in run("restore", str(tmp_path / "x")).output


def test_a_database_that_is_away_is_told_without_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The half-made archive says nothing of its own when it is collected, and leaves no file."""
    unraised: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", unraised.append)
    monkeypatch.setenv("GLASSDOME_DATABASE_URL", "mysql://u:p@127.0.0.1:9/x")

    refused = run("backup", str(tmp_path / "saved.zip"))
    del refused.exc_info
    gc.collect()

    assert (1, [], False) == (refused.exit_code, unraised, (tmp_path / "saved.zip").exists())
