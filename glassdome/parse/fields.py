"""Header blocks (RFC 5322 2.2): finds where one ends and splits it into unfolded fields, whatever is broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from glassdome.core.limits import MAX_HEADER_BLOCK_BYTES, MAX_HEADER_CHARS, MAX_HEADERS
from glassdome.parse.charset import decode
from glassdome.parse.codecs_of_mail import decode_as, looks_like_iso_2022
from glassdome.parse.state import ParseState

__all__ = ["RawField", "every", "first", "split_message"]

_FOLD = re.compile(r"(?:\r\n|\n|\r)(?=[ \t])")
_LINE_END = re.compile(r"\r\n|\n|\r")
#: A From field with spaces before its colon (RFC 5322 4.5), which is no mbox line.
_FROM_FIELD = re.compile(rb"From[ \t]{1,20}:")
#: Where a message says which charset its text has, and those that say nothing about raw bytes.
_LABEL_HINT = re.compile(
    rb"charset\*?\s{0,5}=\s{0,5}(?:[\w-]{0,20}'[\w-]{0,20}'|[\"'])?([\w.:+-]{2,40})", re.IGNORECASE | re.ASCII
)
_WORD_HINT = re.compile(rb"=\?([\w.:+-]{2,40})(?:\*[\w-]{0,20})?\?[bq]\?", re.IGNORECASE | re.ASCII)
_SAYS_NOTHING = frozenset({"us-ascii", "ascii", "utf-8", "utf8"})
_HINT_WITHIN = 65_536
_LABEL = re.compile(r"[!-9;-~]{1,200}")


class RawField(NamedTuple):
    """One field, unfolded; encoded words are still encoded. `name` is in lower case, `label` as it came."""

    name: str
    label: str
    value: str


def split_message(data: bytes, start: int, stop: int, state: ParseState) -> tuple[list[RawField], int]:
    """Split the message or body part at data[start:stop] into its fields and the offset of its body.

    An mbox `From ` line on top is skipped. Lines that can be no field are skipped where fields go on behind them;
    else the body starts there.
    """
    start = _envelope_line(data, start, stop)
    if data[start : start + 1] in (b"\n", b"\r") or start >= stop:
        return [], min(stop, _after_empty_line(data, start))
    limit = min(stop, start + MAX_HEADER_BLOCK_BYTES)
    end = _empty_line(data, start, limit)
    if end >= 0:
        body = min(stop, _after_empty_line(data, end))
    elif limit == stop:
        end = body = stop
    else:
        state.add("header_too_long", f"more than {MAX_HEADER_BLOCK_BYTES} bytes")
        end, body = limit, _end_of_long_block(data, limit, stop)
    text, codec = _decode(data[start:end], state)
    if codec == "latin-1":
        charset = _charset_of(data, min(stop, end + _HINT_WITHIN))
        fields, stray = _fields(text, lambda value: _guess(value, charset, state), state)
    else:
        fields, stray = _fields(text, _unescaped if "\x1b" in text else None, state)
    if stray:
        at = data.find(stray.encode(codec), start, end)
        return fields, at if at >= 0 else body
    return fields, body


def first(fields: list[RawField], name: str) -> str:
    """Return the first value of `name` (lower case), or an empty string."""
    for called, _, value in fields:
        if called == name:
            return value
    return ""


def every(fields: list[RawField], name: str) -> list[str]:
    """Return all values of `name` (lower case), in their order."""
    return [value for called, _, value in fields if called == name]


def _envelope_line(data: bytes, start: int, stop: int) -> int:
    if data.startswith((b"From ", b">From "), start, stop) and not _FROM_FIELD.match(data, start):
        return data.find(b"\n", start, min(stop, start + 1000)) + 1 or start
    return start


def _empty_line(data: bytes, start: int, limit: int) -> int:
    """Find the first empty line; line ends may be mixed."""
    at = data.find(b"\n", start, limit)
    if at < 0:
        return -1
    likely, other = (b"\n\r\n", b"\n\n") if data[at - 1 : at] == b"\r" else (b"\n\n", b"\n\r\n")
    found = data.find(likely, at, limit)
    earlier = data.find(other, at, found + 1 if found >= 0 else limit)
    return (earlier if earlier >= 0 else found) + 1 or -1


def _after_empty_line(data: bytes, at: int) -> int:
    return at + (2 if data[at : at + 2] == b"\r\n" else 1)


def _end_of_long_block(data: bytes, at: int, stop: int) -> int:
    marks = (b"\r\n\r\n", b"\n\n")
    return min((found + len(mark) for mark in marks if (found := data.find(mark, at, stop)) >= 0), default=stop)


def _decode(block: bytes, state: ParseState) -> tuple[str, str]:
    """Read the block as UTF-8 (RFC 6532), else byte by byte, so that each value can be judged on its own."""
    try:
        return block.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        state.add("raw_8bit_header")
        return block.decode("latin-1"), "latin-1"


def _fields(text: str, read: Callable[[str], str] | None, state: ParseState) -> tuple[list[RawField], str]:
    """Return the fields, and the start of the first line that must already be body."""
    fields: list[RawField] = []
    lines = _LINE_END.split(_FOLD.sub("", text))
    for number, line in enumerate(lines):
        label, colon, value = line.partition(":")
        label = label.rstrip(" \t")
        if not colon or not _LABEL.fullmatch(label):
            if not line.strip():
                continue
            state.add("not_a_header_field", line[:80])
            if any(_is_field(later) for later in lines[number + 1 : number + 4]):
                continue
            return fields, line[:60]
        if len(fields) >= MAX_HEADERS:
            state.add("too_many_headers", f"more than {MAX_HEADERS}")
            break
        if len(value) > MAX_HEADER_CHARS:
            state.add("header_value_too_long", label)
            value = value[:MAX_HEADER_CHARS]
        value = value.strip()
        fields.append(RawField(label.lower(), label, read(value) if read else value))
    return fields, ""


def _is_field(line: str) -> bool:
    label, colon, _ = line.partition(":")
    return bool(colon and _LABEL.fullmatch(label.rstrip(" \t")))


def _charset_of(data: bytes, stop: int) -> str:
    """Return the charset that the message names for its text, else for a word of its header; empty for none."""
    for pattern in (_LABEL_HINT, _WORD_HINT):
        for found in pattern.finditer(data, 0, stop):
            label = found[1].decode("ascii").lower()
            if label not in _SAYS_NOTHING:
                return label
    return ""


def _guess(value: str, charset: str, state: ParseState) -> str:
    """Read one raw 8-bit value: UTF-8 if it is, else in the charset of the body, else windows-1252."""
    if value.isascii():
        return _unescaped(value) if "\x1b" in value else value
    raw = value.encode("latin-1")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return decode(raw, charset, state) if charset else raw.decode("cp1252", "replace")


def _unescaped(value: str) -> str:
    """Read a raw value that switches charsets by escape sequences (RFC 1468), as old Japanese programs write."""
    raw = value.encode("utf-8", "replace")
    return decode_as(raw, "iso-2022-jp", strict=False) if looks_like_iso_2022(raw) else value
