"""Facts that HTML mail states for programs: JSON-LD and microdata of schema.org."""

import json
import time
from typing import Any

import pytest

from glassdome.parse import parse_message
from glassdome.parse.schema_org import schema_facts

FLIGHT = {
    "@type": "FlightReservation",
    "reservationNumber": "RXJ34P",
    "underName": {"@type": "Person", "name": "Eva Green"},
    "reservationFor": {
        "@type": "Flight",
        "departureAirport": {"@type": "Airport", "name": "Hannover", "iataCode": "HAJ"},
        "arrivalAirport": {"@type": "Airport", "iataCode": "MUC"},
        "departureTime": "2027-03-04T20:15:00+01:00",
    },
    "airplaneSeat": "9A",
    "ticketToken": "qrCode:AB34",
}
TRAIN = {
    "@type": ["TrainReservation"],
    "reservationId": "NB7Q2K",
    "reservationStatus": "https://schema.org/ReservationCancelled",
    "reservationFor": {
        "departureStation": {"name": "Hannover Hbf"},
        "arrivalStation": {"name": "Leipzig Hbf"},
        "departureTime": "2027-05-23T08:31",
    },
    "reservedTicket": {"ticketedSeat": {"seatSection": "21", "seatNumber": "45"}},
    "totalPrice": "39,90",
    "priceCurrency": "eur",
}
HOTEL = {
    "@type": "LodgingReservation",
    "reservationFor": {
        "@type": "Hotel",
        "name": "Albergo Sole",
        "address": {"streetAddress": "Via Indipendenza 44", "postalCode": "40121", "addressLocality": "Bologna"},
    },
    "checkinDate": "2027-05-16",
}
TABLE = {
    "@type": "FoodEstablishmentReservation",
    "startTime": "2027-04-10T08:00:00Z",
    "reservationFor": {"@type": "FoodEstablishment", "name": "Wagamama", "address": "1 Tavistock Street, London"},
}
EVENT = {
    "@type": "EventReservation",
    "reservationFor": {
        "@type": "MusicEvent",
        "name": "Nachtkonzert",
        "startDate": "20270621T190000Z",
        "location": {"name": "Kulturhafen", "address": {"streetAddress": "Kai 3", "addressLocality": "Hamburg"}},
        "eventStatus": "EventCancelled",
    },
}
PARCEL = {
    "@type": "ParcelDelivery",
    "trackingNumber": "3453291231",
    "trackingUrl": "https://track.example/3453291231",
    "expectedArrivalUntil": "2027-03-12",
    "carrier": {"name": "Paketdienst"},
    "deliveryAddress": {"@type": "PostalAddress", "name": "Eva", "streetAddress": "Lange Straße 5"},
}
ORDER = {
    "@type": "Order",
    "orderNumber": "176057",
    "price": 1487.5,
    "priceCurrency": "USD",
    "merchant": {"name": "Shop"},
}
INVOICE = {
    "@graph": [
        {
            "@type": "Invoice",
            "accountId": "A-77",
            "paymentDueDate": "2027-04-01",
            "totalPaymentDue": {"price": "1.070,00", "priceCurrency": "EUR"},
            "provider": {"name": "Stadtwerke"},
        }
    ]
}
WANTED = [
    (FLIGHT, {"RXJ34P", "Eva Green", "HAJ → MUC", "2027-03-04T20:15:00+01:00", "9A", "AB34"}),
    (TRAIN, {"NB7Q2K", "cancelled", "Hannover Hbf → Leipzig Hbf", "2027-05-23T08:31", "21 45", "39.90 EUR"}),
    (HOTEL, {"Albergo Sole", "Via Indipendenza 44, 40121 Bologna", "2027-05-16"}),
    (TABLE, {"2027-04-10T08:00:00+00:00", "Wagamama", "1 Tavistock Street, London"}),
    (EVENT, {"Nachtkonzert", "2027-06-21T19:00:00+00:00", "Kulturhafen, Kai 3, Hamburg", "cancelled"}),
    (PARCEL, {"3453291231", "https://track.example/3453291231", "2027-03-12", "Paketdienst", "Lange Straße 5"}),
    (ORDER, {"176057", "1487.50 USD", "Shop"}),
    (INVOICE, {"A-77", "2027-04-01", "1070.00 EUR", "Stadtwerke"}),
]
MICRODATA = """<div itemscope itemtype="http://schema.org/ParcelDelivery">
<div itemprop="deliveryAddress" itemscope itemtype="http://schema.org/PostalAddress">
<meta itemprop="streetAddress" content="24 Mill Lane"/><span itemprop="addressLocality">York</span></div>
<meta itemprop="trackingNumber" content="777"/><link itemprop="trackingUrl" href="https://track.example/777"/>
<div itemprop="partOfOrder" itemscope><meta itemprop="orderNumber" content="O-1"/></div></div>"""


def page(told: Any) -> str:
    """Return a page that states `told`."""
    said = json.dumps({"@context": "https://schema.org", **told} if isinstance(told, dict) else told)
    return f'<html><body><p>Hello</p><script data-x="y" type="application/ld+json">{said}</script></body></html>'


@pytest.mark.parametrize(
    ("told", "wanted"), WANTED, ids=lambda case: case.get("@type", "graph") if isinstance(case, dict) else ""
)
def test_json_ld(told: dict[str, Any], wanted: set[str]) -> None:
    """Bookings, parcels, orders and invoices give their values in their normal form."""
    assert wanted - {fact.value for fact in schema_facts(page(told))} == set()


def test_microdata() -> None:
    """Items in attributes are read like objects."""
    found = {(fact.type, fact.value) for fact in schema_facts(MICRODATA)}

    assert {("reference", "777"), ("reference", "O-1"), ("place", "24 Mill Lane, York")} <= found
    assert ("link", "https://track.example/777") in found


def test_a_message_has_them() -> None:
    """They come with the message, with their place; a page without them has none."""
    head = b"From: a@example.org\nSubject: Your order\nContent-Type: text/html; charset=utf-8\n\n"

    assert ("176057", "body") in {(fact.value, fact.where) for fact in parse_message(head + page(ORDER).encode()).facts}
    assert parse_message(head + b"<p>schema F</p>").facts == ()


@pytest.mark.parametrize(
    "html",
    [
        '<script type="application/ld+json">{"@context":"schema.org",</script>',
        '<script type="application/ld+json">' + "[" * 50_000 + "</script> schema.org",
        "schema.org " + '<script type="application/ld+json">' * 20_000,
        page([{"@type": "Order", "orderNumber": str(number)} for number in range(5_000)]) + "schema.org",
        page({"a": [[[[{"orderNumber": {"value": {"value": ["x"]}}}]]]], "price": True, "location": [1, None]}),
        "schema.org " + "<i itemprop=x itemscope>" * 5_000,
        "schema.org " + '<a itemprop="price" content="' + "9" * 100_000 + '">',
    ],
    ids=["cut", "deep", "open", "many", "odd", "nested", "long"],
)
def test_hostile_pages_are_bounded(html: str) -> None:
    """Damaged and huge pages end soon, with few facts."""
    began = time.process_time()
    facts = schema_facts(html)

    assert len(facts) <= 200
    assert all(len(fact.value) <= 4_300 for fact in facts)
    assert time.process_time() - began < 2
