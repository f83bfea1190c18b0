"""Reads passes of Apple Wallet: boarding passes, tickets for trains and events, cards; the bar code as others would scan it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from glassdome.core.limits import MAX_FILE_CODES
from glassdome.files.found import Found
from glassdome.files.source import Source
from glassdome.parse.archive import open_zip, read_member
from glassdome.parse.moments import iso_moment
from glassdome.parse.plain import one_line
from glassdome.parse.state import ParseState
from glassdome.values.document import Code, Document

__all__ = ["read"]

_STYLES: Final = ("boardingPass", "eventTicket", "coupon", "storeCard", "generic")
_ROWS: Final = (
    "headerFields",
    "primaryFields",
    "secondaryFields",
    "auxiliaryFields",
    "additionalInfoFields",
    "backFields",
)
_MOST_BYTES: Final = 1024 * 1024
_MOST_FIELDS: Final = 100
_CODES: Final = {"qr": "QR", "aztec": "Aztec", "pdf417": "PDF417", "code128": "Code128"}
_SEAT: Final = re.compile(
    r"\b(?:seats?|sitz(?:platz)?|platz|si[eè]ge|place|asiento|butaca|posto|plaats|stoel)\b|座席", re.I
)
_REFERENCE: Final = re.compile(
    r"\b(?:pnr|booking|confirmation|reservation|record.?locator|order.?(?:no|number|id)|ticket.?(?:no|number|id)"
    r"|buchung\w*|auftrag\w*|bestell\w*|dossier|r[eé]f[eé]rence|reserva|localizador|prenotazione|reference|boekings?\w*)\b",
    re.I,
)
_PLACE: Final = re.compile(
    r"\b(?:venue|location|address|ort|lieu|lugar|luogo|locatie|veranstaltungsort|adresse)\b", re.I
)
_PASSENGER: Final = re.compile(
    r"\b(?:passenger|name|fahrgast|passager|pasajero|passeggero|attendee|guest|reisender)\b", re.I
)
#: A boarding pass of IATA (resolution 792): name, electronic ticket, and the booking's reference.
_BCBP: Final = re.compile(r"M[1-4][A-Z /.-]{20}[E ]([A-Z0-9]{5,7}) ")
#: "Place" is a seat in French and a venue in English: a seat is short and has a number.
_LONGEST_SEAT: Final = 20
_SEAT_PARTS: Final = ("seatSection", "seatRow", "seatNumber")


def read(source: Source) -> Document:
    """Read `pass.json`; the pictures beside it say nothing."""
    archive = open_zip(source.data, ParseState())
    if archive is None:
        raise ValueError("no zip directory")
    told = json.loads(read_member(archive, "pass.json", _MOST_BYTES, ParseState(inflated=source.budget.bytes_left)))
    if not isinstance(told, dict):
        raise TypeError("pass.json holds no object")
    found = Found(budget=source.budget)
    _read_pass(told, found)
    codes = tuple(_codes(told))[: min(MAX_FILE_CODES, max(0, source.budget.codes_left))]
    source.budget.codes_left -= len(codes)
    for code in codes:
        _read_code(code, found)
    found.end_place()
    return Document(
        kind="application/vnd.apple.pkpass",
        title=_text(told.get("description")),
        passages=tuple(found.passages),
        links=tuple(found.links),
        codes=codes,
        facts=tuple(found.facts),
        members=tuple(one_line(name) for name in archive.namelist()[:_MOST_FIELDS]),
    )


def _text(value: object) -> str:
    return one_line(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value[:_MOST_FIELDS] if isinstance(item, dict))


def _read_pass(told: Mapping[str, Any], found: Found) -> None:
    for name, kind in (("description", "title"), ("organizationName", "issuer")):
        text = _text(told.get(name))
        found.say(text)
        found.fact("title" if kind == "title" else "issuer", text)
    for style in _STYLES:
        fields = told.get(style)
        if isinstance(fields, dict):
            _read_fields(fields, style, found)
    dates = [
        told.get("relevantDate"),
        *(item.get("startDate") or item.get("date") for item in _objects(told.get("relevantDates"))),
    ]
    for value in dates[:5]:
        _moment(_text(value), found)
    for place in _objects(told.get("locations")):
        found.say(_text(place.get("relevantText")))
    if told.get("voided") is True:
        found.fact("status", "cancelled", "voided")
    _read_semantics(told.get("semantics"), found)


def _read_fields(fields: Mapping[str, Any], style: str, found: Found) -> None:
    primary = [_text(item.get("value")) for item in _objects(fields.get("primaryFields"))]
    if style == "boardingPass" and len(primary) >= 2:
        found.fact("place", f"{primary[0]} → {primary[1]}")
    if style == "eventTicket" and primary:
        found.fact("title", primary[0])
    for row in _ROWS:
        for item in _objects(fields.get(row)):
            _read_field(item, found)


def _read_field(item: Mapping[str, Any], found: Found) -> None:
    value, label, key = (_text(item.get(name)) for name in ("value", "label", "key"))
    found.say(value, label)
    name = f"{_words(key)} {label}"
    if _SEAT.search(name) and len(value) <= _LONGEST_SEAT and re.search(r"\d", value):
        found.fact("seat", value, f"{label} {value}")
    elif _REFERENCE.search(name):
        found.fact("reference", value, f"{label} {value}")
    elif _PLACE.search(name):
        found.fact("place", value, f"{label} {value}")
    elif _PASSENGER.search(name) and not value.isdigit():
        found.fact("name", value, f"{label} {value}")
    if isinstance(item.get("currencyCode"), str):
        _amount(item.get("value"), item["currencyCode"], found)
    if item.get("dateStyle") or item.get("timeStyle") or "T" in value[:11]:
        _moment(value, found)
    found.links_in(value)
    _read_semantics(item.get("semantics"), found)


def _words(key: str) -> str:
    """Part the words of a key: `seatNumber` to `seat Number`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", key[:100])


