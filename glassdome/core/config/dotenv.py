"""`.env`: which names it gives, each with its line, for messages; pydantic reads the values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dotenv.parser import parse_stream

__all__ = ["DotenvValue", "read_dotenv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DotenvValue:
    """One name's value; empty counts as not given."""

    value: str
    path: Path
    line: int

    @property
    def place(self) -> str:
        """`.env:3`, for messages."""
        return f"{self.path}:{self.line}"


def read_dotenv(path: Path) -> dict[str, DotenvValue]:
    """Return the names of the file; none where there is no such file. The last line of a name counts."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8") as stream:
        return {
            found.key: DotenvValue(
                value=found.value or "", path=path, line=_line(found.original.string, found.original.line)
            )
            for found in parse_stream(stream)
            if found.key
        }


def _line(text: str, first: int) -> int:
    """Return the line of the name itself: the parser counts blank lines before it as part of it."""
    return first + text[: len(text) - len(text.lstrip())].count("\n")
