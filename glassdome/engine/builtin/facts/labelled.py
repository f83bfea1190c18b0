"""Values that stand next to a word for them: numbers of invoices and bookings, seats, payees, telephone numbers, accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import iban

from glassdome.engine.builtin.facts.lines import FactLabel, labels_in, line_around
from glassdome.values.fact import Fact, FactType

__all__ = ["iban_facts", "labelled_facts"]

_CHARS: Final = 8_000
#: Facts of one kind given of one text.
_MOST: Final = 4
#: The words for a number, and signs between them and it. Polish and Portuguese papers have a kind before their number.
_NO: Final = re.compile(
    r"(?i:(?:[ \t]{1,2}(?:de|di|da|do|van|of|für|for)\s\w{3,14}(?=\s(?:no|nr|num|n[°º]|č)\W))?(?:[ \t-]{0,3}(?:\([^)\n]{0,20}\)|serie\s[A-Z0-9]{1,3}\b|(?:no|nr|num|number|nummer|numer|numéro|numero|número|číslo|numeru|n[°º]|n\.[°º]|n|č|code|codice|código|kod|kód|id|vat|ft|fs|fr|pro|forma)(?!\w)\.?|#)){0,3})"
    r"\s{0,2}\.?\s?[:：#.]?\s{0,3}"
)
_VALUE: Final = re.compile(
    r"\d{2,6}(?: \d{2,7}){2,6}(?![\w,.])|[A-Z]{2}(?: ?\d{3}){3} ?[A-Z]{2}\b|(?![A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3})(?=[A-Z0-9./_-]{0,19}\d)[A-Z0-9][A-Z0-9./_-]{2,23}(?<![./_-])(?![\w@])"
)
#: Days, amounts and years are no numbers of a paper.
_NO_NUMBER: Final = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,9}[.,]\d\d|(?:19|20)\d\d")
_SIX_LETTERS: Final = re.compile(r"[A-Z]{6}")
_CODE: Final = r"(?P<c>(?=[A-Z0-9]{0,7}[A-Z])[A-Z0-9]{5,8})\b"
_BOOKING: Final = re.compile(
    r"(?i:\b(?:booking(?: reference| code| ref\.?)?|reservation code|confirmation code|record locator|pnr|buchungs(?:code|nummer)|auftrag(?:snummer)?|réservation|dossier|localizador|reserva|"
    r"prenotazione|codice prenotazione|boekingscode|reserveringscode))\s{0,2}[:#]?\s{0,2}" + _CODE
)
#: A seat ends its cell, or another name follows: `Platz 3 Personen` is none.
_SEATED: Final = re.compile(
    r"(?i:\s{0,2}(?:no|nr|n[°º]|number|nummer|č)\b\.?)?\s{0,2}[:：]?\s{0,2}(?P<v>(?:\d{1,3}\s?[A-Z]|[A-Z]{1,2}\s?\d{1,3})(?![\w:]|[./-]\d)|\d{1,3}(?![\w:]|[./-]\d)(?=\s*(?:$|[,;|/·)–-]|[A-ZÀ-Ž(]|\s\s)))"
)
_PAYEE: Final = re.compile(
    r"(?i:^\W{0,3}(?:payee|account holder|beneficiary|pay to|zahlungsempfänger|empfänger|kontoinhaber|begünstigter|zugunsten von|bénéficiaire|titulaire(?: du compte)?|beneficiario|titular(?: de la cuenta)?|"
    r"intestatario|intestato a|begunstigde|rekeninghouder|ten name van|t\.n\.v\.|beneficiário|titular da conta))\s{0,3}[:：]\s{0,3}(?P<v>[^\n:]{2,80}?)\s*$",
    re.MULTILINE,
)
_PHONE: Final = re.compile(
    r"(?i:\b(?:tel(?:efon|efono|ephone|éfono|efoon|\.)?|phone|call|fon|mobil[e]?|handy|hotline|téléphone|tél\.?|telefone|ruf(?:en)?|appel\w*|llam\w*|chiam\w*|bel))"
    r"[^\d+\n]{0,24}(?P<v>(?:\+|00)?\(?\d{1,5}\)?(?:[ ./-]?\(?\d{2,5}\)?){1,5})(?![\w.,]\d)"
    r"|(?P<i>(?<![\w+])\+\d{1,3}(?:[ ./-]?\(?\d{1,5}\)?){2,6})"
)
_PHONE_DIGITS: Final = range(7, 16)
#: A line of a number and the word for one: `N° : AV-2026-0042`.
_NUMBERED: Final = re.compile(
    r"(?i:(?:^|  )(?:no|nr|number|nummer|numéro|numero|número|numer|číslo|n[°º]|[a-zäöüåø]{2,14}nr)\.?)\s{0,2}[:：]?\s{0,2}(?P<v>(?=[A-Z0-9./_-]{0,19}\d)[A-Z0-9][A-Z0-9./_-]{3,23}(?<![./_-]))(?![\w@])",
    re.MULTILINE,
)
_EAST: Final = re.compile(r"(?:請求書|注文番号|予約番号)[^\w\n]{0,4}(?P<v>[A-Z0-9][A-Z0-9./_-]{2,23})")
_PATTERNS: Final[tuple[tuple[FactType, re.Pattern[str]], ...]] = (
    ("reference", _BOOKING), ("reference", _NUMBERED), ("reference", _EAST), ("phone", _PHONE), ("payee", _PAYEE),
)  # fmt: skip
_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])(?=(?P<v>[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}(?![A-Za-z0-9])))")
_GROUP: Final = re.compile(r"[^ \u00a0-]+")
_SHORTEST_IBAN: Final = 15


def labelled_facts(whole: str, near: str, where: str) -> Iterator[Fact]:
    """Yield the values next to a word for them, of the `whole` text or of its lines `near` digits."""
    found = [*_numbers(near[:_CHARS]), *_seats(near[:_CHARS])]
    for kind, pattern in _PATTERNS:
        text = (whole if kind == "payee" else near)[:_CHARS]
        found += [(kind, _tidied(kind, match), line_around(text, match)) for match in pattern.finditer(text)]
    given: dict[FactType, dict[str, str]] = {}
    for kind, value, evidence in found:
        values = given.setdefault(kind, {})
        if value and len(values) < _MOST:
            values.setdefault(value, evidence)
    for kind, values in given.items():
        yield from (Fact(type=kind, value=value, where=where, evidence=line) for value, line in values.items())


def _numbers(text: str) -> Iterator[tuple[FactType, str, str]]:
    for _, label in labels_in(text, "reference"):
        value = _number(label.behind) or (_number(label.beside) if label.alone else "")
        below = "" if value or not label.alone else _below(label)
        if value or below:
            yield "reference", value or below, f"{label.line} {label.below}" if below else label.line


def _number(text: str) -> str:
    between = _NO.match(text)
    found = _VALUE.match(text, between.end() if between else 0)
    return found.group() if found and not _NO_NUMBER.fullmatch(found.group()) else ""


def _below(label: FactLabel) -> str:
    """Return the number in the next line, where the label begins or ends its own: columns may share a line."""
    if _SIX_LETTERS.fullmatch(label.below):
        return label.below
    found = [match.group() for match in _VALUE.finditer(label.below) if not _NO_NUMBER.fullmatch(match.group())]
    stands = (
        (not label.below.startswith(found[0]) if label.begins else not label.below.endswith(found[-1]))
        if found
        else True
    )
    return "" if stands else found[0] if label.begins else found[-1]


def _seats(text: str) -> Iterator[tuple[FactType, str, str]]:
    for _, label in labels_in(text, "seat"):
        for part in (label.behind, *((label.beside, label.below) if label.alone else ())):
            if found := _SEATED.match(part):
                yield "seat", found["v"], label.line
                break


def _tidied(kind: FactType, match: re.Match[str]) -> str:
    value = " ".join(next(found for name in ("v", "c", "i") if (found := match.groupdict().get(name))).split())
    if kind != "phone":
        return value
    digits = sum(map(str.isdigit, value))
    international = value.startswith(("+", "00"))
    plain = "+" + re.sub(r"\D", "", value.replace("(0)", "")).removeprefix("00") if international else value
    return plain.strip(" ./-") if digits in _PHONE_DIGITS else ""


def iban_facts(text: str, where: str) -> Iterator[Fact]:
    """Yield bank accounts by their check digits (ISO 13616)."""
    given: set[str] = set()
    for match in _IBAN.finditer(text[:_CHARS]):
        value = _as_iban(match["v"])
        if value and value not in given and len(given) < _MOST:
            given.add(value)
            yield Fact(type="iban", value=value, where=where, evidence=line_around(text, match))


def _as_iban(text: str) -> str:
    """Return the longest IBAN that a text begins with; the next words may run into it."""
    for end in reversed([group.end() for group in _GROUP.finditer(text)]):
        compact = re.sub(r"[^A-Z0-9]", "", text[:end])
        if len(compact) >= _SHORTEST_IBAN and iban.is_valid(compact, check_country=False):
            return compact
    return ""
