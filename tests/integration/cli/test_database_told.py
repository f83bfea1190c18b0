"""Tests of the messages to an admin when the database refuses logins: the cause and the fix, in every command."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from glassdome.cli.app import app
from glassdome.cli.waiting import _migrated
from glassdome.core.config import Settings
from tests.servers.certificates import SERVER_NAME
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.mariadb import MariaDB

GOOD = "glassdome:pw-of-tests"
#: User and password, schema, and what is said, the fix, the server's own words.
WRONG = [
    ("nobody:hunter2", "gd_x", "refuses the login", "Check user and password", "Access denied for user 'nobody'"),
    (GOOD, "gd_not_made", "no schema of that name", "CREATE DATABASE", "Unknown database 'gd_not_made'"),
    (GOOD, "others", "may not use the schema", "GRANT ALL PRIVILEGES", "to database 'others'"),
]
wrong = pytest.mark.parametrize(("login", "schema", "told", "fix", "cause"), WRONG, ids=["login", "schema", "rights"])


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GLASSDOME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    yield
    # The commands configured the logs for streams that are gone.
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


def glassdome(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200", "NO_COLOR": "1"})


def rows(result: Result) -> dict[str, dict[str, str]]:
    """Return what the doctor said, the last finding of each check."""
    return {row["check"]: row for row in map(json.loads, result.stdout.splitlines())}


def use(monkeypatch: pytest.MonkeyPatch, login: str, port: int, schema: str) -> None:
    """Name the database."""
    monkeypatch.setenv("GLASSDOME_DATABASE_URL", f"mysql://{login}@127.0.0.1:{port}/{schema}")


@wrong
def test_the_doctor_says_what_the_database_says(
    mariadb: MariaDB,
    monkeypatch: pytest.MonkeyPatch,
    login: str,
    schema: str,
    told: str,
    fix: str,
    cause: str,
) -> None:
    """Its sentence, the server's words and what to do; never the password."""
    use(monkeypatch, login, mariadb.port, schema)

    result = glassdome("doctor", "--json")

    row = rows(result)["database"]
    assert (result.exit_code, row["health"]) == (1, "fail")
    assert told in row["detail"]
    assert cause in row["detail"]
    assert fix in row["fix"]
    assert login.partition(":")[2] not in result.output


@wrong
@pytest.mark.parametrize("command", [("migrate",), ("serve", "--port", "0"), ("stats",)], ids=lambda c: c[0])
def test_every_command_says_it(
    mariadb: MariaDB,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    login: str,
    schema: str,
    told: str,
    fix: str,
    cause: str,
) -> None:
    """One sentence with the fix, and the cause in the log."""
    use(monkeypatch, login, mariadb.port, schema)

    result = glassdome(*command)

    # The log quotes the server's quotes.
    said = " ".join(result.stderr.split()).replace("\\", "")
    assert result.exit_code == 1
    assert (told in said, fix in said, cause in said) == (True, True, True)
    assert login.partition(":")[2] not in result.output


def test_what_stays_general_has_its_cause_in_the_log(mariadb: MariaDB, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that is refused: whoever reads the shell can tell which and why."""
    url = mariadb.new_database()
    mariadb.sql(f"CREATE VIEW {url.rpartition('/')[2]}.llm_schema_version AS SELECT 1 AS nothing")
    monkeypatch.setenv("GLASSDOME_DATABASE_URL", url)

    result = glassdome("migrate")

    assert result.exit_code == 1
    assert "refused a statement" in result.stderr
    assert re.search(r"cause=.*version_num", result.stderr)


def test_mail_is_tried_without_the_database(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    """With the mailboxes of the settings; the database alone fails."""
    mailbox = dovecot.add_mailbox()
    use(monkeypatch, "a:b", unused_tcp_port, "gd_x")
    monkeypatch.setenv("MAILCOW_IMAP_HOST", dovecot.host)
    monkeypatch.setenv("MAILCOW_IMAP_PORT", str(dovecot.imap_port))
    monkeypatch.setenv("MAILCOW_CA_FILE", str(dovecot.certificates.ca))
    monkeypatch.setenv("MAILCOW_SERVER_NAME", SERVER_NAME)
    monkeypatch.setenv("GLASSDOME_MAILBOXES", f"{mailbox}:{PASSWORD}")

    with_mailbox = rows(glassdome("doctor", "--json"))
    monkeypatch.setenv("GLASSDOME_MAILBOXES", "")
    without = rows(glassdome("doctor", "--json"))

    assert "server started" in with_mailbox["database"]["fix"]
    assert (with_mailbox["imap"]["health"], mailbox in with_mailbox["imap"]["detail"]) == ("ok", True)
    assert (without["imap"]["health"], "answers" in without["imap"]["detail"]) == ("ok", True)


def test_closed_ports_have_fixes(monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    """Nobody is sent to a log that is not written."""
    use(monkeypatch, "a:b", unused_tcp_port, "gd_x")
    monkeypatch.setenv("MAILCOW_IMAP_HOST", "127.0.0.1")
    monkeypatch.setenv("MAILCOW_IMAP_PORT", str(unused_tcp_port))
    monkeypatch.setenv("MAILCOW_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("MAILCOW_SMTP_PORT", str(unused_tcp_port))

    result = glassdome("doctor", "--json")

    found = rows(result)
    assert [found[name]["health"] for name in ("database", "imap", "smtp")] == ["fail"] * 3
    assert "host and port in GLASSDOME_DATABASE_URL" in found["database"]["fix"]
    assert "GLASSDOME_IMAP_HOST" in found["imap"]["fix"]
    assert "GLASSDOME_SMTP_HOST" in found["smtp"]["fix"]
    assert "See the log" not in result.output


def test_waiting_says_why(unused_tcp_port: int) -> None:
    """The line in the log names what the driver met."""
    settings = Settings(database_url=f"mysql://a:hunter2@127.0.0.1:{unused_tcp_port}/gd_x")

    with capture_logs() as logs:
        there = asyncio.run(_migrated(settings, again_in=1.0))

    assert there is False
    assert "2003" in logs[0]["cause"]
    assert "Check host and port" in logs[0]["problem"]
    assert "hunter2" not in str(logs)
