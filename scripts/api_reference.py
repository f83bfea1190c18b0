"""Write the page of the REST API from its OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glassdome.api.reference import operations

__all__ = ["markdown"]


def markdown(document: Mapping[str, Any]) -> str:
    """Return the reference page."""
    lines = [
        "# REST API",
        "",
        "Generated from the program (`python scripts/generate_reference.py`); a test keeps it fresh.",
        "",
        document["info"]["description"],
        "",
    ]
    for item in operations(document):
        lines += [f"## {item.method} {item.path}", "", f"{item.summary}. Auth: {item.auth}.", "", item.text, ""]
        if item.rows:
            lines += ["| parameter | type | default | meaning |", "|---|---|---|---|"]
            lines += [f"| `{n}` | {t} | {d} | {a.replace('|', chr(92) + '|')} |" for n, t, d, a in item.rows] + [""]
        if item.body:
            lines += ["Request:", "", "```json", item.body, "```", ""]
        if item.example:
            lines += ["Answer:", "", "```json", item.example, "```", ""]
        lines += ["| status | meaning |", "|---|---|", *(f"| {s} | {a} |" for s, a in item.answers), ""]
    return "\n".join(lines)
