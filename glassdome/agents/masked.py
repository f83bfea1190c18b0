"""Text of a mail, made fit to be mailed on: sensitive values in it are masked."""

from __future__ import annotations

from glassdome.signals.sensitive import find_in_text

__all__ = ["masked"]


def masked(text: str) -> str:
    """Return the text with every sensitive span replaced by its masked form."""
    for found in sorted(find_in_text(text), key=lambda f: -f.start):
        text = text[: found.start] + found.masked + text[found.end :]
    return text
