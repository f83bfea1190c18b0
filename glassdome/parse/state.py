"""The defects found so far and the work still allowed: one of each per message, shared by all its parts."""

from __future__ import annotations

from dataclasses import dataclass, field

from glassdome.core.limits import (
    MAX_BOUNDARY_TRIES,
    MAX_DEFECTS,
    MAX_HTML_CHARS,
    MAX_INFLATED_BYTES,
    MAX_PARTS,
)
from glassdome.values.message import Defect

__all__ = ["ParseState"]


@dataclass(slots=True)
class ParseState:
    """The defects found so far, and the budgets that make every message end in bounded time.

    `link_mark` is written behind each link of HTML with the link's host in it; empty: no link is marked.
    """

    parts: int = MAX_PARTS
    boundary_tries: int = MAX_BOUNDARY_TRIES
    chars: int = MAX_HTML_CHARS
    inflated: int = MAX_INFLATED_BYTES
    link_mark: str = ""
    found: dict[tuple[str, str], None] = field(default_factory=dict)

    def add(self, what: str, detail: str = "") -> None:
        """Note one defect; the same one twice counts once."""
        if len(self.found) < MAX_DEFECTS:
            printable = detail if detail.isprintable() else "".join(c if c.isprintable() else " " for c in detail)
            self.found[what, printable[:200]] = None

    def defects(self) -> tuple[Defect, ...]:
        """Return the noted defects in order."""
        return tuple(Defect(what=what, detail=detail) for what, detail in self.found)
