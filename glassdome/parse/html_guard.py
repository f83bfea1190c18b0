"""Keeps hostile HTML from the tree builder, whose time is quadratic in nesting and in attributes of one tag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.core.limits import MAX_HTML_ATTRIBUTES, MAX_HTML_DEPTH, MAX_HTML_FORMATTING, MAX_HTML_TAGS
from glassdome.parse.state import ParseState

__all__ = ["guard", "without_ballast"]

#: A comment, or the beginning of a tag.
_TAG = re.compile(r"<!--(?:.*?-->|.*)|<(/?)([a-zA-Z][^\s/>]{0,40})", re.DOTALL)
#: Some attributes of a tag; only behind `=` a quote begins a value (HTML 13.2.5.37). Each alternative consumes what it
#: read, so reading is linear. How many are read at once is bounded because a repeated group costs memory per turn.
_ATTRIBUTES = re.compile(r"(?:[^>=]++|=\s{0,9}+\"[^\"]*+\"|=\s{0,9}+'[^']*+'|=){0,1000}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
#: A tag with fewer characters cannot have too many attributes.
_SHORT_TAG = 2 * MAX_HTML_ATTRIBUTES
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_SELF_CLOSING = frozenset({
    "p", "li", "td", "th", "tr", "dt", "dd", "option", "optgroup", "tbody", "thead", "tfoot", "colgroup", "html",
    "body", "head",
})  # fmt: skip
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_CELL = frozenset({"td", "th", "caption", "object"})
_BALLAST = (
    (b"<!--", b"-->"),
    (b"<style", b"</style>"),
    (b"<script", b"</script>"),
    (b'"data:', b'"'),
    (b"'data:", b"'"),
)
#: HTML shorter than this is harmless whatever it holds (a few milliseconds).
_SHORT = 4_000


def guard(html: str, state: ParseState) -> tuple[str, str]:
    """Return the HTML that may be parsed, and the rest that may only be read as text (empty for honest mail)."""
    if len(html) <= _SHORT:
        return html, ""
    depth = formatting = 0
    for number, (tag, attributes) in enumerate(_tags(html)):
        if tag[2] is None:
            continue
        name = tag[2].lower()
        if name in _FORMATTING:
            formatting = max(0, formatting - 1) if tag[1] else formatting + 1
        elif name in _CELL:
            formatting = 0  # formatting is not carried out of a cell (HTML 13.2.4.3)
        elif name not in _VOID and name not in _SELF_CLOSING:
            depth = max(0, depth - 1) if tag[1] else depth + 1
        if (
            number >= MAX_HTML_TAGS
            or depth > MAX_HTML_DEPTH
            or formatting > MAX_HTML_FORMATTING
            or (len(attributes) > _SHORT_TAG and _count(attributes) > MAX_HTML_ATTRIBUTES)
        ):
            state.add("hostile_html", f"at character {tag.start()}")
            return html[: tag.start()], html[tag.start() :]
    return html, ""


def _tags(html: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each comment and the beginning of each tag with the text of its attributes."""
    end = 0
    while tag := _TAG.search(html, end):
        end = tag.end()
        while tag[2] and (more := _ATTRIBUTES.match(html, end)) and more.end() > end:
            end = more.end()
        yield tag, html[tag.end() : end]


def without_ballast(html: bytes) -> bytes:
    """Take out invisible and oversized parts: comments, style sheets, scripts, data URLs.

    Called for HTML that would be cut, so that a megabyte in front of the text does not hide it.
    """
    for begin, end in _BALLAST:
        html = _without(html, begin, end)
    return html


def _without(html: bytes, begin: bytes, end: bytes) -> bytes:
    kept: list[bytes] = []
    lower = html.lower()
    at = 0
    while (start := lower.find(begin, at)) >= 0:
        kept.append(html[at:start])
        stop = lower.find(end, start + len(begin))
        if stop < 0:  # it runs to the end, for a browser too
            return b"".join(kept)
        at = stop + len(end)
    return b"".join([*kept, html[at:]])


def _count(text: str) -> int:
    return len(_QUOTED.sub(" ", text).replace("/", " ").split())
