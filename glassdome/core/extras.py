"""Optional libraries, and how they are installed."""

from __future__ import annotations

import sys

__all__ = ["install_extra"]


def install_extra(name: str) -> str:
    """Return the sentence that says how an optional part is installed into this very Python."""
    return f"In Glassdome's source folder run: {sys.executable} -m pip install -e '.[{name}]'"
