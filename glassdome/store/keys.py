"""Short keys of long names."""

from __future__ import annotations

import hashlib

__all__ = ["key_of"]


def key_of(text: str) -> str:
    """Return a key short enough for an index."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
