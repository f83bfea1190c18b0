"""Optional libraries, and how they are installed."""

from __future__ import annotations

import sys
from typing import Final

__all__ = ["install_extra"]

#: Extras that bring the second distribution, `glassdome-lab`. No index has it, so pip is given its folder too.
_LAB: Final = {"eval", "train"}


def install_extra(name: str) -> str:
    """Return the sentence that says how an optional part is installed into this very Python."""
    folder = " -e ./lab" if name in _LAB else ""
    return f"In Glassdome's source folder run: {sys.executable} -m pip install -e '.[{name}]'{folder}"
