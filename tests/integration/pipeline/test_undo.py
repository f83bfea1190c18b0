"""Taking back on a real Dovecot, while the service watches: by REST and from the shell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from glassdome.api.app import create_app
from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.cli.app import app as commands
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.desk.wiring import services_of
from glassdome.values.preferences import Preferences
from glassdome.values.refs import INBOX, MessageRef
from tests.servers.certificates import SERVER_NAME, Certificates
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, Dovecot

GET, EDIT = "/api/v1/get/llm/actions", "/api/v1/edit/llm/actions"


def phish(number: int) -> bytes:
    """Return a mail that the built-in engine calls phishing."""
    return (
        b"From: PayPal <service@secure-login.example>\r\nSubject: Your account is suspended\r\n"
        b"Message-ID: <%d@evil.example>\r\nContent-Type: text/html\r\n\r\n"
        b"<p>Dear customer, your account is suspended. Confirm your password within 24 hours or it will be closed:"
        b'<a href="http://paypa1-login.example/verify?%d">https://www.paypal.com/signin</a></p>\r\n' % (number, number)
    )


@dataclass
class Bench:
    """A running service over one mailbox, and a client of its API."""

    app: App
    dovecot: Dovecot
    mailbox: str
    client: httpx.AsyncClient

    async def junked(self, number: int) -> dict[str, int]:
        """Deliver phishing, wait until all is done but the alert, for which there is no mailbox; return the ids by kind."""
        await asyncio.to_thread(self.dovecot.deliver, self.mailbox, phish(number))
        async with asyncio.timeout(60):
            while True:
                found = await self.client.get(
                    GET, params={"mailbox": self.mailbox, "email_id": f"<{number}@evil.example>"}
                )
                rows = found.json()
                states = {row["kind"]: row["state"] for row in rows}
                if len(states) == 3 and all(state == "done" for kind, state in states.items() if kind != "alert"):
                    return {row["kind"]: row["id"] for row in rows}
                await asyncio.sleep(0.2)

    async def analysed(self, number: int) -> MessageRef:
        """Wait until the mail in INBOX has an analysis; return where it is."""
        assert self.app.source is not None
        async with asyncio.timeout(60):
            ref = await self.app.source.find(self.mailbox, INBOX, f"<{number}@evil.example>")
            while True:
                if await self.app.database.analyses.get(ref):
                    return ref
                await asyncio.sleep(0.02)

    async def undo(self, key: str = "key-of-tests", **body: Any) -> httpx.Response:
        """Ask for it."""
        return await self.client.post(EDIT, json=body, headers={"X-API-Key": key})

    async def stored(self) -> list[tuple[str, set[str]]]:
        """Return each message's folder and flags, as Dovecot has them."""
        found = await asyncio.to_thread(
            self.dovecot.doveadm, "-f", "tab", "fetch", "-u", self.mailbox, "mailbox flags", "all"
        )
        rows = [line.split("\t") for line in found.splitlines()[1:]]
        return sorted((row[0], set(row[1].split()) - {"\\Recent"}) for row in rows)

    async def settled(self, wanted: list[tuple[str, set[str]]]) -> None:
        """Wait until Dovecot has it so: a session that looked before a change may put a flag back for a moment."""
        async with asyncio.timeout(30):
            while await self.stored() != wanted:  # noqa: ASYNC110 (Dovecot tells only who asks)
                await asyncio.sleep(0.2)


