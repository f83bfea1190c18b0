"""Nothing secret reaches a log, whatever its way."""

import json
import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from glassdome.core import log


@pytest.mark.parametrize(
    "value",
    [
        {"password": "hunter2"},
        {"nested": [{"X-API-Key": "hunter2"}]},
        {"note": "login with password=hunter2 failed"},
        {"url": "mysql://user:hunter2@db/x"},
        {"header": "Authorization: Bearer hunter2"},
        {"wrapped": SecretStr("hunter2")},
        {"mail_api_pw": "hunter2"},
        {"note": "my-imap_password = 'hunter2'"},
    ],
)
def test_redact(value: object) -> None:
    """The secret is gone, at any depth and in any dress."""
    assert "hunter2" not in repr(log.redact(value))


def test_both_our_events_and_foreign_ones_are_redacted(tmp_path: Path) -> None:
    """Ours and the libraries' lines go through the same chain, into the file as JSON."""
    file = tmp_path / "logs" / "processor.log"
    log.configure(level="DEBUG", file=file)

    log.get_logger("glassdome.test").info("login", mailbox="a@example.org", password="hunter2")
    logging.getLogger("foreign").warning("failed for %s", "imap://a:hunter2@host")

    text = file.read_text()
    assert "hunter2" not in text
    assert [json.loads(line)["event"] for line in text.splitlines()] == ["login", "failed for imap://a:[redacted]@host"]


def test_the_file_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON lines, five old files beside the new one, and no more."""
    monkeypatch.setattr(log, "_ROTATE_BYTES", 2000)
    path = tmp_path / "made" / "processor.log"
    log.configure(file=path)

    for number in range(400):
        log.get_logger("test").info("judged", number=number)

    files = sorted(path.parent.iterdir())
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    assert [file.name for file in files] == ["processor.log", *(f"processor.log.{n}" for n in range(1, 6))]
    assert all(file.stat().st_size <= 2000 for file in files)
    assert max(line["number"] for line in lines) == 399


def test_an_unusable_file_does_not_stop_the_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A log file that cannot be opened is said once, and logging goes on."""
    blocker = tmp_path / "file"
    blocker.write_text("")

    log.configure(file=blocker / "processor.log")

    assert "log_file_unusable" in capsys.readouterr().err
