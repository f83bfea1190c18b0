"""The bytes of attachments, had a second time: a `Message` keeps none, and few mails have files that need reading."""

from __future__ import annotations

import hashlib

from glassdome.parse.body import read_text
from glassdome.parse.containers import open_containers, take_files
from glassdome.parse.message import as_lines
from glassdome.parse.sorting import sort_parts
from glassdome.parse.state import ParseState
from glassdome.parse.structure import Part, parse_structure

__all__ = ["bodies", "contents"]

#: Names of files that hold a message, which is opened as well.
_MESSAGES = (".eml", ".email")
#: Lines that files in a text begin with.
_BEGINS = (b"begin", b"=ybegin")


def contents(raw: bytes, wanted: frozenset[str]) -> dict[str, bytes]:
    """Return the bytes of the attachments with these SHA-256 sums, as `parse_message` found them; never raises."""
    state, found = ParseState(), dict[str, bytes]()
    root = parse_structure(as_lines(raw), state)
    open_containers(root, state)
    _gather(root, wanted, found, state)
    return found


def bodies(raw: bytes) -> tuple[str, ...]:
    """Return the text parts as they were sent, with every blank and tag; never raises."""
    state = ParseState()
    root = parse_structure(as_lines(raw), state)
    open_containers(root, state)
    parts = sort_parts(root)
    return tuple(read_text(part, state) for part in (*parts.shown, *parts.other) if part.media_type.startswith("text/"))


def _gather(part: Part, wanted: frozenset[str], found: dict[str, bytes], state: ParseState) -> None:
    if len(found) == len(wanted):
        return
    data = part.content(state) if part.body else b""
    _keep(data, wanted, found)
    for child in part.children or _inside(part, data, state):
        _gather(child, wanted, found, state)


def _keep(data: bytes, wanted: frozenset[str], found: dict[str, bytes]) -> None:
    if data and (name := hashlib.sha256(data).hexdigest()) in wanted:
        found[name] = data


def _inside(part: Part, data: bytes, state: ParseState) -> list[Part]:
    """Return the message in a file that is one, and files written into a text."""
    if part.filename.lower().endswith(_MESSAGES) and state.parts > 0:
        state.parts -= 1
        return [parse_structure(data, state)]
    if part.media_type.startswith("text/") and any(mark in data for mark in _BEGINS):
        return take_files(data, state)[1]
    return []
