"""Hosts of model servers: how they are written, chosen, drained, and which are refused."""

from __future__ import annotations

import asyncio

import pytest

from glassdome.core.errors import ConfigError
from glassdome.integrations.limiter import Limiter, SlotLearner
from glassdome.integrations.model_hosts import FIRST_REST, ModelHosts
from glassdome.integrations.ollama import parse_hosts
from glassdome.integrations.openai_server import OpenAiServer


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("localhost", ("http://localhost:11434",)),
        ("ollama-mailcow:11434", ("http://ollama-mailcow:11434",)),
        ("http://ollama-mailcow:11434", ("http://ollama-mailcow:11434",)),
        ("http://10.0.0.5", ("http://10.0.0.5:80",)),
        ("https://gpu.example.org/ollama/", ("https://gpu.example.org:443/ollama",)),
        ("0.0.0.0", ("http://127.0.0.1:11434",)),
        ("0.0.0.0:8080", ("http://127.0.0.1:8080",)),
        (":11500", ("http://127.0.0.1:11500",)),
        ("[::1]:11500", ("http://[::1]:11500",)),
        ("::1", ("http://[::1]:11434",)),
        ("[::]", ("http://[::1]:11434",)),
        ('"a, b:1 ,http://c"', ("http://a:11434", "http://b:1", "http://c:80")),
        ("a,a:11434", ("http://a:11434",)),
    ],
)
def test_every_form_of_a_host(text: str, urls: tuple[str, ...]) -> None:
    """OLLAMA_HOST as Ollama, the seed and people write it."""
    assert parse_hosts(text) == urls


@pytest.mark.parametrize(
    "text", ["", " , ", "ftp://a", "http://", "a:port", "http://u:p@a", "a b?c=d#e", "https://ollama.com", "a:99999"]
)
def test_what_is_no_host_is_refused(text: str) -> None:
    """Text that cannot be a host of one's own is refused."""
    with pytest.raises(ConfigError):
        parse_hosts(text)


@pytest.mark.parametrize(
    "url", ["https://api.openai.com/v1", "https://x.openai.azure.com/v1", "https://API.Groq.com./v1"]
)
def test_public_services_are_refused(url: str) -> None:
    """Mail does not go to a public service."""
    with pytest.raises(ConfigError):
        OpenAiServer(url)


async def test_least_busy_host_is_taken() -> None:
    """Slots are taken where most are free."""
    hosts = ModelHosts(["a", "b"], slots=2)
    async with hosts.slot() as first, hosts.slot() as second, hosts.slot() as third:
        assert sorted([first.url, second.url]) == ["a", "b"]
        assert third.busy == 2


async def test_no_more_than_the_slots() -> None:
    """A caller that finds no slot waits until one is given back."""
    hosts = ModelHosts(["a"], slots=1)
    async with hosts.slot():
        waiting = asyncio.create_task(_take(hosts))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert await asyncio.wait_for(waiting, 60) == "a"


async def _take(hosts: ModelHosts) -> str:
    async with hosts.slot() as host:
        return host.url


async def test_failing_host_is_drained_and_comes_back() -> None:
    """A failed host rests, longer each time, and is used again after that."""
    now = [100.0]
    hosts = ModelHosts(["a", "b"], slots=1, monotonic=lambda: now[0])
    bad = hosts.hosts[0]
    hosts.failed(bad)
    assert await _take(hosts) == "b"
    now[0] += FIRST_REST
    assert await _take(hosts) == "a"
    hosts.failed(bad)
    assert bad.rests_until == now[0] + 2 * FIRST_REST
    assert hosts.answered(bad) is True
    assert hosts.answered(bad) is False


async def test_all_drained_still_tries() -> None:
    """One host is tried when all rest: nobody waits for a guess."""
    hosts = ModelHosts(["a"], slots=1)
    hosts.failed(hosts.hosts[0])
    assert await _take(hosts) == "a"


def _learn(slots: int, answers: int) -> tuple[int, list[int]]:
    """Feed a learner with a server of `slots` slots that takes a second per answer."""
    learner, limits = SlotLearner(), []
    for _ in range(answers):
        learner.answered(max(1.0, learner.limit / slots), busy=learner.limit)
        limits.append(learner.limit)
    return learner.limit, limits


@pytest.mark.parametrize("slots", [1, 2, 5, 8, 32])
def test_slots_are_learned(slots: int) -> None:
    """The number settles where more requests bring no more answers, and keeps the server full."""
    _, limits = _learn(slots, 4000)
    late = limits[1000:]

    assert min(late) >= slots
    assert max(late) <= 2 * slots + 1


def test_busy_server_halves_the_number() -> None:
    """A server that says busy gets half as much at once."""
    learner = SlotLearner()
    learner.limit = 8
    learner.refused()
    assert learner.limit == 4


async def test_limiter_across_loops() -> None:
    """A fixed limiter holds to its number."""
    limiter = Limiter(2)
    async with limiter.slot() as one, limiter.slot() as two:
        assert (one, two) == (1, 2)
