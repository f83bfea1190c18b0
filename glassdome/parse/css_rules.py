"""Style sheets as rules: selector and body of each, with the @-rules around it that decide whether it holds on a screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

__all__ = ["StyleRule", "applies", "rules_in", "unescaped", "without_strings"]

#: A string, an escaped character, or a mark of the syntax (CSS Syntax 4).
_TOKEN = re.compile(r"\"(?:[^\"\\\n]|\\[\s\S])*\"?|'(?:[^'\\\n]|\\[\s\S])*'?|\\[\s\S]|[{};]")
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\[\s\S])*\"?|'(?:[^'\\\n]|\\[\s\S])*'?")
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(\n)|([\s\S]))")
_MIN_WIDTH = re.compile(r"\(\s*min-(?:device-)?width\s*:\s*(\d{1,4})(?:px)?\s*\)")
#: Every window in which mail is read has as many pixels.
_NARROWEST = 320
#: Rules in rules that are followed, and characters of a selector.
_DEPTH = 5
_LONGEST = 400

Applies = Literal["always", "maybe", "never"]


class StyleRule(NamedTuple):
    """One rule; `applies` is True if the @-rules around it hold where mail is read."""

    selector: str
    body: str
    applies: Applies


def rules_in(sheet: str) -> Iterator[StyleRule]:
    """Yield the rules of a style sheet without comments, those in @-rules too; linear."""
    begin, stack = 0, list[tuple[str, int]]()
    for token in _TOKEN.finditer(sheet):
        mark = token[0]
        if mark == "{":
            stack.append((sheet[begin : token.start()][-_LONGEST:].strip(), token.end()))
        elif mark == "}":
            if stack:
                prelude, start = stack.pop()
                if prelude and not prelude.startswith("@") and len(stack) <= _DEPTH:
                    yield StyleRule(prelude, sheet[start : token.start()], _around(stack))
        elif mark != ";" or (stack and not stack[-1][0].startswith("@")):
            continue
        begin = token.end()


def _around(stack: list[tuple[str, int]]) -> Applies:
    found: Applies = "always"
    for prelude, _ in stack:
        if prelude.startswith("@"):
            here = applies(prelude)
            found = here if here == "never" or found == "always" else found
    return found


def applies(prelude: str) -> Applies:
    """Return whether what stands in an @-rule counts on a screen: `maybe` where that depends on the window or the program."""
    name, _, condition = prelude.lower().partition(" ")
    if name.startswith("@media"):
        return _media(f"{name[6:]} {condition}")
    return "maybe" if name in ("@supports", "@layer", "@container", "@scope") else "never"


def _media(condition: str) -> Applies:
    """Read a media query list (Media Queries 4); an empty one holds everywhere."""
    answers = [_query(query.strip().removeprefix("only ").strip()) for query in condition.split(",")[:20]]
    return next((answer for answer in ("always", "maybe") if answer in answers), "never")


def _query(query: str) -> Applies:
    if query in ("", "all", "screen"):
        return "always"
    medium, _, features = query.partition(" and ")
    if query.startswith("("):
        medium, features = "all", query
    if medium.strip() not in ("all", "screen"):
        return "never" if not query.startswith("not ") else "maybe"
    width = _MIN_WIDTH.fullmatch(features.strip())
    return "always" if width and int(width[1]) <= _NARROWEST else "maybe"


def unescaped(text: str) -> str:
    """Undo the escapes of a name or a string (CSS Syntax 4.3.7)."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    if not found[1]:
        return found[3] or ""
    code = int(found[1], 16)
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"


def without_strings(text: str) -> str:
    """Return a text of the same length in which strings hold nothing, so that marks can be looked for."""
    return _STRING.sub(lambda found: "_" * len(found[0]), text)
