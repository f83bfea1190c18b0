"""Elements that a selector matches, in bounded time: the engine's own matching is exponential in ancestors and siblings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from glassdome.parse.css import EMPTY, Style, merge
from glassdome.parse.css_rules import without_strings

__all__ = ["Matcher", "matched_styles", "split_list"]

_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
#: States that no mail is in while it is read.
_NEVER = re.compile(r":(?:hover|focus\S*|active|checked|target\S*|visited|invalid|disabled)\b", re.IGNORECASE)
#: Conditions on other elements, each of which walks the page again; without them more is matched.
_FUNCTION = re.compile(r":[\w-]{1,40}\([^()]{0,200}\)")
#: Parts of one selector, and distinct parts of all of them.
_MOST_PARTS = 6
_MOST_COMPOUNDS = 60
#: Elements given out for all parts, and steps to ancestors and siblings for all selectors.
_MOST_NODES = 30_000
_MOST_STEPS = 50_000
#: Elements that get a style in this way.
_MOST_STYLED = 5_000


class Matcher:
    """Finds elements by selector; a selector beyond the bounds counts as matching, so that nothing shown stays unread."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.tree = tree
        self.nodes, self.steps = _MOST_NODES, _MOST_STEPS
        self._found: dict[str, dict[int, LexborNode]] = {}

    def matches(self, selector: str, most: int) -> Iterator[LexborNode]:
        """Yield at most so many elements; none for a selector that is not understood."""
        parts, combinators = _parts(selector)
        if not parts or len(parts) > _MOST_PARTS or _NEVER.search(selector):
            return
        found = [self._of(part) for part in parts]
        if not all(found):
            return
        before = list(zip(combinators, found, strict=False))[::-1]
        for node in islice(found[-1].values(), most):
            if self._stands(node, before):
                yield node

    def _of(self, compound: str) -> dict[int, LexborNode]:
        known = self._found.get(compound)
        if known is None:
            known = {}
            if self.nodes > 0 and len(self._found) < _MOST_COMPOUNDS:
                try:
                    known = {node.mem_id: node for node in self.tree.css(compound)}
                except (SelectolaxError, ValueError, RuntimeError):
                    known = {}
            self.nodes -= len(known)
            self._found[compound] = known
        return known

    def _stands(self, node: LexborNode, before: list[tuple[str, dict[int, LexborNode]]]) -> bool:
        """Return whether the ancestors and siblings are those wanted, the nearest of each taken."""
        at: LexborNode | None = node
        for combinator, wanted in before:
            at = _step(at, combinator)
            while at is not None and at.mem_id not in wanted:
                self.steps -= 1
                if self.steps < 0:
                    return True
                at = None if combinator in ">+" else _step(at, combinator)
            if at is None:
                return False
        return True


def matched_styles(rules: list[tuple[str, Style]], matcher: Matcher) -> dict[int, Style]:
    """Return the style of each element that these rules meet."""
    found: dict[int, Style] = {}
    left = _MOST_STYLED
    for selector, style in rules[:_MOST_COMPOUNDS]:
        for node in matcher.matches(selector, left):
            left -= 1
            found[node.mem_id] = merge(found.get(node.mem_id, EMPTY), style)
    return found


def _step(node: LexborNode | None, combinator: str) -> LexborNode | None:
    if node is None:
        return None
    if combinator in (" ", ">"):
        return node.parent
    node = node.prev
    while node is not None and not node.is_element_node:
        node = node.prev
    return node


def _parts(selector: str) -> tuple[list[str], list[str]]:
    """Split a selector into what single elements must have, and what stands between."""
    selector = _FUNCTION.sub("", selector.strip())
    bare = without_strings(selector)
    parts, combinators, start = list[str](), list[str](), 0
    for found in _COMBINATOR.finditer(bare):
        if bare.count("[", start, found.start()) > bare.count("]", start, found.start()):
            continue
        parts.append(selector[start : found.start()] or "*")
        combinators.append(found[1] or " ")
        start = found.end()
        if len(parts) > _MOST_PARTS:
            break
    return [*parts, selector[start:] or "*"], combinators


def split_list(selector: str) -> list[str]:
    """Split a list of selectors at its commas, not at those in strings and parentheses."""
    if "(" not in selector and '"' not in selector and "'" not in selector:
        return selector.split(",")
    bare, depth, start, found = without_strings(selector), 0, 0, list[str]()
    for at, char in enumerate(bare):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and depth <= 0:
            found.append(selector[start:at])
            start = at + 1
    return [*found, selector[start:]]
