"""Text that a style sheet writes: `content` of ::before, ::after and ::marker, and the strings that number lists.

Mail programs with a browser's engine show it as if it stood in the mail (CSS Generated Content 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Literal, NamedTuple

from glassdome.core.limits import MAX_STYLE_CHARS, MAX_STYLESHEET_CHARS
from glassdome.parse.css import EMPTY, Style, merge, parse_declarations
from glassdome.parse.css_rules import rules_in, unescaped, without_strings
from glassdome.parse.selectors import Matcher, split_list
from glassdome.parse.state import ParseState

__all__ = ["MAX_WRITTEN", "Generated", "Place", "generated_by", "list_marker", "may_generate"]

Place = Literal["before", "after", "marker"]
_PLACES: tuple[Place, ...] = ("before", "after", "marker")
#: Without one of these a style sheet writes nothing.
_MAY = re.compile(r":\s*(?:before|after|marker)|list-style|\\", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_PIECE = re.compile(
    r"\"((?:[^\"\\\n]|\\[\s\S])*)\"?|'((?:[^'\\\n]|\\[\s\S])*)'?|(attr|var)\(\s*([\w-]{1,60})[^()]{0,200}\)|(/)|(open-quote|close-quote)"
)
_BLOCK = re.compile(r"block|table|flex|grid|list-item", re.IGNORECASE)
_NO_CONTENT = frozenset({"", "none", "normal", "inherit", "initial", "unset", "revert"})
_SIMPLE_PARTS = re.compile(r"(#)|([.\[:])|(?<![\w.#:\[-])[a-z]", re.IGNORECASE)
#: Elements whose place something else takes.
_REPLACED = frozenset(
    {"img", "br", "input", "textarea", "select", "iframe", "object", "embed", "video", "audio", "svg"}
)
#: Rules that are matched with the page, and elements that all of them may meet.
_MOST_RULES = 60
_MOST_PLACES = 5_000
#: Characters written at one place, and in one page.
_LONGEST = 2_000
MAX_WRITTEN = 100_000


class Generated(NamedTuple):
    """The text written at one place of an element, before its attributes and variables are put in, and its look.

    A `block` stands on lines of its own.
    """

    value: str
    style: Style
    variables: Mapping[str, str]
    block: bool

    def text(self, attributes: Mapping[str, str | None]) -> str:
        """Return the words for an element with these attributes."""
        return "".join(_pieces(self.value, attributes, self.variables, 0))[:_LONGEST]


class _Written(NamedTuple):
    weight: tuple[bool, int, int, int, int]
    value: str


def may_generate(sheet: str) -> bool:
    """Return whether a style sheet may write text; most do not, and need no closer look."""
    return _MAY.search(sheet) is not None


def generated_by(sheet: str, matcher: Matcher, state: ParseState) -> dict[int, dict[Place, Generated]]:
    """Return what a style sheet writes, by the number of the element and the place in it."""
    sheet = _COMMENT.sub("", sheet[:MAX_STYLESHEET_CHARS].replace("<!--", "").replace("-->", ""))
    values: dict[tuple[int, Place], _Written] = {}
    styles: dict[tuple[int, Place], Style] = {}
    blocks = set[tuple[int, Place]]()
    variables: dict[str, str] = {}
    left = _MOST_PLACES
    for order, (selector, place, body) in enumerate(_writing_rules(sheet, variables)):
        declared = dict(declarations(body))
        value = declared.get("content" if place != "list" else "list-style-type") or declared.get("list-style", "")
        important = value.endswith("!important")
        written = _Written((important, *_weight(selector), order), value.removesuffix("!important").strip())
        style = parse_declarations(body[:MAX_STYLE_CHARS])
        for number in _places(matcher, selector, left, items=place == "list"):
            left -= 1
            key = number, "marker" if place == "list" else place
            if _BLOCK.match(declared.get("display", "")):
                blocks.add(key)
            if style is not EMPTY and place != "list":
                styles[key] = merge(styles.get(key, EMPTY), style)
            if value and (key not in values or written.weight >= values[key].weight):
                values[key] = written
    if left <= 0:
        state.add("hostile_html", "the style sheet writes text in too many places")
    found: dict[int, dict[Place, Generated]] = {}
    for (number, place), item in values.items():
        if item.value.lower() not in _NO_CONTENT and ("'" in item.value or '"' in item.value or "(" in item.value):
            key = number, place
            written_here = Generated(item.value, styles.get(key, EMPTY), variables, key in blocks)
            found.setdefault(number, {})[place] = written_here
    return found


def list_marker(style: str) -> str:
    """Return the string with which the style of a list numbers its items, or an empty one."""
    if "list-style" not in style or ("'" not in style and '"' not in style):
        return ""
    declared = dict(declarations(style[:MAX_STYLE_CHARS]))
    value = declared.get("list-style-type") or declared.get("list-style", "")
    return "".join(_pieces(value, {}, {}, 0))[:_LONGEST]


def _writing_rules(sheet: str, variables: dict[str, str]) -> Iterator[tuple[str, Place | Literal["list"], str]]:
    """Yield the rules that may write text, each selector by itself without its pseudo-element; note custom properties."""
    left = _MOST_RULES
    for rule in rules_in(sheet):
        if rule.applies == "never":
            continue
        if "--" in rule.body:
            variables.update((name, value) for name, value in declarations(rule.body) if name.startswith("--"))
        for selector in split_list(rule.selector)[:20]:
            place, base = _place_of(selector.strip())
            if place is None and "list-style" in rule.body and ("'" in rule.body or '"' in rule.body):
                place, base = "list", selector.strip()
            if place is not None and left > 0:
                left -= 1
                yield base, place, rule.body


def _place_of(selector: str) -> tuple[Place | Literal["list"] | None, str]:
    base, colon, name = selector.rpartition(":")
    name = unescaped(name).strip().lower()
    place = next((place for place in _PLACES if place == name), None) if colon else None
    base = base.removesuffix(":")
    return place, f"{base}*" if not base.strip() or base[-1] in " >+~\n\t" else base


def declarations(body: str) -> Iterator[tuple[str, str]]:
    """Yield the declarations of a rule, names in lower case with escapes undone; strings may hold semicolons."""
    bare = without_strings(body)
    start = 0
    while start < len(body):
        end = bare.find(";", start)
        end = end if end >= 0 else len(body)
        name, colon, value = body[start:end].partition(":")
        if colon:
            yield unescaped(name.strip()).lower(), value.strip()
        start = end + 1


def _weight(selector: str) -> tuple[int, int, int]:
    """Return the specificity (Selectors 4, 17), near enough."""
    counts = [0, 0, 0]
    for part in _SIMPLE_PARTS.finditer(selector[:_LONGEST]):
        counts[0 if part[1] else 1 if part[2] else 2] += 1
    return counts[0], counts[1], counts[2]


def _places(matcher: Matcher, selector: str, left: int, *, items: bool) -> Iterator[int]:
    """Yield the elements that a selector matches; with `items` those of a list in its place."""
    for node in matcher.matches(selector, left):
        if items and node.tag in ("ul", "ol"):
            yield from (child.mem_id for child in islice(node.iter(), left) if child.tag == "li")
        elif node.tag not in _REPLACED:
            yield node.mem_id


def _pieces(
    value: str, attributes: Mapping[str, str | None], variables: Mapping[str, str], depth: int
) -> Iterator[str]:
    for piece in _PIECE.finditer(value[:_LONGEST]):
        if piece[5]:  # what follows is read aloud only
            return
        if piece[3] == "attr":
            yield attributes.get(piece[4].lower()) or ""
        elif piece[3] == "var":
            if depth < 3:
                yield from _pieces(variables.get(piece[4].lower(), ""), attributes, variables, depth + 1)
        elif piece[6]:
            yield '"'
        else:
            yield unescaped(piece[1] if piece[1] is not None else piece[2] or "")
