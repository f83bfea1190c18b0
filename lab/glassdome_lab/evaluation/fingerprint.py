"""Identifies the program that judged: results of another version are not reused."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import glassdome
import glassdome_lab

__all__ = ["fingerprint"]

#: What a result depends on, code and data: reading and judging, learning and measuring.
_PARTS: Final = ("core", "values", "parse", "signals", "engine", "verdict", "pipeline")
_LAB_PARTS: Final = ("training", "evaluation")


@cache
def fingerprint() -> str:
    """Return twelve characters that change with any file a result depends on."""
    found = hashlib.sha256()
    for package, parts in ((glassdome.__file__, _PARTS), (glassdome_lab.__file__, _LAB_PARTS)):
        root = Path(package).parent
        for path in (file for part in parts for file in _files(root / part)):
            found.update(f"{path.relative_to(root).as_posix()}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