@pytest.fixture
async def bench(
    dovecot: Dovecot, certificates: Certificates, mailbox: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    """A service whose owner wants phishing flagged and moved to Junk."""
    environment = {
        "MAILCOW_IMAP_HOST": dovecot.host,
        "MAILCOW_IMAP_PORT": str(dovecot.imap_port),
        "MAILCOW_CA_FILE": str(certificates.ca),
        "MAILCOW_SERVER_NAME": SERVER_NAME,
        "GLASSDOME_IMAP_MASTER_USER": MASTER_USER,
        "GLASSDOME_IMAP_MASTER_PASSWORD": MASTER_PASSWORD,
        "GLASSDOME_DATA_DIR": str(tmp_path),
        "GLASSDOME_API_KEYS": "key-of-tests:rw,their-key-of-tests:rw:elsewhere.test",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = await asyncio.to_thread(Settings)
    async with open_app(settings, clock=SystemClock()) as app:
        wishes = Preferences(username=mailbox, chosen=True, flag_phishing=True, move_to_junk=True)
        await app.database.preferences.set_preferences(wishes, now=app.clock.now())
        working = asyncio.create_task(app.work())
        await _first_look(app, mailbox)
        transport = httpx.ASGITransport(app=create_app(services_of(app)))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://api", headers={"X-API-Key": "key-of-tests"}
        ) as client:
            yield Bench(app, dovecot, mailbox, client)
        app.stop()
        await working


async def _first_look(app: App, mailbox: str) -> None:
    async with asyncio.timeout(60):
        while True:
            if await app.database.cursors.get_cursor(mailbox, INBOX):
                return
            await asyncio.sleep(0.01)


async def test_a_move_and_its_keyword_are_taken_back(bench: Bench) -> None:
    """The mail is back in INBOX without the keyword; nobody else could, nobody can twice, and the service leaves it."""
    done = await bench.junked(1)
    assert await bench.stored() == [("Junk", {"$Phishing"})]

    theirs = await bench.undo("their-key-of-tests", items=[done["move"]])
    their_batch = await bench.undo("their-key-of-tests", since="2026-01-01T00:00:00Z", mailbox=bench.mailbox)
    assert (theirs.status_code, their_batch.status_code) == (404, 403)
    assert await bench.stored() == [("Junk", {"$Phishing"})]

    first = await bench.undo(items=[done["move"], done["add_keyword"]], attr={"state": "undone"})
    assert [element["type"] for element in first.json()] == ["success", "success"]
    await bench.settled([(INBOX, set())])

    second = await bench.undo(items=[done["move"], done["add_keyword"]], attr={"state": "undone"})
    assert (second.status_code, [element["type"] for element in second.json()]) == (409, ["danger", "danger"])

    back = await bench.analysed(1)
    assert await bench.app.database.actions.of(back) == ()
    assert await bench.stored() == [(INBOX, set())]


async def test_everything_since_an_hour(bench: Bench) -> None:
    """A batch brings back the moves, not the keywords; what the owner threw away is refused with the reason."""
    for number in (1, 2, 3):
        await bench.junked(number)
    await asyncio.to_thread(
        bench.dovecot.doveadm,
        "expunge",
        "-u",
        bench.mailbox,
        "mailbox",
        "Junk",
        "header",
        "message-id",
        "<2@evil.example>",
    )

    since = (bench.app.clock.now() - timedelta(hours=1)).isoformat()
    answer = await bench.undo(since=since, mailbox=bench.mailbox)

    data = answer.json()[0]["data"]
    assert (answer.status_code, len(data["undone"]), data["next_cursor"]) == (200, 2, None)
    assert [item["code"] for item in data["refused"]] == ["not_found"]
    await bench.settled([(INBOX, {"$Phishing"})] * 2)


async def test_from_the_shell(bench: Bench) -> None:
    """`list` shows the ids, `undo` takes them, `--since` the rest; what cannot be taken back ends with 1."""
    ids = [await bench.junked(number) for number in (1, 2)]

    async def glassdome(*arguments: str) -> Any:
        environment = {"COLUMNS": "200", "NO_COLOR": "1"}
        return await asyncio.to_thread(CliRunner().invoke, commands, ["actions", *arguments], env=environment)

    shown = await glassdome("list", "--mailbox", bench.mailbox)
    numbered = [line for line in shown.stdout.splitlines() if line.split()[0].isdigit()]
    rows = {int(line.split()[0]): line for line in numbered}
    assert rows.keys() == {number for done in ids for number in done.values()}
    assert "\\Junk" in rows[ids[0]["move"]]

    one = await glassdome("undo", str(ids[0]["move"]))
    again = await glassdome("undo", str(ids[0]["move"]), str(ids[0]["alert"]), "999999")
    assert (one.exit_code, one.stdout) == (0, "1 undone, 0 not undone.\n")
    assert (again.exit_code, again.stdout) == (1, "0 undone, 3 not undone.\n")
    await bench.settled([(INBOX, {"$Phishing"}), ("Junk", {"$Phishing"})])

    rest = await glassdome("undo", "--since", "1h", "--mailbox", bench.mailbox, "--keywords")
    assert (rest.exit_code, rest.stdout) == (0, "3 undone, 0 not undone.\n")
    await bench.settled([(INBOX, set())] * 2)
