"""The agent with an IMAP and a submission server and no mailcow: register, send, monitor, the daemon, from Python."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.cli.app import app
from glassdome.core.config import Settings
from tests.servers.dovecot import DOMAIN, PASSWORD, Dovecot
from tests.servers.postfix import Postfix


@pytest.fixture(params=["starttls", "implicit"])
def plain_server(
    request: pytest.FixtureRequest, dovecot: Dovecot, postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> Dovecot:
    """An environment that names servers on ports of their own, each with one way to begin TLS."""
    implicit = request.param == "implicit"
    values = {
        "GLASSDOME_IMAP_HOST": "localhost",
        "GLASSDOME_IMAP_PORT": dovecot.imaps_port if implicit else dovecot.imap_port,
        "GLASSDOME_IMAP_TLS": request.param,
        "GLASSDOME_SMTP_HOST": "localhost",
        "GLASSDOME_SMTP_PORT": postfix.submissions_port if implicit else postfix.submission_port,
        "GLASSDOME_SMTP_TLS": request.param,
        "GLASSDOME_CA_FILE": dovecot.certificates.ca,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("COLUMNS", "200")
    return dovecot


def glassdome(*arguments: str, stdin: str = "") -> Any:
    """Run `glassdome ... --json` and return the one object it prints."""
    (found,) = lines(*arguments, stdin=stdin)
    return found


def lines(*arguments: str, stdin: str = "") -> list[Any]:
    """Run `glassdome ... --json` and return the objects it prints, one a line."""
    done = CliRunner().invoke(app, [*arguments, "--json"], input=stdin)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def login_of(server: Dovecot, mailbox: str) -> str:
    """Let the mailbox be opened by a login that is no address, and by that alone."""
    login = mailbox.partition("@")[0] + "-login"
    (server.base / "users" / login).write_text(f"{login}:{{PLAIN}}{PASSWORD}::::::user={mailbox}\n")
    server.add_mailbox(mailbox, password="nobody knows this one")
    return login


def test_from_the_shell(plain_server: Dovecot) -> None:
    """Register, send, monitor, one round of the daemon, forget; what needs a mailcow says so."""
    mailbox = plain_server.add_mailbox()

    registered = glassdome("mailbox", "register", mailbox, "--password-stdin", stdin=f"{PASSWORD}\n")
    sent = glassdome("send", "--from", mailbox, "--to", mailbox, "--subject", "round trip", "--body", "text")
    plain_server.deliver(mailbox, b"From: a@elsewhere.test\r\nSubject: another\r\n\r\nhello\r\n")
    found = lines("monitor")
    daemon = CliRunner().invoke(app, ["agent", "run", "--once"])
    listed = glassdome("mailbox", "list", "--registered")
    create = CliRunner().invoke(app, ["mailbox", "create", "x", "--domain", DOMAIN, "--password-stdin"], input="pw\n")
    glassdome("mailbox", "forget", mailbox)

    assert (registered["success"], sent["state"]) == (True, "sent")
    assert "another" in {message["subject"] for message in found}
    assert (daemon.exit_code, listed) == (0, {"mailboxes": [mailbox]})
    assert create.exit_code == 2
    assert "Set MAILCOW_API_URL and MAILCOW_API_KEY" in " ".join(create.output.split())
    assert glassdome("mailbox", "list", "--registered") == {"mailboxes": []}


def test_a_login_that_is_no_address(plain_server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is kept with the registered mailbox for IMAP and submission, and may stand in GLASSDOME_MAILBOXES."""
    mailbox = plain_server.add_mailbox()
    login = login_of(plain_server, mailbox)

    glassdome("mailbox", "register", mailbox, "--login", login, "--password-stdin", stdin=f"{PASSWORD}\n")
    sent = glassdome("send", "--from", mailbox, "--to", mailbox, "--subject", "s", "--body", "text")
    lines("monitor")
    monkeypatch.setenv("GLASSDOME_MAILBOXES", f"{mailbox}={login}:{PASSWORD}")
    checked = lines("doctor")

    assert sent["state"] == "sent"
    imap = [check for check in checked if check["check"] == "imap"]
    assert [(check["health"], mailbox in check["detail"]) for check in imap] == [("ok", True)]


async def test_from_python(plain_server: Dovecot, tmp_path: Path) -> None:
    """`from_settings` without a mailcow; only what only a mailcow can do is a failure, in words."""
    mailbox = plain_server.add_mailbox()
    plain_server.deliver(mailbox, b"From: a@elsewhere.test\r\nSubject: hello\r\n\r\nhello\r\n")
    async with await asyncio.to_thread(lambda: MailcowAgent.from_settings(Settings(data_dir=tmp_path))) as agent:
        found = await agent.execute({"action": "monitor_mailbox", "mailbox": mailbox, "password": PASSWORD})
        everything = await agent.monitor_all_mailboxes()
        listed = await agent.execute({"action": "list_mailboxes"})

    assert [message["subject"] for message in found["messages"]] == ["hello"]
    assert everything["results"][mailbox]["count"] == 1
    assert (listed["success"], listed["code"]) == (False, "config_error")
    assert "MAILCOW_API_URL" in listed["error"]
