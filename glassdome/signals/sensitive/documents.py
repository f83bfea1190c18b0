"""Dates of birth, passports and driving licences, by the words before them: they carry no check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import Phrases
from glassdome.signals.sensitive.view import TextView

__all__ = ["find_documents"]

_BIRTH = Phrases(
    "date of birth", "birth date", "birthdate", "dob", "d.o.b", "born on", "born", "geburtsdatum", "geboren am", "geb", "geburtstag", "né le",
    "née le", "date de naissance", "fecha de nacimiento", "nacido el", "nacida el", "data di nascita", "nato il", "nata il", "data de nascimento",
    "nascido em", "nascida em", "geboortedatum", "geboren op", "data urodzenia", "datum narození", "födelsedatum", "fødselsdato", "syntymäaika",
    "születési dátum", "data nașterii", "doğum tarihi", "дата рождения", "дата народження", "ημερομηνία γέννησης", "出生日期", "生年月日", "생년월일",
)  # fmt: skip
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = (
    rf"(\d{{1,2}}(?:st|nd|rd|th|\.)?[ ]?(?:of |de |di )?{_MONTH},? (?:de )?\d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    r"|\d{4}[-./年] ?\d{1,2}[-./月] ?\d{1,2}日?|\d{1,2}[-./] ?\d{1,2}[-./] ?(?:\d{4}|\d{2}))(?!\d)"
)
_PASSPORT = Phrases(
    "passport", "passport number", "passport no", "reisepass", "reisepassnummer", "passnummer", "passeport", "numéro de passeport", "pasaporte",
    "número de pasaporte", "passaporto", "numero di passaporto", "passaporte", "paspoort", "paspoortnummer", "paszport", "paszportu", "pasu",
    "паспорт", "паспорта", "pasaport", "护照", "護照", "パスポート", "여권",
)  # fmt: skip
_LICENCE = Phrases(
    "driver's license", "drivers license", "driver license", "driver’s license", "driver's licence", "driving licence", "driving license",
    "drivers licence", "license number", "dl number", "dl no", "führerschein", "führerscheinnummer", "permis de conduire",
    "permiso de conducir", "licencia de conducir", "carnet de conducir", "patente di guida", "carta de condução", "carteira de motorista",
    "rijbewijs", "rijbewijsnummer", "prawo jazdy", "prawa jazdy", "körkort", "kørekort", "førerkort", "ajokortti", "ehliyet", "водительское",
)  # fmt: skip
_ID_CARD = Phrases(
    "identity card", "id card number", "national id number", "personalausweis", "personalausweisnummer", "ausweisnummer", "carte d'identité",
    "documento de identidad", "carta d'identità", "identiteitskaart", "dowód osobisty", "dowodu", "občanský průkaz",
)  # fmt: skip
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
