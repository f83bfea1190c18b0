"""Fields of word processors: links, and instructions that load or run something when the file is opened."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["OfficeField", "read_field"]

_FIELD: Final = re.compile(r"\s*([A-Za-z]{2,20})\s{0,20}(.*)", re.DOTALL)
_ARGUMENT: Final = re.compile(r"\"([^\"]{1,4096})\"|([^\s\\\"]\S{0,4095})")
#: Fields that run a program when they are updated.
_RUNS: Final = frozenset({"DDE", "DDEAUTO"})
#: Fields that load something from elsewhere.
_LOADS: Final = frozenset({"HYPERLINK", "INCLUDEPICTURE", "INCLUDETEXT", "IMPORT", "INCLUDE", "LINK", "RD"})
_ADDRESS: Final = re.compile(r"(?:https?|ftp|file|mailto):|\\\\", re.IGNORECASE)


class OfficeField(NamedTuple):
    """The target of a field, empty for none, and whether it runs something."""

    url: str = ""
    runs: bool = False


def read_field(code: str) -> OfficeField:
    """Read the code of a field: `HYPERLINK "https://example.org"`."""
    found = _FIELD.match(code[:10_000])
    if found is None:
        return OfficeField()
    name, rest = found[1].upper(), found[2]
    arguments = [quoted or bare for quoted, bare in _ARGUMENT.findall(rest)]
    if name in _RUNS:
        return OfficeField(url=_address(arguments), runs=True)
    if name == "HYPERLINK" and arguments and not rest.startswith("\\l"):
        return OfficeField(url=arguments[0])
    return OfficeField(url=_address(arguments)) if name in _LOADS else OfficeField()


def _address(arguments: list[str]) -> str:
    return next((argument for argument in arguments if _ADDRESS.match(argument)), "")
