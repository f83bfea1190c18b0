"""The agent from the shell: the seed's test script, mailboxes, mail, monitoring, the daemon.

Commands run in this process, since a new one takes seconds to start; script and daemon are programs of their own.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from glassdome.cli.app import app
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.shapes.rendering import RENDERING
from glassdome.store import open_database
from tests.servers.dovecot import PASSWORD
from tests.servers.mailcow import Mailcow
from tests.servers.ollama_server import OllamaServer

ROOT = Path(__file__).resolve().parents[3]
GLASSDOME = (sys.executable, "-c", "from glassdome.cli.app import main; main()")


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "200")


def shell(*command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60)


def command(*arguments: str, stdin: str = "") -> Result:
    """Run `glassdome ...`."""
    return CliRunner().invoke(app, arguments, input=stdin)


def glassdome(*arguments: str, stdin: str = "") -> Any:
    """Run `glassdome ... --json` and return what it prints."""
    done = command(*arguments, "--json", stdin=stdin)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_the_seeds_test_script(mailcow: Mailcow) -> None:
    """Five steps, told one by one, and nothing is left behind."""
    done = shell(sys.executable, str(ROOT / "scripts/testing/test_mailcow.py"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"^\[ok\] +(\d)\. ([\w -]+):", done.stdout, re.MULTILINE) == [
        ("1", "List mailboxes"),
        ("2", "Create a test mailbox"),
        ("3", "Send a mail to itself"),
        ("4", "Monitor the mailbox"),
        ("5", "Monitor all registered mailboxes"),
        ("6", "Clean up"),
    ]
    assert mailcow.api.state.mailboxes == {}
    assert list(Path.cwd().iterdir()) == []


def test_the_script_touches_no_mailbox_that_was_there(mailcow: Mailcow) -> None:
    """A mailbox of that name is somebody's: the script fails and leaves it alone."""
    mailcow.api.state.add_mailbox(
        {"local_part": "glassdome-test", "domain": mailcow.domain, "password": "theirs99", "password2": "theirs99"}
    )

    done = shell(sys.executable, str(ROOT / "scripts/testing/test_mailcow.py"))

    assert done.returncode == 1
    assert "[FAILED] 2. Create a test mailbox: mailcow refused: object_exists" in done.stdout
    assert "glassdome-test@example.test" in mailcow.api.state.mailboxes


def test_the_script_without_settings() -> None:
    """A missing setting is named, with exit code 2."""
    done = shell(sys.executable, str(ROOT / "scripts/testing/test_mailcow.py"))

    assert (done.returncode, done.stdout) == (2, "")
    assert "MAILCOW_API_URL is not set." in done.stderr


def test_a_mailbox_from_the_shell(mailcow: Mailcow) -> None:
    """Create with the password from stdin, send, monitor once and no more, list, delete."""
    made = glassdome("mailbox", "create", "shelly", "--password-stdin", stdin="Secure-Pass-9\n")
    sent = glassdome(
        "send", "--from", made["mailbox"], "--to", made["mailbox"], "--subject", "Grüße", stdin="from stdin"
    )
    text = ""
    while not text:
        text = command("monitor", "--json").stdout
    again = command("monitor", "--json")
    listed = glassdome("mailbox", "list")
    table = command("mailbox", "list")
    gone = glassdome("mailbox", "delete", made["mailbox"], "--yes")

    assert (sent["state"], sent["recipients"]) == ("sent", {made["mailbox"]: "accepted"})
    message = json.loads(text)
    assert (message["mailbox"], message["subject"], message["body"].strip()) == (
        made["mailbox"],
        "Grüße",
        "from stdin",
    )
    assert (again.exit_code, again.stdout) == (0, "")
    assert [row["username"] for row in listed["mailboxes"]] == [made["mailbox"]]
    assert "shelly@example.test" in table.stdout
    assert gone == {"success": True, "mailbox": made["mailbox"]}


