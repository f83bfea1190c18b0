"""The stream of events by API key: what it tells to whom, its bounds, and that it ends with the key; over a real server too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.core.limits import MAX_STREAMS_PER_SESSION
from glassdome.desk.streams import Streams
from glassdome.values.event import health_event
from glassdome.values.person import MadeKey, Person, SignedInBy
from glassdome.values.verdict import Label

from .bench import KEYS, OTHER, OWN, RO, RW, USER, Bench, analysis, ref
from .running import running

EVENTS = "/api/v1/get/llm/events"
HELD: dict[str, Any] = {"after": 0, "follow": "false"}
PROXY_SECRET = "secret-of-the-proxy"
VOUCHED = {"X-Glassdome-Scope": "ro", "X-Glassdome-Proxy-Secret": PROXY_SECRET}
MINE, MADE = "key-of-one-mailbox", "gd_key-that-a-person-made"
ADMIN = "admin@example.com"
BEAT = ": still here\n"


def told(answer: httpx.Response) -> list[tuple[int, str, dict[str, Any]]]:
    """Return id, name and data of each event of a whole answer."""
    first, *blocks = answer.text.removesuffix("\n\n").split("\n\n")
    assert first.startswith("retry: 5000\nid: ")
    lines = [block.split("\n") for block in blocks if not block.startswith(":")]
    return [
        (int(id.removeprefix("id: ")), name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for id, name, data in lines
    ]


async def test_a_limited_key_hears_of_its_own_mailboxes_alone(bench: Bench) -> None:
    """With the body of webhooks and no word of a mail; an unlimited key hears all, the whole service's events too."""
    await bench.store(analysis(ref(5), Label.PHISH, subject="Secret"), analysis(ref(6, OTHER)))
    await bench.database.events.record(health_event("degraded", {"imap": "timed_out"}, now=bench.clock.now()))
    own, every = await bench.get(EVENTS, key=OWN, **HELD), await bench.get(EVENTS, key=RO, **HELD)

    assert own.headers["content-type"].startswith("text/event-stream")
    assert (own.headers["cache-control"], own.headers["x-accel-buffering"]) == ("no-store", "no")
    assert [(name, data["data"]["mailbox"]) for _, name, data in told(own)] == [("analysis", USER), ("phishing", USER)]
    assert [name for _, name, _ in told(every)] == ["analysis", "phishing", "analysis", "health"]
    _, name, data = told(own)[1]
    assert (data["type"], data["timestamp"]) == (name, "2026-11-21T08:00:00.000000Z")
    assert (data["data"]["email_id"], data["data"]["label"]) == ("5", "phish")
    assert not any(word in own.text for word in ("Secret", "shop", "Asks for money", OTHER))


async def test_a_reader_that_connects_again_misses_nothing(bench: Bench) -> None:
    """The stream names an id at once, and later tells the events behind it. An id of a database that is gone is no obstacle."""
    first = (await bench.get(EVENTS, follow="false")).text
    await bench.store(analysis(ref(5)), analysis(ref(6)))
    async with bench.client(RO, **{"Last-Event-ID": first.split("id: ")[1].strip()}) as client:
        rest = told(await client.get(EVENTS, params={"follow": "false"}))
    async with bench.client(RO, **{"Last-Event-ID": "9" * 19}) as client:
        beyond = (await client.get(EVENTS, params={"follow": "false"})).text

    assert [data["data"]["email_id"] for _, _, data in rest] == ["5", "6"]
    assert beyond == f"retry: 5000\nid: {rest[-1][0]}\n\n"


async def test_a_key_has_a_bounded_number_of_streams(bench: Bench) -> None:
    """Further ones are refused, those of other keys are not, and room comes back."""
    streams: Streams = bench.app.state.streams
    name = f"key-{sha256(RO.encode()).hexdigest()[:8]}"
    assert all(streams.admit(name, name) for _ in range(MAX_STREAMS_PER_SESSION))
    full, other = await bench.get(EVENTS, **HELD), await bench.get(EVENTS, key=RW, **HELD)
    streams.release(name, name)
    free = [(await bench.get(EVENTS, **HELD)).status_code for _ in range(2)]

    assert (full.status_code, full.json()["code"], full.headers["retry-after"]) == (429, "rate_limited", "60")
    assert (other.status_code, free) == (200, [200, 200])


@pytest.mark.parametrize("wanted", [{"after": -1}, {"after": "x"}, {"follow": "perhaps"}, {"mailbox": USER}])
async def test_odd_wishes_are_refused(bench: Bench, wanted: dict[str, Any]) -> None:
    """As everywhere; and without a key nothing is told."""
    assert (await bench.get(EVENTS, **wanted)).status_code == 400
    assert (await bench.get(EVENTS, key=None, **HELD)).status_code == 401


