"""Which program judged: kept results of another one are no results of this one."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import glassdome

__all__ = ["fingerprint"]

#: What a result depends on, code and data: reading, judging, learning and measuring.
_PARTS: Final = ("core", "values", "parse", "signals", "engine", "verdict", "pipeline", "training", "evaluation")


@cache
def fingerprint() -> str:
    """Return twelve characters that change with any file a result depends on."""
    root, found = Path(glassdome.__file__).parent, hashlib.sha256()
    for part in _PARTS:
        for path in sorted((root / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(f"{path.relative_to(root).as_posix()}\0".encode())
                found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]
