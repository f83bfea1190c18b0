"""Facts that an HTML mail states for programs: schema.org as JSON-LD or microdata (bookings, parcels, orders, invoices)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from glassdome.core.limits import MAX_PHRASE_CHARS
from glassdome.parse.microdata import microdata
from glassdome.parse.moments import iso_moment
from glassdome.parse.plain import one_line
from glassdome.values.fact import Fact, FactType

__all__ = ["schema_facts"]

#: Stands in every such page; the one test that a page without it costs.
_MARK: Final = "schema.org"
_SCRIPT: Final = re.compile(r"<script\b[^<>]{0,500}ld\+json[^<>]{0,200}>", re.IGNORECASE)
_END: Final = re.compile(r"</script", re.IGNORECASE)
_MOST_SCRIPTS: Final = 20
_MOST_CHARS: Final = 200_000
_MOST_OBJECTS: Final = 200
_MOST_FACTS: Final = 100
_DEEPEST: Final = 12
#: Objects that say nothing about the mail itself, and the sender's own address.
_PASSED_OVER: Final = frozenset(
    {"EmailMessage", "ViewAction", "ConfirmAction", "SaveAction", "WebSite", "BreadcrumbList"}
)
#: Properties with a plain value, wherever they stand.
_PLAIN: Final[dict[str, FactType]] = {
    "reservationNumber": "reference", "reservationId": "reference", "orderNumber": "reference", "trackingNumber": "reference",
    "confirmationNumber": "reference", "accountId": "reference", "ticketNumber": "reference", "invoiceNumber": "reference",
    "flightNumber": "number", "trainNumber": "number", "busNumber": "number",
    "airplaneSeat": "seat", "trackingUrl": "link",
}  # fmt: skip
_MOMENTS: Final = (
    "departureTime", "startDate", "startTime", "checkinTime", "checkinDate", "pickupTime", "expectedArrivalUntil",
    "expectedArrivalFrom", "paymentDueDate", "paymentDue", "arrivalTime", "endDate", "endTime", "checkoutTime",
    "checkoutDate", "dropoffTime", "orderDate", "boardingTime", "previousStartDate",
)  # fmt: skip
#: Where a journey begins and ends.
_JOURNEYS: Final = (
    ("departureAirport", "arrivalAirport"), ("departureStation", "arrivalStation"),
    ("departureBusStop", "arrivalBusStop"), ("departureBoatTerminal", "arrivalBoatTerminal"),
    ("pickupLocation", "dropoffLocation"),
)  # fmt: skip
_PLACES: Final = ("location", "deliveryAddress", "address", "shippingAddress")
_AMOUNTS: Final = ("totalPrice", "price", "totalPaymentDue", "minimumPaymentDue", "total")
_ISSUERS: Final = ("provider", "merchant", "seller", "carrier", "broker", "organizer", "airline", "bookingAgent")
#: Objects whose name is the title of what the mail is about.
_TITLED: Final = (
    "Event",
    "Festival",
    "Reservation",
    "LodgingBusiness",
    "Hotel",
    "FoodEstablishment",
    "Restaurant",
    "Product",
)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_AMOUNT: Final = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?", re.ASCII)
#: A comma before the cents, and marks of thousands, which have three digits behind them and another mark or the end.
_COMMA: Final = re.compile(r",(?=\d{1,2}(?!\d))")
_ONE_MARK: Final = re.compile(r"[.,' \u00a0\u202f](?=\d{3}(?:\D|\Z))", re.ASCII)
_CODE: Final = re.compile(r"(?:qrCode|barcode\w{0,10}|aztecCode):(.+)", re.DOTALL | re.IGNORECASE)
_IATA: Final = re.compile(r"[A-Z]{3}")
_CANCELLED: Final = ("cancelled", "canceled", "reservationcancelled", "eventcancelled", "ordercancelled")


def schema_facts(html: str) -> tuple[Fact, ...]:
    """Return the facts of one page; what does not parse is passed over."""
    if _MARK not in html:
        return ()
    roots: list[Any] = list(_scripts(html))
    if "itemprop" in html:
        roots += microdata(html)
    facts: dict[Fact, None] = {}
    for number, (item, _) in enumerate(_objects(roots, 0)):
        if number >= _MOST_OBJECTS or len(facts) >= _MOST_FACTS:
            break
        facts.update(dict.fromkeys(_read(item)))
    return tuple(facts)[:_MOST_FACTS]


def _scripts(html: str) -> Iterator[Any]:
    at = 0
    for _ in range(_MOST_SCRIPTS):
        begin = _SCRIPT.search(html, at)
        end = _END.search(html, begin.end()) if begin else None
        if begin is None or end is None:
            return
        at = end.end()
        text = html[begin.end() : end.start()].strip().removeprefix("<!--").removesuffix("-->")
        if len(text) > _MOST_CHARS:
            continue
        try:
            yield json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue


def _objects(value: Any, depth: int) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Yield all objects inside, outermost first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:_MOST_OBJECTS]:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict):
        if _kind(value) not in _PASSED_OVER:
            yield value, depth
        for inner in list(value.values())[:_MOST_OBJECTS]:
            if isinstance(inner, dict | list):
                yield from _objects(inner, depth + 1)


def _kind(item: Mapping[str, Any]) -> str:
    kind = item.get("@type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    return kind.strip().rstrip("/").rpartition("/")[2] if isinstance(kind, str) else ""


def _fact(kind: FactType, value: str, evidence: str = "") -> Iterator[Fact]:
    value = value.strip() if kind == "qr" else one_line(" ".join(value.split()))
    if value:
        words = one_line(evidence or value)[:MAX_PHRASE_CHARS]
        yield Fact(type=kind, value=value[: MAX_PHRASE_CHARS if kind != "qr" else 4_300], where="body", evidence=words)


def _read(item: Mapping[str, Any]) -> Iterator[Fact]:
    """Read one object by the names of its properties."""
    for name, fact in _PLAIN.items():
        if name in item and (text := _text(item[name])):
            yield from _fact(fact, text, f"{name}: {text}")
    for name in _MOMENTS:
        moment = iso_moment(_text(item[name])) if name in item else None
        if moment is not None:
            yield from _fact(moment.kind, moment.value, f"{name}: {moment.value}")
    yield from _places(item)
    yield from _amounts(item)
    yield from _people(item)
    yield from _state(item)
    yield from _seats(item)


def _text(value: Any) -> str:
    """Return a plain value as text; of several the first, of an object its value or name."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("value") or value.get("name") or ""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _places(item: Mapping[str, Any]) -> Iterator[Fact]:
    for start, end in _JOURNEYS:
        here, there = _spot(item.get(start)), _spot(item.get(end))
        if here and there and here != there:
            yield from _fact("place", f"{here} → {there}")
        elif here:
            yield from _fact("place", here)
    for name in _PLACES:
        value = item.get(name)
        yield from _fact("place", _where(value) if isinstance(value, Mapping) else _text(value))