async def test_what_a_proxy_vouched_for_ends_by_itself(bench: Bench) -> None:
    """The proxy checks a key when a request comes: the next stream asks it again."""
    bench.app.state.streams = Streams(heartbeat=0.01)
    bench.set(proxy_secret=SecretStr(PROXY_SECRET))
    async with bench.client(None, **VOUCHED) as client:
        answer = await client.get(EVENTS)

    assert (answer.status_code, told(answer)) == (200, [])


class Served:
    """The API on a port of its own, and how to change something in its event loop."""

    def __init__(self, port: int, bench: Bench, loop: asyncio.AbstractEventLoop) -> None:
        """It runs."""
        self.url, self.bench, self._loop = f"http://127.0.0.1:{port}{EVENTS}", bench, loop

    async def do(self, work: Any) -> Any:
        """Await something there."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    @asynccontextmanager
    async def stream(self, key: str) -> AsyncIterator[AsyncIterator[str]]:
        """Open a stream that has begun; yield its further blocks, each as it comes."""
        async with (
            httpx.AsyncClient(trust_env=False, timeout=30, headers={"X-API-Key": key}) as client,
            client.stream("GET", self.url) as answer,
        ):
            assert answer.status_code == 200
            blocks = _blocks(answer)
            assert (await anext(blocks)).startswith("retry: 5000\nid: ")
            yield blocks


async def _blocks(answer: httpx.Response) -> AsyncIterator[str]:
    block = ""
    async for line in answer.aiter_lines():
        if line:
            block += f"{line}\n"
        else:
            yield block
            block = ""


@pytest.fixture
def served(empty_database: Path, tmp_path: Path) -> Iterator[Served]:
    """The API with keys of the settings, and one that an administrator of a domain made for it."""
    path = tmp_path / "served.db"
    path.write_bytes(empty_database.read_bytes())
    settings = Settings(api_keys=SecretStr(f"{KEYS},{MINE}:ro:{USER}"), domain_admins=f"{ADMIN}:example.org")
    found: list[tuple[Bench, asyncio.AbstractEventLoop]] = []

    async def prepare(bench: Bench) -> None:
        bench.app.state.streams = Streams(heartbeat=0.2, look=0.05)
        now = bench.clock.now()
        key = MadeKey(
            digest=sha256(MADE.encode()).hexdigest(),
            label="Assistant",
            writes=False,
            mailboxes=(),
            domains=("example.org",),
            owner=Person(by=SignedInBy.MAILBOX, name=ADMIN),
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        assert await bench.database.api_keys.add_key(key, most=1)
        found.append((bench, asyncio.get_running_loop()))

    with running(path, settings, prepare) as port:
        httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False)
        yield Served(port, *found[0])


async def test_a_real_client_hears_at_once(served: Served) -> None:
    """A quiet stream beats; what happens in the own mailbox is told, and of another's nothing."""
    async with served.stream(MINE) as blocks:
        assert await anext(blocks) == BEAT
        await served.do(served.bench.store(analysis(ref(6, OTHER)), analysis(ref(5))))
        while (block := await anext(blocks)) == BEAT:
            pass

    id, name, data = block.strip().split("\n")
    assert (id, name) == ("id: 2", "event: analysis")
    assert json.loads(data.removeprefix("data: "))["data"]["mailbox"] == USER


def key_taken_out(bench: Bench) -> None:
    """Take the key out of the settings."""
    bench.set(api_keys=SecretStr(KEYS))


def role_ended(bench: Bench) -> None:
    """Have the owner of the made key administer the domain no more."""
    bench.set(domain_admins="")


@pytest.mark.parametrize(("key", "ended"), [(MINE, key_taken_out), (MADE, role_ended)])
async def test_a_stream_ends_with_its_key(served: Served, key: str, ended: Callable[[Bench], None]) -> None:
    """At the next heartbeat at the latest; it tells nothing of what happens afterwards, and other streams go on."""
    async with served.stream(key) as blocks, served.stream(RO) as others:
        assert await anext(blocks) == BEAT
        ended(served.bench)
        await served.do(served.bench.store(analysis(ref(5))))
        rest = [block async for block in blocks]
        while (block := await anext(others)) == BEAT:
            pass

    assert set(rest) <= {BEAT}
    assert "event: analysis" in block


async def test_a_revoked_key_and_the_stop_of_the_service_end_streams(served: Served) -> None:
    """A key that a person made ends without a restart; a stop ends all."""
    async with served.stream(MADE) as blocks, served.stream(RO) as others:
        assert await served.do(served.bench.database.api_keys.revoke_key(1, owner=None))
        assert {block async for block in blocks} <= {BEAT}
        assert await anext(others) == BEAT

        async def stop() -> None:
            served.bench.app.state.streams.stop()

        await served.do(stop())
        assert {block async for block in others} <= {BEAT}
