"""The text of a message as a person may read it in a browser: words only, each link followed by its true host."""

from __future__ import annotations

import re
from dataclasses import dataclass

from glassdome.parse.body import read_body
from glassdome.parse.containers import open_containers
from glassdome.parse.message import as_lines
from glassdome.parse.sorting import sort_parts
from glassdome.parse.state import ParseState
from glassdome.parse.structure import parse_structure
from glassdome.parse.text_types import STUFFED

__all__ = ["ShownPiece", "shown_text"]

#: Stand around the mark behind a link. A mail may hold both, but not the name that the caller drew for this one reading.
_OPEN, _CLOSE = "\ue002", "\ue003"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPiece:
    """A piece of the visible text, and the host of the link that ends it; empty where none does."""

    text: str
    host: str = ""


def shown_text(raw: bytes, *, secret: str) -> tuple[ShownPiece, ...]:
    """Return the visible text of a message; `secret` is a fresh random name. Never raises for malformed mail."""
    state = ParseState(link_mark=f"{_OPEN}{secret}:{{}}{_CLOSE}")
    root = parse_structure(as_lines(raw), state)
    open_containers(root, state)
    text = read_body(sort_parts(root), state).text.replace(STUFFED, "")
    parts = re.split(f"{_OPEN}{re.escape(secret)}:([^{_CLOSE}\\s]{{0,300}}){_CLOSE}", text)
    hosts = [*parts[1::2], ""]
    return tuple(
        ShownPiece(text=words, host=host) for words, host in zip(parts[::2], hosts, strict=True) if words or host
    )