def _spot(value: Any) -> str:
    """Return the code of an airport, else the name of a stop."""
    if not isinstance(value, Mapping):
        return _text(value)
    code = _text(value.get("iataCode"))
    return code if _IATA.fullmatch(code) else _text(value.get("name")) or _where(value)


def _where(value: Mapping[str, Any]) -> str:
    """Return a place in one line: its name, street and town."""
    address = value.get("address")
    inner = address if isinstance(address, Mapping) else value
    town = " ".join(filter(None, (_text(inner.get("postalCode")), _text(inner.get("addressLocality")))))
    name = "" if _kind(value) == "PostalAddress" else _text(value.get("name"))
    street = _text(inner.get("streetAddress")) or _text(address)
    return ", ".join(dict.fromkeys(filter(None, (name, street, town))))


def _amounts(item: Mapping[str, Any]) -> Iterator[Fact]:
    for name in _AMOUNTS:
        value = item.get(name)
        inner = value if isinstance(value, Mapping) else {}
        currency = next(
            (
                found
                for source in (inner, item)
                for key in ("priceCurrency", "currency")
                if _CURRENCY.fullmatch(found := _text(source.get(key)).upper())
            ),
            "",
        )
        written = _text(inner.get("price") or inner.get("value")) if inner else _text(value)
        amount = _amount(written, currency)
        yield from _fact("amount", amount, f"{name}: {written} {currency}")


def _amount(written: str, currency: str) -> str:
    """Return `1487.50 EUR`; the last of point and comma parts off the cents, where two or fewer digits follow."""
    number = _AMOUNT.search(_ONE_MARK.sub("", _COMMA.sub(".", written[:100])))
    if number is None:
        return ""
    try:
        return f"{Decimal(number[0]):.2f} {currency}".strip()
    except InvalidOperation:
        return ""


def _people(item: Mapping[str, Any]) -> Iterator[Fact]:
    person = item.get("underName") or item.get("customer")
    yield from _fact("name", _text(person))
    for name in _ISSUERS:
        yield from _fact("issuer", _text(item.get(name)))
    if _kind(item) == "Invoice":
        yield from _fact("payee", _text(item.get("provider") or item.get("broker")))
    if _kind(item).endswith(_TITLED):
        yield from _fact("title", _text(item.get("name")))


def _state(item: Mapping[str, Any]) -> Iterator[Fact]:
    for name in ("reservationStatus", "eventStatus", "orderStatus"):
        said = _text(item.get(name)).rpartition("/")[2]
        if said.lower() in _CANCELLED:
            yield from _fact("status", "cancelled", f"{name}: {said}")
    for name in ("ticketToken", "qrCode"):
        token = _CODE.fullmatch(_text(item.get(name)))
        yield from _fact("qr", token[1] if token else "")
    if _kind(item) in ("ParcelDelivery", "Order", "Invoice", "Event") or _kind(item).endswith("Reservation"):
        address = _text(item.get("url") or item.get("modifyReservationUrl"))
        yield from _fact("link", address if address.startswith(("http://", "https://")) else "")


def _seats(item: Mapping[str, Any]) -> Iterator[Fact]:
    parts = (_text(item.get(name)) for name in ("seatSection", "seatRow", "seatNumber"))
    yield from _fact("seat", " ".join(filter(None, parts)))
