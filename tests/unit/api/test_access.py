"""Tests of access: keys, scopes, the proxy in front, the rate, the open doors."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from .bench import OWN, RO, RW, USER, Bench

READ = [
    "/api/v1/get/llm/analysis",
    "/api/v1/get/llm/stats",
    f"/api/v1/get/llm/preferences?username={USER}",
    "/api/v1/get/llm/config",
    "/api/v1/get/llm/queue",
    "/api/v1/get/llm/models",
    "/metrics",
    "/docs",
    "/openapi.json",
]
WRITE = {
    "/api/v1/add/llm/analyze": {"mailbox": USER, "email_id": "5"},
    "/api/v1/add/llm/feedback": {"mailbox": USER, "email_id": "5", "label": "ham"},
    "/api/v1/add/llm/model": {"model": "phi3:mini"},
    "/api/v1/edit/llm/preferences": {"username": USER},
    "/api/v1/edit/llm/config": {"attr": {"ollama_model": "phi3:mini"}},
    "/api/v1/edit/llm/queue": {"action": "retry"},
    "/api/v1/delete/llm/analysis": {"mailbox": USER, "all": True},
}


@pytest.mark.parametrize("path", READ)
async def test_reading_wants_a_key(bench: Bench, path: str) -> None:
    """No key and a wrong key are 401, a reading key is let in."""
    answers = [(await bench.get(path, key=key)).status_code for key in (None, "", "wrong", RO)]

    assert answers == [401, 401, 401, 200]


@pytest.mark.parametrize("path", WRITE)
async def test_writing_wants_a_writing_key(bench: Bench, path: str) -> None:
    """No key and a wrong key are 401, a reading key is 403."""
    answers = [(await bench.post(path, WRITE[path], key=key)).status_code for key in (None, "wrong", RO)]

    assert answers == [401, 401, 403]


@pytest.mark.parametrize("path", WRITE)
async def test_a_writing_key_is_let_in(bench: Bench, path: str) -> None:
    """A writing key gets an answer about the matter, not about the key."""
    answer = await bench.post(path, WRITE[path])

    assert answer.status_code == 200 or answer.json()["code"] in ("policy_refused", "not_found")


@pytest.mark.parametrize("path", ["/api/v1/get/llm/config", "/metrics", "/docs"])
async def test_the_whole_servers_affairs_are_not_a_domains(bench: Bench, path: str) -> None:
    """A key limited to a domain reads no settings, no totals."""
    assert (await bench.get(path, key=OWN)).status_code == 403


async def test_the_answer_to_a_wrong_key_is_mailcows(bench: Bench) -> None:
    """The error has mailcow's shape, our code, and a challenge (RFC 9110 11.6.1)."""
    answer = await bench.get("/api/v1/get/llm/stats", key="wrong")

    assert answer.json() == {"type": "error", "msg": "That API key is not valid.", "code": "authentication_failed"}
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("path", ["/health", "/api/v1/get/llm/health"])
async def test_health_is_open(bench: Bench, path: str) -> None:
    """A monitor needs no key."""
    assert (await bench.get(path, key=None)).status_code == 200


async def test_documents_can_be_opened(bench: Bench) -> None:
    """GLASSDOME_OPEN_DOCS opens exactly the documentation and the metrics."""
    bench.set(open_docs=True)
    paths = ("/docs", "/openapi.json", "/metrics", "/api/v1/get/llm/stats")

    assert [(await bench.get(path, key=None)).status_code for path in paths] == [200, 200, 200, 401]


@pytest.mark.parametrize(
    ("scope", "secret", "read", "write"),
    [
        ("rw", "right", 200, 200),
        ("ro", "right", 200, 403),
        ("rw", "wrong", 401, 401),
        ("rw", None, 401, 401),
        (None, "right", 401, 401),
        ("admin", "right", 401, 401),
    ],
)
async def test_the_proxy_is_trusted_only_with_its_secret(
    bench: Bench, scope: str | None, secret: str | None, read: int, write: int
) -> None:
    """Scope and secret count together or not at all."""
    bench.set(proxy_secret=SecretStr("right"))
    given = {"X-Glassdome-Scope": scope, "X-Glassdome-Proxy-Secret": secret}
    headers = {name: value for name, value in given.items() if value is not None}

    async with bench.client(None, **headers) as client:
        reading = await client.get("/api/v1/get/llm/stats")
        writing = await client.post("/api/v1/edit/llm/queue", json={"action": "retry"})

    assert (reading.status_code, writing.status_code) == (read, write)


async def test_a_proxy_without_a_configured_secret_is_nobody(bench: Bench) -> None:
    """An empty secret matches nothing, and a good key does not help a bad proxy."""
    async with bench.client(RW, **{"X-Glassdome-Scope": "rw", "X-Glassdome-Proxy-Secret": ""}) as client:
        assert (await client.get("/api/v1/get/llm/stats")).status_code == 401


async def test_too_many_requests_are_429(bench: Bench) -> None:
    """The rate is per key; the refused one is told how long to wait."""
    bench.set(api_rate_per_minute=2)

    answers = [await bench.get("/api/v1/get/llm/queue", key=key) for key in (RO, RO, RO, RW)]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
    assert (answers[2].headers["Retry-After"], answers[2].json()["code"]) == ("30", "rate_limited")
