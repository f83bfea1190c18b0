"""Passes of a wallet: where to, when, which seat, and the bar code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glassdome.files.read import read_file
from glassdome.files.source import Source
from glassdome.values.document import Document

from .made_archives import zipped

CODE = "M1KELLER/ANNA         EABC7XD HAJMUCLH 2087 104Y014C0031 100"
FLIGHT: dict[str, Any] = {
    "description": "Boarding pass",
    "organizationName": "Skyline Air",
    "barcodes": [{"format": "PKBarcodeFormatAztec", "message": CODE}],
    "relevantDate": "2025-04-14T06:40+02:00",
    "boardingPass": {
        "transitType": "PKTransitTypeAir",
        "primaryFields": [{"key": "from", "label": "Hannover", "value": "HAJ"}, {"key": "to", "value": "MUC"}],
        "auxiliaryFields": [{"key": "seat", "label": "Seat", "value": "14C"}],
        "backFields": [{"key": "terms", "value": "See https://skyline.example/terms"}],
    },
}
CONCERT: dict[str, Any] = {
    "description": "Eintrittskarte",
    "barcode": {"format": "PKBarcodeFormatQR", "message": "https://tickets.example/t/9F2K"},
    "eventTicket": {
        "primaryFields": [{"key": "event", "value": "Nachtkonzert"}],
        "secondaryFields": [
            {"key": "loc", "label": "Ort", "value": "Kulturhafen, Kai 3"},
            {"key": "start", "value": "2025-06-21T20:00:00+02:00", "dateStyle": "PKDateStyleMedium"},
        ],
        "auxiliaryFields": [{"key": "seatNumber", "label": "Platz", "value": "Reihe 5, 12"}],
    },
    "voided": True,
}
TRAIN: dict[str, Any] = {
    "description": "Ticket",
    "boardingPass": {
        "primaryFields": [
            {"key": "a", "value": "A", "semantics": {"departureStationName": "Roma", "destinationStationName": "Bari"}}
        ],
        "headerFields": [{"key": "pnr", "label": "PNR", "value": "NB7Q2K"}],
        "secondaryFields": [{"key": "price", "value": 39.9, "currencyCode": "EUR"}],
    },
    "semantics": {"seats": [{"seatRow": "7", "seatNumber": "45"}]},
}


def read(told: Any) -> Document:
    """Read a pass."""
    data = zipped({"pass.json": json.dumps(told).encode(), "icon.png": b"x", "manifest.json": b"{}"})
    return read_file(Source(data=data, name="pass.pkpass"))


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (
            FLIGHT,
            {
                ("place", "HAJ → MUC"),
                ("seat", "14C"),
                ("datetime", "2025-04-14T06:40+02:00"),
                ("reference", "ABC7XD"),
                ("qr", CODE),
                ("issuer", "Skyline Air"),
                ("link", "https://skyline.example/terms"),
            },
        ),
        (
            CONCERT,
            {
                ("title", "Nachtkonzert"),
                ("place", "Kulturhafen, Kai 3"),
                ("datetime", "2025-06-21T20:00:00+02:00"),
                ("seat", "Reihe 5, 12"),
                ("qr", "https://tickets.example/t/9F2K"),
                ("status", "cancelled"),
            },
        ),
        (TRAIN, {("reference", "NB7Q2K"), ("amount", "39.90 EUR"), ("place", "Roma → Bari"), ("seat", "7 45")}),
    ],
    ids=["flight", "concert", "train"],
)
def test_passes(told: dict[str, Any], wanted: set[tuple[str, str]]) -> None:
    """A flight, an event and a train."""
    document = read(told)

    assert document.kind == "application/vnd.apple.pkpass"
    assert wanted - {(fact.type, fact.value) for fact in document.facts} == set()


def test_the_code_is_one() -> None:
    """The bar code comes with its kind, and leads where it leads."""
    document = read(CONCERT)

    assert [(code.kind, code.text) for code in document.codes] == [("QR", "https://tickets.example/t/9F2K")]
    assert [link.url for link in document.links] == ["https://tickets.example/t/9F2K"]


@pytest.mark.parametrize(
    "told",
    [
        [],
        5,
        {"barcodes": [None, {"message": []}], "boardingPass": {"primaryFields": [1, {"value": [1]}]}, "semantics": [1]},
    ],
)
def test_odd_passes(told: Any) -> None:
    """A pass that is no object is damaged; odd values in one are passed over."""
    assert read(told).read == ("yes" if isinstance(told, dict) else "damaged")
