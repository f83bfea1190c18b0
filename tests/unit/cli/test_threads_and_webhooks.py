"""`glassdome threads`, `webhooks` and `digest` in a terminal of 80 columns."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from glassdome.cli import console
from glassdome.cli.app import app
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from glassdome.values.thread import ThreadState
from tests.samples import NOON
from tests.stored_threads import store_prose, store_threads

ANN = "ann@example.org"
HOOK = "https://hooks.example.org/[bold]mail"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with two open threads and a closed one, and a host for webhooks."""
    found = f"sqlite:///{tmp_path / 'x.db'}"
    for name, value in (("DATABASE_URL", found), ("DATA_DIR", str(tmp_path)), ("WEBHOOK_HOSTS", "hooks.example.org")):
        monkeypatch.setenv(f"GLASSDOME_{name}", value)

    async def fill() -> None:
        await migrate(found)
        async with open_database(found, rendering=RENDERING) as database:
            await store_threads(database, ANN, 1, 2)
            await store_threads(database, "carl@example.net", 3, state=ThreadState.CLOSED)
            await store_prose(database, "Bob waits for [it].")

    asyncio.run(fill())
    return found


def run(*arguments: str, columns: int = 80) -> Result:
    """Run a command in a terminal of that width."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(console.out, "width", columns)
        return CliRunner().invoke(app, list(arguments))


@pytest.mark.usefixtures("url")
def test_threads_are_shown() -> None:
    """All of them, those of a state, and as JSON; each line fits."""
    every = run("threads")
    owed = run("threads", "--mailbox", ANN.upper(), "--state", "open_me")
    lines = [json.loads(line) for line in run("threads", "--json").stdout.splitlines()]

    assert every.exit_code == owed.exit_code == 0, every.output
    assert ("you owe" in every.stdout, "closed" in every.stdout) == (True, True)
    assert f"in {ANN}" in every.stdout
    assert "Bob waits for [it]. (writer:1b)" in every.stdout
    assert {line["prose_by"] for line in lines} == {"writer:1b"}
    assert ("closed" in owed.stdout, NOON.date().isoformat() in owed.stdout) == (False, True)
    assert max(map(len, every.stdout.splitlines())) <= 80
    assert sorted(line["state"] for line in lines) == ["closed", "open_me", "open_me"]


@pytest.mark.usefixtures("url")
def test_a_webhook_lives_and_ends() -> None:
    """It is added with a secret that is shown once, listed as it is written, and removed."""
    added = run("webhooks", "add", HOOK, "--events", "phishing,health", "--mailbox", ANN)
    listed, wide = run("webhooks", "list"), run("webhooks", "list", columns=160)
    (found,) = [json.loads(line) for line in run("webhooks", "list", "--json").stdout.splitlines()]
    dead, resent = run("webhooks", "dead"), run("webhooks", "resend", "1")
    removed, again = run("webhooks", "remove", "1"), run("webhooks", "remove", "1")

    assert added.exit_code == 0, added.output
    assert added.stdout.startswith("whsec_")
    assert added.stdout.strip() not in listed.stdout
    assert (found["url"], found["events"], found["mailbox"]) == (HOOK, ["phishing", "health"], ANN)
    assert HOOK in wide.stdout
    assert "…" not in listed.stdout
    assert max(map(len, listed.stdout.splitlines())) <= 80
    assert dead.exit_code == resent.exit_code == removed.exit_code == 0, resent.output
    assert "Removed" in removed.stdout
    assert again.exit_code == 1


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["https://elsewhere.example/", "--events", "phishing"], 1, "GLASSDOME_WEBHOOK_HOSTS"),
        ([HOOK, "--events", "fishing"], 2, "There is no event fishing"),
    ],
)
def test_a_webhook_that_may_not_be(arguments: list[str], code: int, word: str) -> None:
    """The host and the event are named, with what to do."""
    done = run("webhooks", "add", *arguments)
    assert done.exit_code == code
    assert word in " ".join(done.output.split())


@pytest.mark.usefixtures("url")
def test_a_digest_is_shown_and_not_sent_without_a_mailbox() -> None:
    """The threads that are owed stand in it; sending says which settings are missing."""
    shown, sent = run("digest", "--mailbox", ANN), run("digest", "--mailbox", ANN, "--send")

    assert shown.exit_code == 0, shown.output
    assert "talk 1" in shown.stdout
    assert sent.exit_code == 2
    assert "GLASSDOME_OVERSEER_MAILBOX" in sent.output
