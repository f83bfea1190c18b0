"""The API written out for people, from the OpenAPI document: as a page at `/docs`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

__all__ = ["STYLE", "Operation", "html_page", "operations"]

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}"
    "pre{background:#f4f4f4;padding:.8rem;overflow:auto}table{border-collapse:collapse}"
    "td,th{border:1px solid #ccc;padding:.2rem .6rem;text-align:left;vertical-align:top}h2{margin-top:2.5rem}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route: what a person needs to call it. `rows` hold parameter name, type, default and meaning."""

    method: str
    path: str
    tag: str
    summary: str
    text: str
    auth: str
    rows: tuple[tuple[str, str, str, str], ...]
    body: str
    answers: tuple[tuple[str, str], ...]
    example: str


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield the operations in the order of the document's tags."""
    order = [tag["name"] for tag in document["tags"]]
    found = [
        _operation(document, method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    yield from sorted(found, key=lambda item: order.index(item.tag))


def _operation(document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        tag=operation["tags"][0],
        summary=operation["summary"],
        text=operation.get("description", ""),
        auth=_auth(method, operation),
        rows=tuple(_parameter(item) for item in operation.get("parameters", [])),
        body=_request_example(document, operation),
        answers=tuple((status, answer["description"]) for status, answer in sorted(operation["responses"].items())),
        example=_answer_example(document, operation),
    )


def _auth(method: str, operation: Mapping[str, Any]) -> str:
    schemes = {name for need in operation.get("security", []) for name in need}
    if "ApiKey" in schemes:
        return "X-API-Key, ro or rw" if method == "get" else "X-API-Key, rw"
    return "Authorization: Bearer, GLASSDOME_PUSH_SECRET" if schemes else "open"


def _parameter(parameter: Mapping[str, Any]) -> tuple[str, str, str, str]:
    schema = parameter["schema"]
    default = "required" if parameter.get("required") else json.dumps(schema.get("default"))
    about = parameter.get("description") or schema.get("description") or ""
    return parameter["name"], _type(schema), default, about


def _type(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(item) for item in schema["anyOf"] if item.get("type") != "null")
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return str(schema.get("format") or schema.get("type") or "any")


def _resolve(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _request_example(document: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    schema = _resolve(document, content.get("application/json", {}).get("schema", {}))
    return "\n".join(json.dumps(example, indent=2, ensure_ascii=False) for example in schema.get("examples", [])[:1])


def _answer_example(document: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    content = operation["responses"].get("200", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    schema = _resolve(document, next(iter(schema.get("anyOf", [])), schema))
    element = _resolve(document, schema.get("items", {}))
    example = [element["example"]] if "example" in element else schema.get("example")
    return json.dumps(example, indent=2, ensure_ascii=False) if example is not None else ""


def html_page(document: Mapping[str, Any]) -> str:
    """Return the page of `/docs`: no script, no foreign content, one style that its policy names by hash."""
    parts = [f"<h1>{escape(document['info']['title'])} {escape(document['info']['version'])}</h1>"]
    parts.append(f"<p>{escape(document['info']['description'])}</p><p><a href='openapi.json'>openapi.json</a></p>")
    for item in operations(document):
        parts.append(f"<h2>{escape(item.method)} <code>{escape(item.path)}</code></h2>")
        parts.append(f"<p><b>{escape(item.summary)}.</b> Auth: {escape(item.auth)}.</p><p>{escape(item.text)}</p>")
        parts += [_table(("parameter", "type", "default", "meaning"), item.rows)] if item.rows else []
        parts += [f"<p>Request:</p><pre>{escape(item.body)}</pre>"] if item.body else []
        parts += [f"<p>Answer:</p><pre>{escape(item.example)}</pre>"] if item.example else []
        parts.append(_table(("status", "meaning"), item.answers))
    title = escape(document["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} API</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _table(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    first = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    rest = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{first}</tr>{rest}</table>"
