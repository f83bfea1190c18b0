"""Events on their way to a real receiver: signed, at least once, in order, through outages, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.fernet import Fernet

from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.core.errors import ActionForbidden, ConnectFailed, GlassdomeError, TlsFailed
from glassdome.core.metrics import Metrics
from glassdome.core.secrets import SecretBox
from glassdome.core.signing import new_secret
from glassdome.integrations.webhooks import HttpPoster
from glassdome.pipeline.webhook_letters import GIVE_UP_AFTER, again_at, letter
from glassdome.pipeline.webhooks import WebhookLoop
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.event import Event, EventKind, failed_event
from glassdome.values.webhook import Post
from tests.samples import NOON, a_ref
from tests.servers.receiver import Receiver, is_signed
from tests.servers.served import Served

_HOUR: Final = timedelta(hours=1)


class Bench:
    """A database, a receiver at a port of its own, and the loop between them at a clock that is passed in."""

    def __init__(self, database: Database, receiver: Receiver, served: Served) -> None:
        """The receiver is named in the settings."""
        self.database, self.receiver, self.served = database, receiver, served
        self.settings = Settings.model_construct(webhook_hosts=f"127.0.0.1:{served.port}", webhook_ca_file=None)
        self.clock, self.metrics, self.secret = FixedClock(NOON), Metrics(), new_secret()
        self.poster = HttpPoster(lambda: self.settings)
        self.loop = WebhookLoop(
            database.webhooks, database.deliveries, self.poster, clock=self.clock, metrics=self.metrics
        )

    async def happens(self, uid: int, number: int) -> None:
        """Something happens to a message."""
        now = self.clock.now() + timedelta(microseconds=number)
        await self.database.events.record(failed_event(a_ref(uid), code=f"code{number}", now=now))

    async def settle(self) -> None:
        """Work until nothing is due."""
        while await self.loop.step():
            pass


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A webhook for everything."""
    url = f"sqlite:///{tmp_path / 'w.db'}"
    await migrate(url)
    receiver = Receiver()
    served = Served(receiver)
    async with open_database(url, rendering=RENDERING, box=SecretBox(Fernet.generate_key().decode())) as database:
        made = Bench(database, receiver, served)
        await database.webhooks.add(
            f"{served.url}/hook?a=b", list(EventKind), secret=made.secret, mailbox="", domain="", now=NOON
        )
        yield made
        await made.poster.aclose()


async def test_events_arrive_signed_and_in_order(bench: Bench) -> None:
    """An independent verifier accepts each; another secret or another body is refused."""
    async with bench.served:
        for number in range(6):
            await bench.happens(number % 2, number)
        await bench.settle()
    secret = bench.secret.get_secret_value()
    assert [is_signed(headers, body, secret) for headers, body in bench.receiver.taken] == [True] * 6
    headers, body = bench.receiver.taken[0]
    assert not is_signed(headers, body + b" ", secret)
    assert not is_signed(headers, body, new_secret().get_secret_value())
    assert headers["host"] == f"127.0.0.1:{bench.served.port}"
    for uid in ("0", "1"):
        codes = [e["data"]["code"] for e in bench.receiver.events if e["data"]["email_id"] == uid]
        assert codes == sorted(codes)
    assert json.loads(body)["type"] == "job.failed"


async def test_a_rotated_secret_has_two_signatures(bench: Bench) -> None:
    """A receiver that has the old one, and one that has the new one, accept it."""
    fresh = new_secret()
    await bench.database.webhooks.rotate(1, secret=fresh, now=NOON)
    async with bench.served:
        await bench.happens(1, 1)
        await bench.settle()
    (headers, body), *rest = bench.receiver.taken
    assert rest == []
    assert all(is_signed(headers, body, key.get_secret_value()) for key in (fresh, bench.secret))


async def test_a_receiver_that_is_down_for_an_hour_gets_everything(bench: Bench) -> None:
    """Nobody listens at first, then it answers 503: afterwards each event has come, in the order of its message."""
    for number in range(30):
        await bench.happens(number % 5, number)
    for minute in range(60):
        await bench.settle()
        bench.clock.advance(60)
        if minute == 30:
            await bench.served.__aenter__()
            bench.receiver.status = 503
    bench.receiver.status = 200
    for _ in range(62):
        await bench.settle()
        bench.clock.advance(60)
    await bench.served.__aexit__()
    assert sorted(e["data"]["code"] for e in bench.receiver.events) == sorted(f"code{n}" for n in range(30))
    for uid in range(5):
        codes = [int(e["data"]["code"][4:]) for e in bench.receiver.events if e["data"]["email_id"] == str(uid)]
        assert codes == sorted(codes)
    assert bench.receiver.tries < 200
    figures = await bench.database.deliveries.figures()
    assert (figures.waiting, figures.dead, figures.oldest) == (0, 0, None)


