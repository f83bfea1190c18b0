"""Facts of structured codes, by the publications that define them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassdome.files.code_facts import facts_of
from glassdome.values.document import Code

_GIROCODE = "BCD\n002\n1\nSCT\nBFSWDE33XXX\nFoerderverein Lindenschule\nDE58370205000001020304\nEUR35.00\n\n\nJahresbeitrag 2027\n"
_BILL = (
    "SPC\n0200\n1\nCH4431999123000889012\nS\nVerein Seeblick\nSeestrasse\n4\n8800\nThalwil\nCH\n\n\n\n\n\n\n\n1949.75\nCHF\n"
    "S\nAnna Keller\nWeg\n1\n9400\nRorschach\nCH\nQRR\n210000000003139471430009017\nOrder of 15 June\nEPD\n//S1/10/10201409/11/270512"
)
_PASS = "M1KELLER/ANNA         EABC7XD HAJMUCLH 2087 104Y014C0031 100"
_TWO_LEGS = "M2KELLER/ANNA         EABC7XD HAJMUCLH 2087 104Y014C0031 100ABC7XD MUCLISLH 1790 104Y002A0007 100"
_VCARD = "BEGIN:VCARD\nVERSION:3.0\nN:Bennett;Priya\nFN:Priya Bennett\nTEL;TYPE=CELL:+44 7700 900417\nEMAIL:priya@lumenfold.example\nEND:VCARD"
_EVENT = "BEGIN:VEVENT\nSUMMARY:Summer\n  party\nDTSTART:20270621T180000Z\nLOCATION:Kai 3\\, Hamburg\nEND:VEVENT"
_PIX = (
    "00020126380014BR.GOV.BCB.PIX0116pix@loja.example52040000530398654041.505802BR5911Loja da Ana6009Sao Paulo"
    "62090505A1B2C6304ABCD"
)


def _found(text: str, kind: str = "QR") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fact in facts_of(Code(kind=kind, text=text, where="page 1")):
        assert fact.where == "page 1"
        found.setdefault(fact.type, []).append(fact.value)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (_GIROCODE, {"payee": "Foerderverein Lindenschule", "iban": "DE58370205000001020304", "amount": "35.00 EUR"}),
        (_GIROCODE, {"reference": "Jahresbeitrag 2027"}),
        (
            _BILL,
            {
                "payee": "Verein Seeblick",
                "iban": "CH4431999123000889012",
                "amount": "1949.75 CHF",
                "date": "2027-05-12",
            },
        ),
        (
            _PASS,
            {"name": "Anna Keller", "reference": "ABC7XD", "place": "HAJ → MUC", "seat": "14C", "number": "LH 2087"},
        ),
        (
            "otpauth://totp/Tramway:anna%40home.example?secret=JBSWY3DPEHPK3PXP&issuer=Tramway",
            {"issuer": "Tramway", "email": "anna@home.example"},
        ),
        ("mailto:help@bank.example?subject=My%20account", {"email": "help@bank.example", "title": "My account"}),
        ("MATMSG:TO:help@bank.example;SUB:Help\\;me;BODY:x;;", {"email": "help@bank.example", "title": "Help;me"}),
        ("tel:+49 551 5550-188", {"phone": "+495515550188"}),
        ("SMSTO:+495515550188:yes", {"phone": "+495515550188"}),
        ("WIFI:T:WPA;S:Guests\\;2;P:secret;;", {"name": "Guests;2"}),
        (
            "MECARD:N:Bennett,Priya;TEL:+447700900417;EMAIL:p@x.example;;",
            {"name": "Priya Bennett", "phone": "+447700900417"},
        ),
        (_VCARD, {"name": "Priya Bennett", "phone": "+447700900417", "email": "priya@lumenfold.example"}),
        (_EVENT, {"title": "Summer party", "datetime": "2027-06-21T18:00:00+00:00", "place": "Kai 3, Hamburg"}),
        ("upi://pay?pa=shop@bank&pn=Chai%20Shop&am=120&cu=INR", {"payee": "Chai Shop", "amount": "120.00 INR"}),
        (_PIX, {"payee": "Loja da Ana", "amount": "1.50 BRL", "reference": "A1B2C"}),
        ("https://login.example/verify?u=ann", {"link": "https://login.example/verify?u=ann"}),
    ],
)
def test_each_kind_gives_its_facts(text: str, expected: dict[str, str]) -> None:
    """Values come in their normal form, and the whole content is a fact as well."""
    found = _found(text)
    assert found["qr"] == [text]
    for kind, value in expected.items():
        assert value in found[kind], found


def test_the_bills_own_references() -> None:
    """A Swiss bill has its payment reference and the number of the invoice."""
    assert _found(_BILL)["reference"] == ["210000000003139471430009017", "10201409"]


def test_a_pass_with_two_legs() -> None:
    """Each leg has its route, flight and seat."""
    found = _found(_TWO_LEGS)
    assert found["place"] == ["HAJ → MUC", "MUC → LIS"]
    assert found["seat"] == ["14C", "2A"]


def test_a_product_number_is_no_fact() -> None:
    """The digits of a bar code say nothing by themselves."""
    assert facts_of(Code(kind="EAN-13", text="4006381333931")) == ()


@pytest.mark.parametrize(
    "text", ["BCD\n", "SPC\n0200", "0002019999", "M4KELLER" + "x" * 60, "otpauth://", "upi://pay?am=[", "//S1"]
)
def test_broken_content_gives_the_whole_only(text: str) -> None:
    """A code that only begins like a kind it is not gives no wrong fact."""
    assert set(_found(text)) <= {"qr", "name"}


@given(
    st.sampled_from(
        ["BCD\n", "SPC\n", "000201", "M1", "otpauth://", "mailto:", "WIFI:", "BEGIN:VEVENT\n", "upi://pay?"]
    ),
    st.text(),
)
def test_any_content_is_read(beginning: str, rest: str) -> None:
    """No content raises, and no fact is empty."""
    assert all(fact.value for fact in facts_of(Code(kind="QR", text=beginning + rest)))
