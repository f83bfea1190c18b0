"""Values that stand behind a word for them: numbers of invoices and bookings, seats, payees, places, telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import iban

from glassdome.values.fact import Fact, FactType

__all__ = ["iban_facts", "labelled_facts", "place_facts"]

_CHARS: Final = 8_000
#: Facts of one kind given of one text.
_MOST: Final = 4
_NO: Final = r"(?i:\s{0,2}(?:no\b|nr\b|num\b|number|nummer|numéro|numero|número|n[°º]|n\b|code|id|#)\.?){0,2}\s{0,2}[:#.]?\s{0,2}"
_VALUE: Final = r"(?P<v>(?=[A-Z0-9./_-]{0,19}\d)[A-Z0-9][A-Z0-9./_-]{2,23}(?<![./_-]))(?![\w@])"
_CODE: Final = r"(?P<c>(?=[A-Z0-9]{0,7}[A-Z])[A-Z0-9]{5,8})\b"
_REFERENCE: Final = re.compile(
    r"(?i:\b(?:invoice|bill|receipt|order|reference|ref\.|customer|contract|policy|ticket|case|booking|reservation|confirmation|tracking|shipment|parcel|"
    r"rechnung(?:s(?:nummer|nr\.?))?|rechnungs-nr\.?|beleg(?:nummer|nr\.?)?|bestell(?:ung|nummer|nr\.?)|auftrag(?:s(?:nummer|nr\.?))?|vorgang(?:snummer)?|buchung(?:s(?:nummer|code))?|"
    r"kunden(?:nummer|nr\.?)|verwendungszweck|aktenzeichen|sendungs(?:nummer|verfolgung)|referenz|mandatsreferenz|vertrag(?:snummer)?|facture|reçu|commande|réservation|référence|réf\.?|dossier|"
    r"factura|recibo|pedido|reserva|referencia|localizador|albarán|fattura|ricevuta|ordine|prenotazione|conferma|riferimento|spedizione|factuur(?:nummer)?|bon|bestelling|ordernummer|"
    r"boeking(?:snummer)?|reservering(?:snummer)?|kenmerk|betalingskenmerk|fatura|encomenda|referência|localizador|nota fiscal|faktura|請求書|注文番号|予約番号|zamówienie|objednávka|számla|rezervare|pnr))"
    rf"{_NO}{_VALUE}"
)
_BOOKING: Final = re.compile(
    r"(?i:\b(?:booking(?: reference| code| ref\.?)?|reservation code|confirmation code|record locator|pnr|buchungs(?:code|nummer)|auftrag(?:snummer)?|réservation|dossier|localizador|reserva|"
    r"prenotazione|codice prenotazione|boekingscode|reserveringscode))\s{0,2}[:#]?\s{0,2}" + _CODE
)
_SEAT: Final = re.compile(
    r"(?i:\b(?:seat|sitz(?:platz)?|platz|siège|place|asiento|posto|zitplaats|stoel|assento))\s{0,2}(?:(?i:no|nr|n°|number)\.?)?\s{0,2}:?\s{0,2}(?P<v>\d{1,3}\s?[A-K]?|[A-Z]{1,2}\s?\d{1,3})\b"
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
_LABELS: Final[tuple[tuple[FactType, re.Pattern[str]], ...]] = (
    ("reference", _REFERENCE), ("reference", _BOOKING), ("seat", _SEAT), ("phone", _PHONE),
)  # fmt: skip
_ARROWS: Final = ("→", "➔", "➜", "⟶", "->", "–>")
_ROUTE: Final = re.compile(
    r"(?<![\w>])(?P<a>[A-ZÄÖÜÉÀ][\w.'’() -]{1,38}?)\s{0,2}(?:→|➔|➜|⟶|->|–>)\s{0,2}(?P<b>[A-ZÄÖÜÉÀ][\w.'’() -]{1,38}\w)"
)
#: `HAJ - MUC`, alone or behind the names of the towns; and two stations with their times.
_AIRPORTS: Final = re.compile(
    r"\b(?P<a>[A-Z]{3})\)?\s{0,2}(?:-|–|—|to|nach|\|)\s{0,2}(?:[A-ZÄÖÜ][\w. ]{1,30}?\s\(?)?(?P<b>[A-Z]{3})\b"
)
_STATIONS: Final = re.compile(
    r"^(?P<a>[A-ZÄÖÜÉ][\w.()/ -]{1,38}?)\s(?:(?:ab|dep\.?|départ|part\.?|sal\.?)\s)?\d{1,2}[:.h]\d\d[^\n]{0,30}?\s(?:[-–—>]{1,2}|→)\s(?P<b>[A-ZÄÖÜÉ][\w.()/ -]{1,38}?)\s(?:(?:an|arr\.?|arrivée|lleg\.?)\s)?\d{1,2}[:.h]\d\d",
    re.MULTILINE,
)
_FROM_TO: Final = re.compile(
    r"(?i:^\W{0,3}(?:from|von|de|da|van|départ|partenza|salida|abfahrt))\s{0,2}:\s{0,3}(?P<a>[^\n:]{2,40}?)[ \t]{0,4}(?:\n|[ \t]{2,6}|;)\W{0,3}(?i:to|nach|à|a|naar|arrivée|arrivo|llegada|ankunft|para)\s{0,2}:\s{0,3}(?P<b>[^\n:]{2,40}?)[ \t]{0,4}$",
    re.MULTILINE,
)
_PLACE_LABEL: Final = re.compile(
    r"(?i:^\W{0,3}(?:venue|location|address|where|place|premises|property|meeting point|pick-?up|ort|veranstaltungsort|treffpunkt|adresse|anschrift|abholort|raum|lieu|où|lugar|dirección|luogo|indirizzo|dove|sede|"
    r"plaats|locatie|adres|waar|local|endereço|onde|miejsce|místo))\s{0,2}[:：]\s{0,3}(?P<v>[^\n]{2,100}?)\s*$",
    re.MULTILINE,
)
_STREET: Final = re.compile(
    r"(?P<v>(?:[A-ZÄÖÜÉ][\w'’.-]{1,30}, )?(?:(?:\d{1,4}[a-z]?\s(?:[A-Z][\w'’.-]{1,20} ){1,3}(?:Street|St|Road|Rd|Lane|Avenue|Ave|Drive|Square|Way|Court|Place|Parade|Terrace|Gardens|Close|Crescent|Hill|Row|Mews|Quay)\b)"
    r"|(?:Kai \d{1,3}\b)|(?:(?:Via|Viale|Piazza|Corso|Rua|Avenida|Calle|Plaza|Paseo|Rue|Place|Boulevard|Allée|Chemin|Quai|Am|An der|Auf dem|Im|Zum) (?:[\w'’.-]{1,20} ){1,3}\d{1,4}[a-z]?\b)"
    r"|(?:\d{1,4}(?: ?bis)?,?\s(?:rue|avenue|boulevard|place|chemin|quai|allée) (?:[\w'’.-]{1,20} ?){1,4}\b)"
    r"|(?:[A-ZÄÖÜÉ][\w'’.-]{0,24} ?(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm|straat|laan|plein|gracht|Lane|Road|Street|Avenue|Square|Wharf) \d{1,4}[a-z]?\b))"
    r"(?:, (?:[A-Z]{1,2}-)?(?:\d{4,5} )?[A-ZÄÖÜÉ][\w'’.-]{1,25}(?: [A-Z][\w'’.-]{1,25})?| ?\n ?\d{4,5} [A-ZÄÖÜÉ][\w'’.-]{1,25})?)"
)
#: A place behind a date and an hour: `14. Juni 2025, 15 Uhr, Gartenhaus`.
_BEHIND_HOUR: Final = re.compile(
    r"(?:\d{1,2}[:.h]\d\d(?:\s?(?:Uhr|h))?|\d{1,2}\s?(?:Uhr|heures|h|uur|am|pm))(?:\s?[-–]\s?\d{1,2}[:.h]?\d{0,2}(?:\s?Uhr)?)?,\s(?:(?:im|in|at|au|à la|en|nel|presso|op)\s)?(?P<v>[A-ZÄÖÜÉ][^\n;!?]{2,80}?)\.?\s*$",
    re.MULTILINE,
)
_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}(?![A-Za-z0-9])")
_GROUP: Final = re.compile(r"[^ \u00a0-]+")
_SHORTEST_IBAN: Final = 15


def labelled_facts(whole: str, near: str, where: str) -> Iterator[Fact]:
    """Yield the values behind a word for them, of the `whole` text or of its lines `near` digits."""
    for kind, pattern in (*_LABELS, ("payee", _PAYEE)):
        text = (whole if kind == "payee" else near)[:_CHARS]
        values: dict[str, str] = {}
        for match in pattern.finditer(text):
            value = _tidied(kind, match)
            if value and len(values) < _MOST:
                values.setdefault(value, _line(text, match))
        for value, evidence in values.items():
            yield Fact(type=kind, value=value, where=where, evidence=evidence)


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
        value = _as_iban(match.group())
        if value and value not in given and len(given) < _MOST:
            given.add(value)
            yield Fact(type="iban", value=value, where=where, evidence=_line(text, match))


def _as_iban(text: str) -> str:
    """Return the longest IBAN that a text begins with; the next words may run into it."""
    for end in reversed([group.end() for group in _GROUP.finditer(text)]):
        compact = re.sub(r"[^A-Z0-9]", "", text[:end])
        if len(compact) >= _SHORTEST_IBAN and iban.is_valid(compact, check_country=False):
            return compact
    return ""


def place_facts(whole: str, near: str, where: str) -> Iterator[Fact]:
    """Yield routes and addresses, of the `whole` text or of its lines `near` digits."""
    whole, near = whole[:_CHARS], near[:_CHARS]
    values: dict[str, str] = {}
    routed = whole if any(map(whole.__contains__, _ARROWS)) else ""
    for text, pattern in ((routed, _ROUTE), (near, _STATIONS), (whole, _FROM_TO), (whole, _AIRPORTS)):
        for match in pattern.finditer(text):
            values.setdefault(f"{' '.join(match['a'].split())} → {' '.join(match['b'].split())}", _line(text, match))
    for text, pattern in ((whole, _PLACE_LABEL), (near, _BEHIND_HOUR), (near, _STREET)):
        for match in pattern.finditer(text):
            place = " ".join(match["v"].split()).rstrip(".")
            if not any(place in known for known in values):
                values.setdefault(place, _line(text, match))
    for place, evidence in list(values.items())[:_MOST]:
        yield Fact(type="place", value=place, where=where, evidence=evidence)


def _line(text: str, match: re.Match[str]) -> str:
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return " ".join(text[start : end if end >= 0 else len(text)].split())[:300]
