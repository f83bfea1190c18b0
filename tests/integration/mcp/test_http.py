"""`glassdome mcp --http`: keys, restrictions, and what a web page cannot do."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from glassdome.bootstrap.mailboxes import open_store
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.demo.samples import MAILBOX
from glassdome.desk.keys import parse_keys
from glassdome.values.person import MadeKey, Person, SignedInBy

from .running import GLASSDOME, PATIENCE, Listening, environment, listening, over_http
from .stored import FAILED, OTHER, call, error_of
from .test_stdio import READING, WRITING, audited

RW, RO, OWN = "write-key-of-tests", "read-key-of-tests", "domain-key-of-tests"
KEYS = f"{RW}:rw,{RO}:ro,{OWN}:rw:other.example"
JSON = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}


@pytest.fixture
def server(data: Path) -> Iterator[Listening]:
    """A server that may write."""
    with listening(data, "--allow-writes", GLASSDOME_API_KEYS=KEYS) as running:
        yield running


def post(url: str, key: str | None = RW, body: Any = HELLO, **headers: str) -> httpx.Response:
    """Send one request as it is."""
    given = JSON | ({"Authorization": f"Bearer {key}"} if key is not None else {}) | headers
    return httpx.post(url, json=body, headers=given, timeout=PATIENCE, trust_env=False)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_key_says_what_is_offered(server: Listening, data: Path, mode: str) -> None:
    """rw writes, ro reads, and a key of a domain sees that domain, for clients of both times."""
    async with over_http(server.url, RW, mode=mode) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        total = (await call(client, "statistics"))["total"]
        await call(client, "give_feedback", mailbox=OTHER, email_id="1", label="ham")
    async with over_http(server.url, RO, mode=mode) as client:
        read = [tool.name for tool in (await client.list_tools()).tools]
        refused = await error_of(client, "retry_job", id=FAILED)
    async with over_http(server.url, OWN, mode=mode) as client:
        rows = (await call(client, "list_analyses"))["analyses"]
        strange = await error_of(client, "get_analysis", mailbox=MAILBOX, email_id="1")
        hidden = await error_of(client, "retry_job", id=FAILED)

    assert (tools, read) == (READING + WRITING, READING)
    assert total == 27
    assert refused["code"] == "access_denied"
    assert [row["mailbox"] for row in rows] == [OTHER]
    assert (strange["code"], hidden["code"]) == ("access_denied", "not_found")
    actors = {row.actor for row in await audited(data) if row.action == "add_feedback"}
    assert len(actors) == 1
    assert actors.pop().startswith("key-")


async def test_a_key_made_on_the_page_opens_and_is_revoked_at_once(server: Listening, data: Path) -> None:
    """It sees what its owner gave it, and nothing at the next request after it was revoked."""
    text, now = "gd_a-key-that-was-made-on-the-page", SystemClock().now()
    (own,) = [key.caller for key in parse_keys(KEYS) if key.caller.domains]
    key = MadeKey(
        digest=sha256(text.encode()).hexdigest(),
        label="Assistant",
        writes=False,
        mailboxes=(),
        domains=("other.example",),
        owner=Person(by=SignedInBy.KEY, name=own.name),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    async with open_store(await asyncio.to_thread(Settings, data_dir=data)) as database:
        assert await database.api_keys.add_key(key, most=1)
        async with over_http(server.url, text, mode="auto") as client:
            rows = (await call(client, "list_analyses"))["analyses"]
            tools = [tool.name for tool in (await client.list_tools()).tools]
        (known,) = await database.api_keys.keys_of(own.name, now=now)
        assert await database.api_keys.revoke_key(known.id, owner=own.name)

    assert ([row["mailbox"] for row in rows], tools) == ([OTHER], READING)
    assert known.used_at is not None
    assert (await asyncio.to_thread(post, server.url, key=text)).status_code == 401


def test_who_is_not_let_in(server: Listening) -> None:
    """No key, a wrong one, another scheme: 401 with a challenge and our error, whatever the path."""
    answers = [
        post(server.url, key=None),
        post(server.url, key="wrong"),
        post(server.url, key=None, Authorization=f"Basic {RW}"),
        post(server.url.replace("/mcp", "/other"), key=None),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert answers[1].json()["error"]["code"] == "authentication_failed"
    assert answers[0].json()["error"]["fix"] == "Send it as Authorization: Bearer <key>."


def test_what_a_web_page_cannot_do(server: Listening) -> None:
    """A page whose name was bound to our address has its own Host or Origin, and is refused though it has the key."""
    port = server.url.split(":")[2].split("/")[0]
    seen = {
        "fine": post(server.url),
        "local page": post(server.url, Origin=f"http://localhost:{port}"),
        "host": post(server.url, Host=f"evil.example:{port}"),
        "host alike": post(server.url, Host=f"127.0.0.1.evil.example:{port}"),
        "origin": post(server.url, Origin="https://evil.example"),
        "no origin": post(server.url, Origin="null"),
    }

    assert {name: answer.status_code for name, answer in seen.items()} == {
        "fine": 200,
        "local page": 200,
        "host": 421,
        "host alike": 421,
        "origin": 403,
        "no origin": 403,
    }
    assert not any("access-control-allow-origin" in answer.headers for answer in seen.values())


def test_a_session_belongs_to_its_key(server: Listening) -> None:
    """Another key, though valid, does not find it."""
    session = post(server.url).headers["mcp-session-id"]
    ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}

    mine = post(server.url, body=ping, **{"mcp-session-id": session})
    theirs = post(server.url, RO, body=ping, **{"mcp-session-id": session})

    assert (mine.status_code, theirs.status_code) == (200, 404)


def test_a_large_request(server: Listening) -> None:
    """Beyond the bound the answer is 413, and the server lives."""
    assert post(server.url, body={"x": "x" * (9 * 1024 * 1024)}).status_code == 413
    assert post(server.url).status_code == 200


async def test_more_names_and_no_writing(data: Path) -> None:
    """--allow-host and --allow-origin are believed too; an rw key cannot write where the server only reads."""
    names = ["--allow-host", "mail.example.org", "--allow-origin", "https://ai.example.org"]
    with listening(data, *names, GLASSDOME_API_KEYS=KEYS, GLASSDOME_API_RATE_PER_MINUTE="20") as server:
        known = post(server.url, Host="mail.example.org", Origin="https://ai.example.org")
        strange = post(server.url, Host="mail.example.com")
        async with over_http(server.url, RW) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            refused = await error_of(client, "retry_job", id=FAILED)
        many = [post(server.url) for _ in range(20)]

    assert (known.status_code, strange.status_code) == (200, 421)
    assert tools == READING
    assert refused["code"] == "action_forbidden"
    assert many[-1].status_code == 429
    assert int(many[-1].headers["Retry-After"]) > 0
    assert many[-1].json()["error"]["code"] == "rate_limited"


async def test_a_client_that_stays(data: Path) -> None:
    """The server ends when it is asked to, though a client still listens."""
    with listening(data, GLASSDOME_API_KEYS=KEYS) as server:
        async with over_http(server.url, RO, mode="legacy") as client:
            await call(client, "statistics")
            server.process.terminate()
            assert await asyncio.to_thread(server.process.wait, PATIENCE) == 0
        assert "Traceback" not in server.log.read_text()


async def test_a_key_that_is_taken_away_opens_nothing_any_more(data: Path) -> None:
    """Within seconds, for a session that is open too; other keys stay, and no restart is needed."""
    env = data / ".env"
    await asyncio.to_thread(env.write_text, f"GLASSDOME_API_KEYS={KEYS}\n")
    with listening(data) as server:
        session = post(server.url).headers.get("mcp-session-id", "")
        await asyncio.to_thread(env.write_text, f"GLASSDOME_API_KEYS={RO}:ro\n")
        ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
        deadline = time.monotonic() + PATIENCE
        while (last := post(server.url, body=ping, **{"mcp-session-id": session})).status_code != 401:
            assert time.monotonic() < deadline, last.text
            await asyncio.sleep(0.5)
        kept = post(server.url, RO)

    assert kept.status_code == 200


@pytest.mark.parametrize(
    ("options", "keys", "told"),
    [
        (["--http"], "", "GLASSDOME_API_KEYS"),
        (["--http"], "key", "ntry 1 "),
        (["--http", "--only", "a@b.example"], KEYS, "Limit the API keys"),
        (["--allow-host", "x"], KEYS, "go with --http"),
        (["--only", " "], KEYS, "--only wants"),
    ],
)
def test_wrong_usage(data: Path, options: list[str], keys: str, told: str) -> None:
    """Exit code 2 and a sentence that says what to do."""
    done = subprocess.run(
        [GLASSDOME, "mcp", *options],
        env=environment(data, GLASSDOME_API_KEYS=keys),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
    )

    assert done.returncode == 2
    assert told in done.stderr
    assert (done.stdout, "Traceback" in done.stderr) == ("", False)