def test_failures_have_exit_codes(mailcow: Mailcow) -> None:
    """1 where the work failed, 2 for wrong usage; a sentence, no traceback; no option takes a password."""
    nobody = command("monitor", "nobody@example.test")
    silent = command("mailbox", "create", "x")
    both = command("send", "--from", "a@example.test", "--to", "b@example.test", "--password-stdin")
    spoken = command("mailbox", "create", "x", "--password", "secret")

    assert [nobody.exit_code, silent.exit_code, both.exit_code, spoken.exit_code] == [1, 2, 2, 2]
    assert "No password is known for nobody@example.test." in nobody.stderr
    assert "--password-stdin" in silent.stderr
    assert "Traceback" not in nobody.stderr + silent.stderr + both.stderr + spoken.stderr


def test_a_mailbox_that_was_there_is_registered(mailcow: Mailcow) -> None:
    """Its login is tried first."""
    box = mailcow.dovecot.add_mailbox()

    refused = command("mailbox", "register", box, "--password-stdin", stdin="wrong\n")
    taken = glassdome("mailbox", "register", box, "--password-stdin", stdin=f"{PASSWORD}\n")

    assert refused.exit_code == 1
    assert taken == {"success": True, "mailbox": box}
    assert command("monitor").exit_code == 0


def test_the_daemon(mailcow: Mailcow, monkeypatch: pytest.MonkeyPatch) -> None:
    """`agent run` ends by SIGTERM; `status` tells; `enrol` and `sign` make what commands need."""
    box = mailcow.dovecot.add_mailbox()
    monkeypatch.setenv("GLASSDOME_OVERSEER_MAILBOX", box)
    monkeypatch.setenv("GLASSDOME_OVERSEER_PASSWORD", PASSWORD)
    monkeypatch.setenv("GLASSDOME_COMMAND_SECRET", "sixteen or more characters")

    once = command("agent", "run", "--once")
    status = glassdome("agent", "status")["status"]
    enrolled = command("agent", "enrol", "me@example.test").stdout
    signed = command("agent", "sign", "me@example.test", "pause 2h").stdout
    running = subprocess.Popen([*GLASSDOME, "agent", "run"], stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    for line in running.stderr:
        if "The Overseer runs." in line:
            break
    os.kill(running.pid, signal.SIGTERM)
    running.communicate(timeout=60)

    assert once.exit_code == 0, once.stderr
    assert "Service mailcow: works" in status
    assert "Agent mailcow-agent: 1 mailbox, 0 failing" in " ".join(status)
    assert enrolled.startswith("otpauth://totp/Glassdome:me%40example.test?secret=")
    assert re.fullmatch(r"hmac: \d+ [0-9a-f]{64}\n", signed)
    assert running.returncode == 0


@contextmanager
def ollama() -> Iterator[str]:
    """Serve a model in a thread with its own event loop, and yield where."""
    server, started, ended = OllamaServer(), threading.Event(), threading.Event()

    async def serve() -> None:
        async with server:
            started.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    try:
        assert started.wait(20)
        yield server.url
    finally:
        ended.set()
        thread.join(20)


def test_the_overseer_asks_the_model_server(mailcow: Mailcow, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Overseer checks a configured model server; the table's model counts, not only the environment's."""
    without = glassdome("agent", "status")["status"]
    with ollama() as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        works = glassdome("agent", "status")["status"]
        asyncio.run(write_table(ollama_model="phi3:mini"))
        missing = glassdome("agent", "status")["status"]
    away = glassdome("agent", "status")["status"]

    assert not [line for line in without if line.startswith("Service ollama")]
    assert "Service ollama: works" in works
    assert "phi3:mini" in next(line for line in missing if line.startswith("Service ollama"))
    assert "Service ollama: works" not in away


async def write_table(**values: str) -> None:
    """Write settings as the API does."""
    async with open_database((await asyncio.to_thread(Settings)).database, rendering=RENDERING) as database:
        await database.config.write_config(values, now=SystemClock().now())
