"""Microdata in HTML (`itemscope`, `itemtype`, `itemprop`) as the objects that JSON-LD would have."""

from __future__ import annotations

from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from glassdome.parse.html_guard import guard
from glassdome.parse.plain import one_line
from glassdome.parse.state import ParseState

__all__ = ["microdata"]

_MOST: Final = 500
#: The attribute that holds the value of an element, instead of its words.
_VALUES: Final = ("content", "href", "src", "datetime", "data", "value")


def microdata(html: str) -> list[dict[str, Any]]:
    """Return the outermost items of a page, their properties inside."""
    tree = LexborHTMLParser(guard(html, ParseState())[0])
    items: dict[int, dict[str, Any]] = {}
    outermost: list[dict[str, Any]] = []
    for node in tree.css("[itemscope],[itemprop]")[:_MOST]:
        if node.mem_id in items:  # an element that matches twice is listed twice
            continue
        attributes = node.attributes
        value: Any = _value(node, attributes)
        if "itemscope" in attributes:
            value = items[node.mem_id] = {"@type": (attributes.get("itemtype") or "").strip()}
        above = _above(node, items)
        names = (attributes.get("itemprop") or "").split()[:5]
        if above is None:
            outermost += [value] if isinstance(value, dict) else []
            continue
        for name in names:
            _add(above, name.rpartition("/")[2], value)
    return outermost


def _above(node: LexborNode, items: dict[int, dict[str, Any]]) -> dict[str, Any] | None:
    """Return the innermost item around an element; the guard bounds the depth."""
    parent = node.parent
    while parent is not None:
        if parent.mem_id in items:
            return items[parent.mem_id]
        parent = parent.parent
    return None


def _value(node: LexborNode, attributes: dict[str, str | None]) -> str:
    for name in _VALUES:
        if value := attributes.get(name):
            return value
    return one_line(" ".join((node.text() or "").split()))[:1000]


def _add(item: dict[str, Any], name: str, value: Any) -> None:
    known = item.get(name)
    if known is None:
        item[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        item[name] = [known, value]
