"""`glassdome mailbox` and the audit: who did what, and what is said where nothing could be written down."""

from __future__ import annotations

import asyncio
import getpass
import json
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from glassdome.bootstrap.mailboxes import open_store
from glassdome.cli.app import app
from glassdome.core.config import Settings
from glassdome.core.errors import StoreUnavailable
from glassdome.store.history import History
from glassdome.store.schema import audit
from tests.servers.dovecot import PASSWORD
from tests.servers.mailcow import Mailcow

NEW = "Secure-Pass-9\n"


def glassdome(*arguments: str, stdin: str = "") -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, list(arguments), input=stdin, env={"COLUMNS": "200", "NO_COLOR": "1"})


async def audited() -> list[tuple[Any, ...]]:
    """Return what the audit says, oldest first."""
    async with open_store(await asyncio.to_thread(Settings)) as database:
        rows = await database.connections.rows(select(audit).order_by(audit.c.id))
    return [(row.actor, row.action, row.subject) for row in rows]


def test_every_change_of_a_mailbox_is_audited(mailcow: Mailcow) -> None:
    """Created, registered by two ways, deleted, under its lower-case name; a refused one is no change."""
    box = mailcow.dovecot.add_mailbox()
    results = [
        glassdome("mailbox", "create", "Paula", "--password-stdin", stdin=NEW),
        glassdome("mailbox", "create", "paula", "--password-stdin", stdin=NEW),
        glassdome("mailbox", "register", box.capitalize(), "--password-stdin", stdin=f"{PASSWORD}\n"),
        glassdome("monitor", box, "--password-stdin", stdin=f"{PASSWORD}\n"),
        glassdome("mailbox", "delete", f"PAULA@{mailcow.domain}", "--yes"),
    ]

    assert [result.exit_code for result in results] == [0, 1, 0, 0, 0], [result.output for result in results]
    me, paula = f"cli:{getpass.getuser()}", f"paula@{mailcow.domain}"
    assert asyncio.run(audited()) == [
        (me, "create_mailbox", paula),
        (me, "register_mailbox", box),
        (me, "register_mailbox", box),
        (me, "delete_mailbox", paula),
    ]


def test_without_the_database_it_is_done_and_said(
    mailcow: Mailcow, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    """mailcow has made and deleted it: that nothing was written down is a warning, no failure to repeat it for."""
    monkeypatch.setenv("GLASSDOME_DATABASE_URL", f"mysql://a:hunter2@127.0.0.1:{unused_tcp_port}/x")

    made = glassdome("mailbox", "create", "quincy", "--password-stdin", "--json", stdin=NEW)
    there = f"quincy@{mailcow.domain}" in mailcow.api.state.mailboxes
    gone = glassdome("mailbox", "delete", f"quincy@{mailcow.domain}", "--yes")

    assert (made.exit_code, there, gone.exit_code) == (0, True, 0), made.output + gone.output
    (warning,) = json.loads(made.stdout)["warnings"]
    assert "could not be remembered or audited: The database is not available." in warning
    assert "could not be" in gone.stderr
    assert f"quincy@{mailcow.domain}" not in mailcow.api.state.mailboxes
    assert "hunter2" not in made.output + gone.output


def test_an_audit_that_fails_is_said(mailcow: Mailcow, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mailbox is registered; only the audit is missing, and the person knows."""

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(History, "audit", away)
    box = mailcow.dovecot.add_mailbox()

    done = glassdome("mailbox", "register", box, "--password-stdin", stdin=f"{PASSWORD}\n")

    assert done.exit_code == 0
    assert f"{box} is watched." in done.stderr
    assert "could not be audited" in done.stderr
