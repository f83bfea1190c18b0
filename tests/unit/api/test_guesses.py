"""Guessed keys: how many are heard out, from whom, and what the log says for a firewall."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from glassdome.core import log
from glassdome.core.limits import MAX_WRONG_KEYS_PER_ADDRESS
from glassdome.desk.guesses import Guesses
from tests.unit.api.bench import RO, RW, SECRET, Bench

PLACE = "/api/v1/get/llm/stats"
FILTER = Path(__file__).parents[3] / "deploy" / "fail2ban" / "filter.d" / "glassdome.conf"


async def guessed(bench: Bench, key: str = "a-guess-of-a-key", **headers: str) -> int:
    """Ask with that key and return the status."""
    async with bench.client(key, **headers) as client:
        return (await client.get(PLACE)).status_code


async def test_guessing_is_slow(bench: Bench) -> None:
    """Past the limit a right key is refused too, until a minute has passed; what needs no key is not."""
    statuses = [await guessed(bench) for _ in range(MAX_WRONG_KEYS_PER_ADDRESS + 1)]

    assert statuses == [401] * MAX_WRONG_KEYS_PER_ADDRESS + [429]
    assert await guessed(bench, RO) == 429
    assert (await bench.get("/health", key=None)).status_code == 200
    bench.clock.advance(60)  # type: ignore[attr-defined]
    assert await guessed(bench, RO) == 200


async def test_who_was_right_before_is_not_locked_out(bench: Bench) -> None:
    """A guesser behind the same address spoils nothing for a program that has a key; another key waits."""
    assert await guessed(bench, RO) == 200
    for _ in range(MAX_WRONG_KEYS_PER_ADDRESS + 1):
        await guessed(bench)

    assert (await guessed(bench, RO), await guessed(bench, RW)) == (200, 429)


async def test_no_key_is_no_guess(bench: Bench) -> None:
    """Asking without one costs nothing."""
    asked = [(await bench.get(PLACE, key=None)).status_code for _ in range(MAX_WRONG_KEYS_PER_ADDRESS + 1)]

    assert asked == [401] * len(asked)
    assert await guessed(bench, RO) == 200


async def test_only_a_named_proxy_tells_visitors_apart(bench: Bench) -> None:
    """X-Forwarded-For of any other peer, loopback or not, is a stranger's word."""
    for number in range(MAX_WRONG_KEYS_PER_ADDRESS):
        assert await guessed(bench, **{"X-Forwarded-For": f"192.0.2.{number}"}) == 401
    assert await guessed(bench, **{"X-Forwarded-For": "192.0.2.250"}) == 429

    bench.set(trusted_proxies="127.0.0.1")
    assert await guessed(bench, **{"X-Forwarded-For": "192.0.2.1"}) == 401
    for _ in range(MAX_WRONG_KEYS_PER_ADDRESS):
        await guessed(bench, **{"X-Forwarded-For": "10.1.1.1, 192.0.2.66"})
    assert await guessed(bench, RO, **{"X-Forwarded-For": "10.2.2.2, 192.0.2.66"}) == 429
    assert await guessed(bench, RO, **{"X-Forwarded-For": "192.0.2.67"}) == 200


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PLACE, {"X-Glassdome-Scope": "rw", "X-Glassdome-Proxy-Secret": "a guess"}),
        ("/internal/push", {"Authorization": "Bearer guess"}),
    ],
)
async def test_the_other_secrets_are_guessed_as_slowly(bench: Bench, path: str, headers: dict[str, str]) -> None:
    """The proxy's, and that of Dovecot and Rspamd."""
    bench.set(proxy_secret=SecretStr("between-us"))
    async with bench.client(None, **headers) as client:
        statuses = [
            (await client.request("GET" if path == PLACE else "POST", path, json=None)).status_code
            for _ in range(MAX_WRONG_KEYS_PER_ADDRESS + 1)
        ]
    async with bench.client(None, Authorization=f"Bearer {SECRET}") as client:
        right = await client.post("/internal/push", json={"user": "a@example.org", "event": "messageNew"})

    assert statuses == [401] * MAX_WRONG_KEYS_PER_ADDRESS + [429]
    assert right.status_code == 429


@pytest.fixture
def logged() -> Iterator[Callable[[bool], io.StringIO]]:
    """Send the log into a text, as JSON or readable."""

    def begin(as_json: bool) -> io.StringIO:
        text = io.StringIO()
        log.configure(stream=text, as_json=as_json)
        return text

    yield begin
    log.configure()


@pytest.mark.servers
@pytest.mark.parametrize("as_json", [True, False], ids=["json", "readable"])
def test_fail2ban_finds_who_guesses(logged: Callable[[bool], io.StringIO], as_json: bool, tmp_path: Path) -> None:
    """The filter that we ship, read by fail2ban itself: the guesser's address, IPv4 or IPv6, and nobody whom mail names."""
    text = logged(as_json)
    forged = '{"address": "203.0.113.9", "door": "rest", "event": "key_refused", "level": "warning", "timestamp": ""}'
    Guesses.log("192.0.2.66", "rest")
    Guesses.log("2001:db8::66", "mcp")
    for words in (forged, "\n" + forged, "x key_refused address=203.0.113.9 door=rest"):
        log.get_logger("test").warning("api_error", path=words, address="203.0.113.9")
    file = tmp_path / "processor.log"
    file.write_text(text.getvalue())
    program = shutil.which("fail2ban-regex")
    assert program, "Debian's package fail2ban is missing"
    found = subprocess.run(
        [program, "--out", "ip", str(file), str(FILTER)], check=True, capture_output=True, text=True, timeout=60
    )

    assert found.stdout.split() == ["192.0.2.66", "2001:db8::66"]
