"""The MIME tree (RFC 2046): parts as spans of bytes, split at their boundaries in linear time, within bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from glassdome.core.limits import MAX_BOUNDARY_CHARS, MAX_DEPTH
from glassdome.parse.fields import RawField, every, first, split_message
from glassdome.parse.parameters import Field, parse_parameters
from glassdome.parse.state import ParseState
from glassdome.parse.transfer import chosen_encoding, decode_transfer

__all__ = ["Part", "parse_structure"]

#: White space allowed behind a boundary on its line (RFC 2046 5.1.1); a longer line is no boundary.
_MAX_BOUNDARY_PADDING = 200
_DEFAULT = "text/plain"
_PLAIN = Field(value=_DEFAULT)
#: Types that are named without their other half.
_SHORT_TYPES = {"html": "text/html", "multipart": "multipart/mixed", "message": "message/rfc822"}
#: Content-Type fields of one part that are read; a program that takes the right one shows the text.
_MAX_TYPES = 4
_NONE = Field()
#: Empty lines, and then a field that each message has.
_LEADING_BLANK = re.compile(
    rb"[\r\n]{1,8}(?=(?:from|date|received|return-path|subject|to|message-id|mime-version)[ \t]{0,5}:)", re.IGNORECASE
)


@dataclass(slots=True, kw_only=True)
class Part:
    """One node: a multipart with children, a message/rfc822 with the one message in it, or a leaf with its bytes.

    `encrypted` is found out when containers are opened.
    """

    fields: list[RawField]
    content_type: Field = _PLAIN
    disposition: Field = _NONE
    body: bytes = b""
    children: list[Part] = field(default_factory=list)
    encrypted: bool = False

    @property
    def media_type(self) -> str:
        """`type/subtype` in lower case."""
        return self.content_type.value

    @property
    def filename(self) -> str:
        """The name it shall be saved under (RFC 2183 2.3), else the older `name` of Content-Type."""
        return self.disposition.get("filename") or self.content_type.get("name")

    @property
    def names(self) -> tuple[str, ...]:
        """All names that the fields give, each once."""
        given = (*self.disposition.every("filename"), *self.content_type.every("name"))
        return tuple(dict.fromkeys(name for name in given if name))

    def content(self, state: ParseState) -> bytes:
        """Return the bytes with the transfer encoding undone."""
        encoding = first(self.fields, "content-transfer-encoding")
        if encoding and len(others := every(self.fields, "content-transfer-encoding")) > 1:
            encoding = chosen_encoding(others, self.body)
        return decode_transfer(self.body, encoding, state)


def parse_structure(data: bytes, state: ParseState) -> Part:
    """Parse a whole message into its tree."""
    return _parse(_Span(data, 0, len(data)), state, _DEFAULT, 0)


class _Span(NamedTuple):
    """A piece of the message, not copied: nested parts of a 100 MB message share its bytes."""

    data: bytes
    start: int
    stop: int

    def bytes(self) -> bytes:
        return self.data[self.start : self.stop]


def _parse(span: _Span, state: ParseState, default: str, depth: int) -> Part:
    fields, at = split_message(*span, state)
    part = Part(fields=fields, content_type=_content_type(fields, default, state))
    disposition = first(fields, "content-disposition")
    if disposition:
        part.disposition = parse_parameters(disposition, state)
    body = _Span(span.data, at, span.stop)
    if part.media_type.startswith("multipart/"):
        _parse_multipart(part, body, state, depth)
    elif part.media_type in ("message/rfc822", "message/global"):
        _parse_embedded(part, body, state, depth)
    else:
        part.body = body.bytes()
    return part


def _content_type(fields: list[RawField], default: str, state: ParseState) -> Field:
    value = first(fields, "content-type")
    if not value:
        return _PLAIN if default == _DEFAULT else Field(value=default)
    parsed = _one_type(value, state)
    if parsed.value.startswith(("multipart/", "text/")) or len(values := every(fields, "content-type")) == 1:
        return parsed
    others = [_one_type(value, state) for value in values[1:_MAX_TYPES]]
    return next((other for other in others if other.value.startswith(("multipart/", "text/"))), parsed)


def _one_type(value: str, state: ParseState) -> Field:
    parsed = parse_parameters(value, state)
    kind, slash, subtype = parsed.value.partition("/")
    if slash and kind and subtype:
        return parsed
    state.add("bad_content_type", value[:80])
    guess = "multipart/mixed" if parsed.get("boundary") else _SHORT_TYPES.get(parsed.value, _DEFAULT)
    return Field(value=guess, parameters=parsed.parameters)


def _parse_multipart(part: Part, body: _Span, state: ParseState, depth: int) -> None:
    if depth >= MAX_DEPTH:
        state.add("too_deep", f"more than {MAX_DEPTH} levels")
        part.body, part.content_type = body.bytes(), Field(value="application/octet-stream")
        return
    delimiter = _delimiter(part, body, state)
    spans = _split(body, delimiter, state)
    if not spans:
        state.add("no_boundary_found")
        part.body, part.content_type = _without_parts(body, delimiter), _PLAIN
        return
    default = "message/rfc822" if part.media_type == "multipart/digest" else _DEFAULT
    for span in spans:
        if state.parts <= 0:
            state.add("too_many_parts")
            break
        state.parts -= 1
        part.children.append(_parse(span, state, default, depth + 1))


def _parse_embedded(part: Part, body: _Span, state: ParseState, depth: int) -> None:
    part.body = body.bytes()
    if depth >= MAX_DEPTH or state.parts <= 0:
        state.add("too_deep", f"more than {MAX_DEPTH} levels")
        return
    state.parts -= 1
    inner = part.content(state)
    whole = body if inner is part.body else _Span(inner, 0, len(inner))
    part.children.append(_parse(_from_first_field(whole), state, _DEFAULT, depth + 1))


def _from_first_field(span: _Span) -> _Span:
    """Skip empty lines in front of the header of an embedded message, as programs leave them that paste one."""
    blank = _LEADING_BLANK.match(span.data, span.start, span.stop)
    return span._replace(start=blank.end()) if blank else span


def _delimiter(part: Part, body: _Span, state: ParseState) -> bytes:
    """Return the delimiter without its line break; a missing parameter is read off the first line that has one."""
    name = part.content_type.get("boundary")[:MAX_BOUNDARY_CHARS].rstrip()
    if name:
        return b"--" + name.encode("utf-8", "surrogateescape")
    state.add("no_boundary_parameter")
    data, start, stop = body
    at = start if data.startswith(b"--", start, stop) else data.find(b"\n--", start, stop) + 1
    line = data[at : min(stop, at + MAX_BOUNDARY_CHARS)].partition(b"\n")[0].rstrip()
    return line if len(line) > 2 and line.startswith(b"--") else b""


def _split(body: _Span, delimiter: bytes, state: ParseState) -> list[_Span]:
    """Find the parts between delimiter lines (RFC 2046 5.1.1); without a closing one the last part runs to the end."""
    spans: list[_Span] = []
    data, start, stop = body
    opened = -1
    at = start if data.startswith(delimiter, start, stop) else _next(body, delimiter, start)
    while delimiter and at >= 0 and len(spans) <= state.parts:
        state.boundary_tries -= 1
        if state.boundary_tries < 0:
            state.add("too_many_boundaries")
            break
        after = at + len(delimiter)
        end = data.find(b"\n", after, stop)
        rest = data[after : end if end >= 0 else stop] if end - after < _MAX_BOUNDARY_PADDING else b"?"
        closing = rest.startswith(b"--")
        if not (rest[2:] if closing else rest).strip():
            if opened >= 0:
                spans.append(_Span(data, opened, max(opened, _before_break(data, at))))
            opened = -1 if closing or end < 0 else end + 1
            if closing:
                return spans
        at = _next(body, delimiter, after)
    if opened >= 0 and len(spans) <= state.parts:
        state.add("no_closing_boundary")
        spans.append(_Span(data, opened, stop))
    return spans


def _without_parts(body: _Span, delimiter: bytes) -> bytes:
    """Return what is shown of a multipart without parts: all of it, or nothing where it is a closing delimiter alone."""
    whole = body.bytes()
    return b"" if delimiter and whole.strip() == delimiter + b"--" else whole


def _next(body: _Span, delimiter: bytes, start: int) -> int:
    found = body.data.find(b"\n" + delimiter, max(body.start, start - 1), body.stop)
    return found + 1 if found >= 0 else -1


def _before_break(data: bytes, at: int) -> int:
    """The line break before a delimiter belongs to the delimiter."""
    if data[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if data[at - 1 : at] == b"\n" else at
