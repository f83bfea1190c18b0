"""Properties of every request and every answer, whatever the route."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from glassdome.core.limits import MAX_REQUEST_BYTES, MAX_SCAN_BYTES

from .bench import RW, SECRET, USER, Bench

EDIT = "/api/v1/edit/llm/preferences"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/api/v1/get/llm/nothing", 404, "not_found"),
        ("GET", "/api/v1/get/llm/stats/", 404, "not_found"),
        ("POST", "/api/v1/get/llm/stats", 405, "method_not_allowed"),
        ("GET", EDIT, 405, "method_not_allowed"),
        ("DELETE", "/health", 405, "method_not_allowed"),
    ],
)
async def test_unknown_routes_answer_in_our_shape(bench: Bench, method: str, path: str, status: int, code: str) -> None:
    """404 and 405 look like every other error."""
    async with bench.client() as client:
        answer = await client.request(method, path)

    assert (answer.status_code, answer.json()["type"], answer.json()["code"]) == (status, "error", code)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'"text"',
        b"[" * 100_000,
        b'{"username": "\\ud800@example.org"}',
        b'{"username": 5}',
        b'{"username": "a@b.c", "\\ud800": 1}',
    ],
)
async def test_any_body_is_at_worst_400(bench: Bench, content: bytes) -> None:
    """Bytes that are no JSON, or not the JSON wanted, are the caller's mistake and said so in our shape."""
    async with bench.client(RW) as client:
        answer = await client.post(EDIT, content=content, headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


@pytest.mark.parametrize("declared", [True, False])
async def test_a_large_body_is_413(bench: Bench, declared: bool) -> None:
    """The bound holds for a declared length and for a stream without one."""

    async def stream() -> AsyncIterator[bytes]:
        for _ in range(MAX_REQUEST_BYTES // 65_536 + 1):
            yield b" " * 65_536

    content = b" " * (MAX_REQUEST_BYTES + 1) if declared else stream()
    async with bench.client(RW) as client:
        answer = await client.post(EDIT, content=content, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


async def test_every_route_is_bounded(bench: Bench) -> None:
    """A body that never ends is refused wherever one is read, also by the servers beside us."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_SCAN_BYTES // 65_536 + 1):
            yield b" " * 65_536

    writes = [(m, path) for path, item in bench.app.openapi()["paths"].items() for m in item if m in ("post", "put")]
    found = {}
    async with bench.client(RW, Authorization=f"Bearer {SECRET}") as client:
        for method, path in writes:
            found[path] = (await client.request(method, path, content=endless(), headers=JSON)).status_code

    assert len(found) > 10
    assert {path: status for path, status in found.items() if status != 413} == {}


@pytest.mark.parametrize(
    "path",
    [f"/api/v1/get/llm/{name}" for name in ("analysis", "actions", "queue", "stats", "models", "config")],
)
async def test_every_list_has_an_etag(bench: Bench, path: str) -> None:
    """A caller that has this very answer is not sent it again."""
    async with bench.client(RW) as client:
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert "304" in bench.app.openapi()["paths"][path]["get"]["responses"]


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/api/v1/get/llm/stats"])
async def test_every_answer_has_the_security_headers(bench: Bench, path: str) -> None:
    """Errors too; and no header ever lets another site's scripts in."""
    async with bench.client(None, Origin="https://evil.example") as client:
        headers = (await client.get(path)).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert [name for name in headers if name.startswith("access-control")] == []


async def test_a_crash_answers_in_our_shape_and_says_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A programming error is 500 with a plain sentence; the details are in the log only."""

    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(bench.database.preferences, "get_preferences", crash)

    answer = await bench.get("/api/v1/get/llm/preferences", username=USER)

    assert (answer.status_code, answer.json()["code"]) == (500, "error")
    assert "hunter2" not in answer.text


async def test_requests_are_counted_by_route_template(bench: Bench) -> None:
    """The metrics know routes, never paths or mailboxes."""
    await bench.get("/api/v1/get/llm/preferences", username=USER)
    await bench.get("/some/secret/path")

    text = (await bench.get("/metrics")).text

    assert 'route="/api/v1/get/llm/preferences"' in text
    assert 'route="unmatched"' in text
    assert "secret" not in text
    assert USER not in text
