"""Names what `glassdome eval` can measure; a file of its own, so that its help need not load what measures it."""

from __future__ import annotations

from typing import Final

__all__ = ["FUNCTIONS"]

#: Every function with figures, in the order of a report.
FUNCTIONS: Final = (
    "phishing", "classes", "priority", "categories", "intent", "sensitive", "summaries", "languages", "injection", "follow-up", "cost",
)  # fmt: skip
