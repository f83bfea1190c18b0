"""Write the page of the MCP tools from their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from glassdome.mcp.table import TOOLS
from glassdome.mcp.tool import Tool

__all__ = ["markdown"]

_HEAD = """# MCP tools

Generated from the program (`python scripts/generate_reference.py`); a test keeps it fresh.

What `glassdome mcp` offers to other agents; how to set it up: [how to](../howto/mcp.md). Each result has a schema of its
own, which `tools/list` tells. A failed call answers `isError` with `error`: `code`, `message`, `fix`, `temporary`,
and `untrusted.words` where another server said why.
"""


def markdown() -> str:
    """Return the page."""
    parts = [_HEAD]
    for title, writes in (("Reading", False), ("Writing: with --allow-writes only", True)):
        parts.append(f"## {title}\n")
        parts += [_section(tool) for tool in TOOLS.values() if tool.writes is writes]
    return "\n".join(parts)


def _section(tool: Tool) -> str:
    schema = tool.described.input_schema
    lines = [f"### {tool.name}", "", tool.description, *_hints(tool), ""]
    lines += ["| argument | | meaning |", "|---|---|---|", *_rows(schema), ""]
    return "\n".join(lines)


def _hints(tool: Tool) -> Iterator[str]:
    told = [
        *(["It overwrites or destroys."] if tool.destroys else []),
        *(["Repeating it has a further effect."] if not tool.repeatable else []),
        *(["It reaches outside."] if tool.outside else []),
        *(["The result quotes mail, under `untrusted`."] if tool.quotes_mail else []),
    ]
    if told:
        yield from ("", " ".join(told))


def _rows(schema: Mapping[str, Any]) -> Iterator[str]:
    required = schema.get("required", [])
    for name, field in schema["properties"].items():
        known = [_resolved(option, schema) for option in field.get("anyOf", [field])]
        option = next(option for option in known if option.get("type") != "null")
        meaning = field.get("description") or option.get("description", "")
        kind = _kind(option, schema)
        yield f"| `{name}` | {kind}{', required' if name in required else ''} | {meaning} |"


def _kind(option: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "enum" in option:
        return ", ".join(f"`{word}`" for word in option["enum"])
    if option.get("type") == "array":
        return f"list of {_kind(_resolved(option['items'], schema), schema)}"
    bounds = [str(option[key]) for key in ("minimum", "maximum") if key in option]
    return f"{option['type']}{' ' + ' to '.join(bounds) if len(bounds) == 2 else ''}"


def _resolved(option: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference into the schema's definitions."""
    if "$ref" not in option:
        return option
    found: Mapping[str, Any] = schema["$defs"][option["$ref"].rpartition("/")[2]]
    # The description of an enumeration is for programmers.
    return {key: value for key, value in found.items() if key != "description"}
