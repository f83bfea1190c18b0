"""The language of the person at the terminal."""

from __future__ import annotations

import os
import re
from typing import Final

from glassdome.core.translate import ENGLISH, LANGUAGES

__all__ = ["terminal_language"]

#: The variables that say it, the one that counts first in front (POSIX.1-2017, 8.2).
_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_LOCALE: Final = re.compile(r"([a-z]{2})(?:[_.@].{0,40})?")


def terminal_language() -> str:
    """Return the language that the locale names, English where it names none of ours."""
    named = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    found = _LOCALE.fullmatch(named)
    return found[1] if found and found[1] in LANGUAGES else ENGLISH