def _moment(text: str, found: Found) -> None:
    moment = iso_moment(text)
    if moment is not None:
        found.fact(moment.kind, moment.value)
        found.say(moment.value)


def _amount(value: object, currency: str, found: Found) -> None:
    if isinstance(value, int | float) and len(currency) == 3 and abs(value) < 1e12:
        found.fact("amount", f"{value:.2f} {currency.upper()}")


def _read_semantics(told: object, found: Found) -> None:
    """Read the tags that newer passes have for programs."""
    if not isinstance(told, dict):
        return
    journey = [
        _text(told.get(f"{end}{what}"))
        for what in ("AirportCode", "StationName")
        for end in ("departure", "destination")
    ]
    for start, stop in (journey[:2], journey[2:]):
        found.fact("place", f"{start} → {stop}" if start and stop else "")
    facts: tuple[tuple[str, Literal["reference", "place", "title", "name"]], ...] = (
        ("confirmationNumber", "reference"), ("venueName", "place"), ("eventName", "title"),
    )  # fmt: skip
    for name, kind in facts:
        found.fact(kind, _text(told.get(name)))
    for name in ("eventStartDate", "originalDepartureDate", "currentDepartureDate"):
        _moment(_text(told.get(name)), found)
    for seat in _objects(told.get("seats")):
        found.fact("seat", " ".join(filter(None, (_text(seat.get(part)) for part in _SEAT_PARTS))))


def _codes(told: Mapping[str, Any]) -> Iterator[Code]:
    barcodes = [*_objects(told.get("barcodes")), *_objects([told.get("barcode")])]
    known: set[str] = set()
    for item in barcodes:
        kind = _CODES.get(_text(item.get("format")).lower().removeprefix("pkbarcodeformat"), "QR")
        message = item.get("message")
        if isinstance(message, str) and message and message not in known:
            known.add(message)
            yield Code(kind=kind, text=message[:4_300])


def _read_code(code: Code, found: Found) -> None:
    found.fact("qr", code.text)
    boarding = _BCBP.match(code.text)
    if boarding:
        found.fact("reference", boarding[1], code.text)
    if code.text[:8].lower().startswith(("http://", "https://")):
        found.link(code.text, is_fact=False)
