"""Parses an IMAP server's responses (RFC 9051 7), from bytes to values, within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from glassdome.core.errors import ProtocolViolation
from glassdome.core.limits import MAX_IMAP_DEPTH

__all__ = ["Response", "Token", "pairs", "parse_response"]

#: An atom or number, a quoted string (both `str`), a literal (`bytes`), NIL (`None`) or a parenthesised list.
Token: TypeAlias = "str | bytes | tuple[Token, ...] | None"  # noqa: S105

_STATUS = frozenset({"OK", "NO", "BAD", "BYE", "PREAUTH"})
_LEX = re.compile(
    r"""\ *(?:(?P<open>\()|(?P<close>\))|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<atom>(?:\[[^\[\]]{0,2000}\]|[^\ ()"])+))""",
    re.VERBOSE | re.DOTALL,
)
_CODE = re.compile(r"\[(?P<name>[^\] ]+)(?: (?P<arguments>[^\]]*))?\] ?(?P<text>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One response line with its literals.

    `tag` is `*`, `+` or a command's tag; `number` stands before EXISTS, EXPUNGE and FETCH. A status response (OK, NO,
    BAD, BYE, PREAUTH) has `code`, the `arguments` of that code, and `text`; others have `data`.
    """

    tag: str
    name: str = ""
    number: int | None = None
    data: tuple[Token, ...] = ()
    code: str = ""
    arguments: str = ""
    text: str = ""

    @property
    def is_status(self) -> bool:
        """True for status responses (OK, NO, BAD, BYE, PREAUTH)."""
        return self.name in _STATUS


def parse_response(parts: Sequence[bytes]) -> Response:
    """Parse one response: `parts` alternate between text and literal, text first and last.

    Raises ProtocolViolation for what RFC 9051 9 does not allow.
    """
    head = _text(parts[0])
    tag, _, rest = head.partition(" ")
    if tag == "+":
        return Response(tag=tag, text=rest)
    name, _, tail = rest.partition(" ")
    number = None
    if name.isdecimal():
        number = int(name)
        name, _, tail = tail.partition(" ")
    name = name.upper()
    if not tag or not name:
        raise ProtocolViolation("The IMAP server sent an empty response.")
    if number is None and name in _STATUS:
        return _status(tag, name, tail)
    if name == "SEARCH":
        return Response(tag=tag, name=name, data=tuple(tail.split()))
    return Response(tag=tag, name=name, number=number, data=_tokens(tail, parts[1:]))


def pairs(data: Token) -> dict[str, Token]:
    """Read a list of name and value, as in FETCH and STATUS, as a dictionary with upper-case names.

    Raises ProtocolViolation when it is none.
    """
    if not isinstance(data, tuple) or len(data) % 2:
        raise ProtocolViolation("The IMAP server sent a list with an odd number of items.")
    return {str(name).upper(): value for name, value in zip(data[::2], data[1::2], strict=True)}


def _status(tag: str, name: str, tail: str) -> Response:
    found = _CODE.fullmatch(tail)
    if found is None:
        return Response(tag=tag, name=name, text=tail)
    return Response(
        tag=tag, name=name, code=found["name"].upper(), arguments=found["arguments"] or "", text=found["text"]
    )


def _text(part: bytes) -> str:
    return part.decode("utf-8", "surrogateescape")


def _pieces(tail: str, more: Sequence[bytes]) -> Iterator[tuple[str, str | bytes]]:
    texts, literals = [tail, *map(_text, more[1::2])], more[0::2]
    for index, text in enumerate(texts):
        position, end = 0, len(text.rstrip(" "))
        while position < end:
            found = _LEX.match(text, position, end)
            if found is None or found.lastgroup is None:
                raise ProtocolViolation("The IMAP server sent a string without an end.")
            position = found.end()
            yield found.lastgroup, found[found.lastgroup]
        if index < len(literals):
            yield "literal", literals[index]


def _tokens(tail: str, more: Sequence[bytes]) -> tuple[Token, ...]:
    stack: list[list[Token]] = [[]]
    for kind, value in _pieces(tail, more):
        if kind == "open":
            stack.append([])
            if len(stack) > MAX_IMAP_DEPTH:
                raise ProtocolViolation("The IMAP server sent lists nested too deeply.")
        elif kind == "close":
            if len(stack) == 1:
                raise ProtocolViolation("The IMAP server closed a list that it had not opened.")
            done = tuple(stack.pop())
            stack[-1].append(done)
        elif kind == "quoted":
            assert isinstance(value, str)
            stack[-1].append(re.sub(r"\\(.)", r"\1", value))
        else:
            stack[-1].append(None if kind == "atom" and value in ("NIL", "nil") else value)
    if len(stack) > 1:
        raise ProtocolViolation("The IMAP server did not close a list.")
    return tuple(stack[0])
