"""A finding of `glassdome mailcow install --check`: one line for people, with the fix."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Level"]


class Level(StrEnum):
    """OK is fine, WARN lets the installation go on, FAIL stops it."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was seen, `fix` says what to do where it is not OK."""

    level: Level
    what: str
    fix: str = ""
