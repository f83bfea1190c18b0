"""Addresses written so that no program sees them but every reader does: `hxxps`, `evil[.]example`, `evil dot example`."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["undisguised"]

_SCHEME: Final = re.compile(
    r"\bh(?:xx|\*\*|tt)p(s?)(?:\b(?!:)\s{0,3}(?:://|:|//)?\s{0,3}|\s{0,3}\[?:\]?\s{0,3}//\s{0,3})", re.IGNORECASE
)
_DOT: Final = re.compile(
    r"\s{0,3}[\[({<]\s{0,3}(?:dot|punkt|point|punto|punt|\.)\s{0,3}[\])}>]\s{0,3}"
    r"|(?<=\w)\s{1,3}(?:dot|d0t)\s{1,3}(?=\w)|(?<=\w)\s{1,3}\.(?=\w)",
    re.IGNORECASE,
)
_AT: Final = re.compile(r"\s{0,3}[\[({<]\s{0,3}(?:at|\u00e4t|@)\s{0,3}[\])}>]\s{0,3}", re.IGNORECASE)


def undisguised(text: str) -> str:
    """Return `text` with such addresses in their plain form, for searching; not for showing."""
    return _AT.sub("@", _DOT.sub(".", _SCHEME.sub(r"http\1://", text)))
