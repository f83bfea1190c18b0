"""The IMAP keywords on a message, with the name and the colour under which mail programs show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["CATEGORY_COLOUR", "KEYWORDS", "Keyword"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """`name` is the IMAP keyword (RFC 9051 2.3.2), `colour` an sRGB value on which white text is legible (WCAG AA)."""

    name: str
    title: str
    colour: str


#: Most serious first: a mail program with room for one colour shows that of the first.
KEYWORDS: Final = (
    Keyword(name="$Phishing", title="Phishing", colour="#b00020"),
    Keyword(name="glassdome-check", title="Check first", colour="#b45309"),
    Keyword(name="glassdome-unreadable", title="Not judged", colour="#5f6368"),
    Keyword(name="glassdome-now", title="Now", colour="#a21caf"),
    Keyword(name="glassdome-answer", title="Answer", colour="#1d4ed8"),
    Keyword(name="glassdome-waiting", title="Waiting", colour="#0f766e"),
    Keyword(name="glassdome-first-contact", title="First contact", colour="#6d4c41"),
)
#: For `glassdome-<category>`, whatever the category.
CATEGORY_COLOUR: Final = "#475569"