async def test_what_fails_for_a_day_is_a_dead_letter(bench: Bench) -> None:
    """It is listed with the receiver's last answer, of which not a word is kept; and sent again when a person says so."""
    bench.receiver.status, bench.receiver.answer = 500, b"secret words of the receiver"
    await bench.happens(1, 1)
    async with bench.served:
        for _ in range(26 * 60):
            await bench.settle()
            bench.clock.advance(60)
        (dead,) = await bench.database.deliveries.dead(webhook_ids=[1])
        assert (dead.error, dead.status, 20 < dead.attempts < 45) == ("refused", 500, True)
        text = bench.metrics.text().decode()
        assert 'glassdome_webhook_deliveries_total{outcome="dead"} 1.0' in text
        assert 'glassdome_webhook_events{state="dead"} 1.0' in text
        bench.receiver.status = 200
        assert await bench.database.deliveries.resend(1, None, now=bench.clock.now()) == 1
        await bench.settle()
    assert [e["data"]["code"] for e in bench.receiver.events] == ["code1"]


async def test_a_redirect_is_not_followed(bench: Bench) -> None:
    """Its target is not among the hosts."""
    other = Receiver()
    bench.receiver.status = 307
    async with bench.served, Served(other) as elsewhere:
        bench.receiver.location = f"{elsewhere.url}/"
        await bench.happens(1, 1)
        await bench.settle()
    (webhook,) = await bench.database.webhooks.list(now=NOON)
    assert (other.tries, bench.receiver.tries, webhook.last_error, webhook.last_status) == (0, 1, "redirected", 307)


async def test_a_host_that_is_taken_off_the_list_is_told_nothing(bench: Bench) -> None:
    """The event waits: the setting may come back."""
    bench.settings = bench.settings.model_copy(update={"webhook_hosts": ""})
    await bench.happens(1, 1)
    async with bench.served:
        await bench.settle()
    (webhook,) = await bench.database.webhooks.list(now=NOON)
    assert (bench.receiver.tries, webhook.last_error) == (0, ActionForbidden.code)
    assert (await bench.database.deliveries.figures()).waiting == 1


def _settings(hosts: str, ca: Path | None = None) -> Settings:
    return Settings.model_construct(webhook_hosts=hosts, webhook_ca_file=ca)


@pytest.mark.parametrize(
    ("hosts", "url", "resolved", "error"),
    [
        ("hooks.example.org", "https://hooks.example.org/", "127.0.0.1", ActionForbidden),
        ("hooks.example.org", "https://hooks.example.org/", "169.254.169.254", ActionForbidden),
        ("hooks.example.org", "https://hooks.example.org/", "10.0.0.7", ActionForbidden),
        ("nowhere.local", "http://nowhere.local/", "", ConnectFailed),
    ],
)
async def test_a_name_that_leads_into_the_house_is_refused(
    hosts: str, url: str, resolved: str, error: type[GlassdomeError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where its DNS answer changes after the webhook was made."""
    import asyncio

    async def resolve(host: str, port: int, **_: Any) -> Any:
        if not resolved:
            raise OSError("no such host")
        return [(2, 1, 6, "", (resolved, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    poster = HttpPoster(lambda: _settings(hosts))
    with pytest.raises(error):
        await poster.post(Post(url=url, headers={}, body=b"{}"))
    await poster.aclose()


async def test_an_unknown_certificate_is_refused(tmp_path: Path) -> None:
    """One of a stranger's authority; one of the named authority is accepted, for its own name alone."""
    import asyncio
    import ssl

    import trustme

    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    seen = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    hosts = f"localhost:{port}, 127.0.0.1:{port}"
    stranger, known = HttpPoster(lambda: _settings(hosts)), HttpPoster(lambda: _settings(hosts, ca))
    post = Post(url=f"https://localhost:{port}/x", headers={}, body=b"{}")
    async with server:
        with pytest.raises(TlsFailed):
            await stranger.post(post)
        with pytest.raises(TlsFailed):
            await known.post(Post(url=f"https://127.0.0.1:{port}/x", headers={}, body=b"{}"))
        assert await known.post(post) == 204
    assert b"host: localhost" in seen[0].lower()
    await stranger.aclose()
    await known.aclose()


def test_the_body_is_the_same_at_each_try() -> None:
    """A receiver can tell a repetition by its id; the time of the try is signed."""
    event = Event(id=1, name="evt_1", kind=EventKind.HEALTH, mailbox="", at=NOON, data={"status": "healthy"})
    first, second = (letter(event, url="https://x/", secrets=[new_secret()], now=at) for at in (NOON, NOON + _HOUR))
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


def test_tries_thin_out_over_a_day() -> None:
    """Seconds at first, an hour at most, and an end."""

    def middle(low: float, high: float) -> float:
        return (low + high) / 2

    pauses: list[timedelta] = []
    now: datetime = NOON
    while (again := again_at(attempts=len(pauses) + 1, first_at=NOON, now=now, jitter=middle)) is not None:
        pauses.append(again - now)
        now = again
    assert pauses[0] == timedelta(seconds=5)
    assert max(pauses) == _HOUR
    assert GIVE_UP_AFTER <= now - NOON < GIVE_UP_AFTER + 2 * _HOUR
