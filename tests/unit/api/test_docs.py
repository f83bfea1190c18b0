"""OpenAPI, and the page made of it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from .bench import Bench


async def document(bench: Bench) -> dict[str, Any]:
    """Return the OpenAPI document."""
    found: dict[str, Any] = (await bench.get("/openapi.json")).json()
    return found


async def test_every_route_of_the_contract_is_there(bench: Bench) -> None:
    """Names that may not move."""
    routes = {(method, path) for path, methods in (await document(bench))["paths"].items() for method in methods}

    assert {
        ("get", "/health"),
        ("get", "/api/v1/get/llm/health"),
        ("get", "/api/v1/get/llm/analysis"),
        ("post", "/api/v1/add/llm/analyze"),
        ("get", "/api/v1/get/llm/stats"),
        ("get", "/api/v1/get/llm/preferences"),
        ("post", "/api/v1/edit/llm/preferences"),
        ("get", "/api/v1/get/llm/config"),
        ("post", "/api/v1/edit/llm/config"),
        ("get", "/api/v1/get/llm/queue"),
        ("post", "/api/v1/edit/llm/queue"),
        ("post", "/api/v1/delete/llm/analysis"),
        ("post", "/api/v1/add/llm/feedback"),
        ("get", "/metrics"),
        ("get", "/docs"),
        ("get", "/openapi.json"),
        ("post", "/internal/push"),
        ("put", "/internal/push"),
        ("post", "/v1/chat/completions"),
        ("post", "/rspamd/check"),
    } <= routes


async def test_only_health_is_open(bench: Bench) -> None:
    """Everything else names its security scheme."""
    paths = (await document(bench))["paths"]

    assert {path for path, methods in paths.items() for o in methods.values() if not o.get("security")} == {
        "/health",
        "/api/v1/get/llm/health",
    }


async def test_every_body_has_an_example(bench: Bench) -> None:
    """Whoever reads can copy."""
    found = await document(bench)
    schemas = found["components"]["schemas"]
    bodies = [
        schemas[content["schema"]["$ref"].rpartition("/")[2]]
        for methods in found["paths"].values()
        for operation in methods.values()
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
    ]

    assert [body["title"] for body in bodies if not body.get("examples")] == []


async def test_the_page_loads_nothing_foreign(bench: Bench) -> None:
    """No script, no image, no address of elsewhere; its policy forbids them anyway."""
    answer = await bench.get("/docs")
    tags: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.add(tag)  # type: ignore[method-assign]
    parser.feed(answer.text)

    assert tags & {"script", "img", "link", "iframe", "object"} == set()
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
