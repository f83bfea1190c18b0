"""Content lines of iCalendar and vCard (RFC 5545 3.1, RFC 6350 3.3): folded, escaped, quoted-printable in version 2.1."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from glassdome.parse.charset import decode
from glassdome.parse.plain import clean
from glassdome.parse.state import ParseState

__all__ = ["Component", "ContentLine", "components", "split_values", "unescaped"]

#: Bytes and lines of one file that are read; a calendar of years has 5,000 lines without its alarms.
_MOST_BYTES: Final = 4 * 1024 * 1024
_MOST_LINES: Final = 50_000
_MOST_DEPTH: Final = 20
_MOST_PARAMETERS: Final = 20
#: Characters of one line; a photograph in a card is longer and of no use here.
_LONGEST: Final = 100_000
_BREAK: Final = re.compile(r"\r\n|\n|\r")
_NAME: Final = re.compile(r"(?:[A-Za-z0-9-]{1,40}\.)?([A-Za-z0-9-]{1,60})")
_PARAMETER: Final = re.compile(r";([A-Za-z0-9-]{1,60})(?:=((?:\"[^\"]{0,2000}\"|[^\":;]{1,2000}){0,50}))?")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_CARET: Final = {"^n": "\n", "^'": '"', "^^": "^"}
_CARETS: Final = re.compile(r"\^[n'^]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentLine:
    """One property: its name in upper case, its parameters by names in upper case, its value still escaped."""

    name: str
    value: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value as text, escapes undone."""
        return unescaped(self.value)


@dataclass(slots=True, kw_only=True)
class Component:
    """The lines between BEGIN and END, without those of components inside, which follow as their own."""

    name: str
    above: str = ""
    lines: list[ContentLine] = field(default_factory=list)

    def all(self, name: str) -> list[ContentLine]:
        """Return all properties of that name."""
        return [line for line in self.lines if line.name == name]

    def first(self, name: str) -> ContentLine | None:
        """Return the first property of that name that has a value."""
        return next((line for line in self.lines if line.name == name and line.value.strip()), None)

    def text(self, name: str) -> str:
        """Return the first property of that name as text."""
        line = self.first(name)
        return line.text if line else ""


def unescaped(value: str) -> str:
    """Undo the escapes of a text value."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def split_values(value: str, separator: str) -> list[str]:
    """Split a structured value at its separators that are not escaped, and undo the escapes."""
    pieces = re.split(rf"(?<!\\){re.escape(separator)}", value)
    return [unescaped(piece).strip() for piece in pieces]


def components(data: bytes) -> list[Component]:
    """Return all components in the order in which they begin; what stands outside of any is left out."""
    text = decode(data[:_MOST_BYTES], "", ParseState()).removeprefix("\ufeff")
    found: list[Component] = []
    inside: list[Component] = []
    for line in _lines(text):
        if line.name == "BEGIN":
            begun = Component(name=line.value.strip().upper(), above=inside[-1].name if inside else "")
            found.append(begun)
            inside = [*inside[-_MOST_DEPTH:], begun]
        elif line.name == "END":
            inside = inside[:-1]
        elif inside:
            inside[-1].lines.append(line)
    return found


def _lines(text: str) -> Iterator[ContentLine]:
    pieces: list[str] = []
    soft = False
    for raw in _BREAK.split(text)[:_MOST_LINES]:
        if soft and pieces:
            pieces[-1] = pieces[-1][:-1]
            pieces.append(raw.lstrip(" \t") if raw[:1] in " \t" else raw)
        elif raw[:1] in (" ", "\t") and pieces:
            pieces.append(raw[1:])
        else:
            yield from _line("".join(pieces))
            pieces = [raw]
        soft = raw.endswith("=") and _is_quoted_printable(pieces[0])
    yield from _line("".join(pieces))


def _is_quoted_printable(line: str) -> bool:
    return "QUOTED-PRINTABLE" in line[:300].partition(":")[0].upper()


def _line(text: str) -> Iterator[ContentLine]:
    name = _NAME.match(text[:_LONGEST])
    if name is None:
        return
    at = name.end()
    parameters: dict[str, str] = {}
    for _ in range(_MOST_PARAMETERS):
        found = _PARAMETER.match(text, at)
        if found is None:
            break
        at = found.end()
        parameters.setdefault(*_parameter(found[1], found[2]))
    if text[at : at + 1] == ":":
        value = _decoded(text[at + 1 : at + _LONGEST], parameters)
        yield ContentLine(name=name[1].upper(), value=value, parameters=parameters)


def _parameter(name: str, value: str | None) -> tuple[str, str]:
    """Read a parameter; one without a value is a type or an encoding of version 2.1."""
    if value is None:
        is_encoding = name.upper() in ("QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT")
        return ("ENCODING" if is_encoding else "TYPE"), name
    value = _CARETS.sub(lambda found: _CARET[found[0]], value.replace('"', ""))
    return name.upper(), value


def _decoded(value: str, parameters: dict[str, str]) -> str:
    if parameters.get("ENCODING", "").upper() != "QUOTED-PRINTABLE":
        return clean(value)
    raw = binascii.a2b_qp(value.encode("utf-8", "replace"))
    # A break that was encoded is one of the text, not the end of the line.
    return clean(decode(raw, parameters.get("CHARSET", ""), ParseState())).replace("\n", "\\n")
