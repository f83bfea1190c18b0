"""Maps other people's mail classes to our categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["accepted_categories"]

#: UC Berkeley's genre scheme for Enron mail (section 1, "coarse genre") in our categories. Empty mails are left out.
_COARSE: Final[Mapping[str, frozenset[str]]] = {
    "1.1": frozenset({"work", "legal", "invoice", "payment", "job", "meeting"}),
    "1.2": frozenset({"personal", "social"}),
    "1.3": frozenset({"personal", "social", "work"}),
    "1.4": frozenset({"meeting", "travel", "work"}),
    "1.5": frozenset({"job", "work"}),
    "1.6": frozenset({"work", "legal"}),
}


def accepted_categories(row: Mapping[str, str]) -> frozenset[str]:
    """Return our categories that a labelled row allows; `category` may name several, parted by semicolons."""
    named = frozenset(part.strip() for part in (row.get("category") or "").split(";") if part.strip())
    return named or _COARSE.get(row.get("coarse", ""), frozenset())
