"""Tells an account that changed from one of which the mail says that it did not: "our bank details have not changed"."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["says_unchanged"]

#: Characters behind the words for an account in which the denial stands.
_BEHIND: Final = 60
_UNCHANGED: Final = re.compile(
    r"\b(?:has|have|is|are|did)(?: not|n['’]t) (?:been )?chang|\bunchanged\b|\bremains? (?:the same|as before)|"
    r"\bnicht (?:ge|ver)änder|\bunverändert|\bbleib\w{1,3} (?:gleich|unverändert|dieselbe)|"
    r"\bn['’](?:ont|a|avons|est) pas (?:été )?(?:chang|modifi)|\binchangé|\brest\w{1,3} (?:les mêmes|identique)|"
    r"\bno (?:han?|hemos) (?:cambiad|modificad)|\bsin cambios\b|\b(?:sigue|siguen) siendo|"
    r"\bnon (?:sono|è|abbiamo) (?:stat\w )?(?:cambiat|modificat)|\binvariat|\bniet (?:gewijzigd|veranderd)|\bongewijzigd|"
    r"\bnão (?:mudou|mudaram|foi alterad|foram alterad)|\binalterad",
    re.IGNORECASE,
)


def says_unchanged(text: str, start: int, end: int) -> bool:
    """Return whether the words at `start` to `end`, or those close behind, say that nothing changed."""
    return bool(_UNCHANGED.search(text, start, end + _BEHIND))
