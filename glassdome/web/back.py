"""The page that a visitor is led to after signing in: one of ours, by name."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["our_page"]

_BACK: Final = re.compile(
    r"(access|categories|message|text|overview|queue|settings|service|threads|thread|webhooks|)(\?[!-~]*)?"
)


def our_page(text: str) -> str:
    """Return the name of a page of ours with its query; the first page for any other text."""
    return text if _BACK.fullmatch(text) else ""
