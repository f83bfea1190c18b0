"""Dates of birth, passports and driving licences, by the words before them: they carry no check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import words_for
from glassdome.signals.sensitive.view import TextView

__all__ = ["find_documents"]

_BIRTH = words_for("date_of_birth")
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = (
    rf"(\d{{1,2}}(?:st|nd|rd|th|\.)?[ ]?(?:of |de |di )?{_MONTH},? (?:de )?\d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    r"|\d{4}[-./年] ?\d{1,2}[-./月] ?\d{1,2}日?|\d{1,2}[-./] ?\d{1,2}[-./] ?(?:\d{4}|\d{2}))(?!\d)"
)
_PASSPORT = words_for("passport")
_LICENCE = words_for("driving_licence")
_ID_CARD = words_for("id_card")
_LINK = r"(?:[ \t]{0,3}(?:number|no|nr|num|numéro|número|numero|nummer|n°|nº|№|id|#|is|ist|est|es|è|é|jest|lautet)(?!\w)\.?){0,3}[ \t]{0,3}[:=#：\-]{0,2}\s{0,3}"
_NUMBER = r"([A-Z]{0,3}[ \-]?\d(?:[ \-]?[A-Z\d]){4,18})(?!\w)"


_BIRTH_NEXT = re.compile(_LINK + _DATE, re.IGNORECASE)
_NUMBER_NEXT = re.compile(_LINK + _NUMBER, re.IGNORECASE)
_NUMBERED = (("passport", _PASSPORT), ("driving_licence", _LICENCE), ("id_card", _ID_CARD))


def _trimmed(value: str) -> str:
    """Cut what the next words added: a document number is one group, or groups of digits."""
    head, *rest = value.split(" ")
    while rest and rest[0][:1].isdigit():
        head += " " + rest.pop(0)
    return head


def find_documents(view: TextView) -> Iterator[Candidate]:
    """Find dates of birth (low risk) and numbers of passports, driving licences and identity cards."""
    if not view.has_digits:
        return
    for _, end in _BIRTH.hits(view):
        match = _BIRTH_NEXT.match(view.text, end)
        if match:
            yield Candidate(type="date_of_birth", start=match.start(1), end=match.end(1), risk="low", rank=5)
    for kind, phrases in _NUMBERED:
        for _, end in phrases.hits(view):
            match = _NUMBER_NEXT.match(view.text, end)
            value = _trimmed(match.group(1)) if match else ""
            if match and sum(map(str.isdigit, value)) >= 5:
                yield Candidate(type=kind, start=match.start(1), end=match.start(1) + len(value), rank=6)
