"""Facts of bills, bookings, tickets and codes, with their places."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from glassdome.core.limits import MAX_FACT_CHARS, MAX_FACTS
from glassdome.engine.builtin.facts import facts_of
from glassdome.engine.builtin.facts.amounts import amount_facts, normal_amount
from glassdome.engine.builtin.language import language_of
from glassdome.values.document import Document, InnerFile
from glassdome.values.fact import Fact
from glassdome.values.message import Message
from tests.unit.attached import DOCX, PNG, attached, document, mail

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def facts(
    message: Message, *, language: str = "en", categories: tuple[str, ...] = ("personal",)
) -> dict[str, list[str]]:
    """The values by type."""
    found: dict[str, list[str]] = {}
    for fact in facts_of(message, language=language, categories=categories, now=NOW):
        found.setdefault(fact.type, []).append(fact.value)
    return found


def of_letter(text: str) -> dict[str, list[str]]:
    """The facts of a PDF with this text."""
    letter = attached("letter.pdf", document(text, where="page 1"))
    return facts(mail("Ann <ann@larkfield.example>", "Letter", "See attached.", letter), language=language_of("", text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Nettobetrag 1.250,00 €\nzzgl. 19 % MwSt. 237,50 €\nGesamtbetrag 1.487,50 €", "1487.50 EUR"),
        ("Total HT 880,00 €\nTVA 20 % 176,00 €\nTotal TTC 1 056,00 €", "1056.00 EUR"),
        ("Total HT 880,00 €\nNet à payer : 1\u202f056,00 €", "1056.00 EUR"),
        ("Compute $61.20\nStorage $9.80\nTotal due $71.00", "71.00 USD"),
        ("Betrag: CHF 45.00", "45.00 CHF"),
        ("Subtotal EUR 700.00\nVAT EUR 142.50\nAmount payable: EUR 842.50", "842.50 EUR"),
        ("Base 50,00 €\nIVA 13,40 €\nImporte total: 63,40 €", "63.40 EUR"),
        ("Imponibile 200,00 €\nTotale documento € 246,00", "246.00 EUR"),
        ("Subtotaal € 100,00\nTe betalen € 121,00", "121.00 EUR"),
        ("Subtotal R$ 1.100,00\nValor total R$ 1.234,56", "1234.56 BRL"),
        ("Gross pay £3,200.00\nNet pay £2,548.37", "2548.37 GBP"),
        ("Razem do zapłaty 1 299,00 zł", "1299.00 PLN"),
        ("Total\n$1,299", "1299.00 USD"),
        ("合計 ¥12,000", "12000.00 JPY"),
        ("Beitrag künftig 24 Euro", "24.00 EUR"),
        ("Summe CHF 1'250.00", "1250.00 CHF"),
    ],
)
def test_the_total_is_found(text: str, value: str) -> None:
    assert [fact.value for fact in amount_facts(text, "body")] == [value]


def test_without_a_total_the_few_amounts_are_given() -> None:
    found = [fact.value for fact in amount_facts("Apples 3,00 €\nPears 4,50 €", "body")]
    assert sorted(found) == ["3.00 EUR", "4.50 EUR"]
    assert not list(amount_facts("Version 3.50 of 12 files, 5 % more", "body"))


def test_amounts_have_one_form() -> None:
    assert normal_amount("1.487,5", "EUR") == "1487.50 EUR"
    assert normal_amount("12", "USD") == "12.00 USD"
    assert normal_amount("1,150", "GBP") == "1150.00 GBP"


INVOICE = (
    "Nordlicht Druck GmbH\nRechnung Nr. 2026-1187\nGesamtbetrag 842,50 EUR\nBitte überweisen Sie bis zum 12.12.2026\n"
    "Zahlungsempfänger: Nordlicht Druck GmbH\nIBAN DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX\nTel. +49 40 5550 1234"
)


def test_an_invoice_gives_its_facts() -> None:
    found = of_letter(INVOICE)
    assert found["amount"] == ["842.50 EUR"]
    assert found["iban"] == ["DE89370400440532013000"]
    assert found["date"] == ["2026-12-12"]
    assert found["reference"] == ["2026-1187"]
    assert found["payee"] == ["Nordlicht Druck GmbH"]
    assert found["phone"] == ["+494055501234"]


def test_an_account_with_wrong_check_digits_is_none() -> None:
    assert "iban" not in of_letter("Rechnung 1\nIBAN DE88 3704 0044 0532 0130 00")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "BOARDING PASS\nHannover HAJ - Munich MUC\n14 APR 2026 Departure 06:40 Boarding 06:10\nGate A12 Seat 14C Booking ABC7XD",
            {"datetime": "2026-04-14T06:40", "place": "HAJ → MUC", "seat": "14C", "reference": "ABC7XD"},
        ),
        (
            "Fahrkarte\nHannover Hbf ab 08:31 Gl. 7 - Leipzig Hbf an 11:12\nDatum: 23.05.2026\nPreis: 39,90 €",
            {"datetime": "2026-05-23T08:31", "place": "Hannover Hbf → Leipzig Hbf", "amount": "39.90 EUR"},
        ),
        (
            "Conferma 55120\nArrivo: 16 maggio 2026\nVia Indipendenza 44, 40121 Bologna\nTotale: € 246,00",
            {"date": "2026-05-16", "place": "Via Indipendenza 44, 40121 Bologna", "reference": "55120"},
        ),
        (
            "Nächstes Treffen: 14. Juni 2026, 15 Uhr, Gartenhaus",
            {"datetime": "2026-06-14T15:00", "place": "Gartenhaus"},
        ),
        (
            "Zugticket\nBerlin Hbf 07:28 → München Hbf 11:32\n14.07.2026\nAuftragsnummer: 8XT4LM",
            {"datetime": "2026-07-14T07:28", "place": "Berlin Hbf → München Hbf", "reference": "8XT4LM"},
        ),
        ("Bilet\n21.03.2026 odjazd 06:50 Porte K34", {"datetime": "2026-03-21T06:50"}),
        ("Train ticket\n21 March 2026, departure 6:50 p.m. platform 4", {"datetime": "2026-03-21T18:50"}),
        ("Fattura n. 77/2026\nDa pagare entro il 25.03.2026: € 119,00", {"date": "2026-03-25", "reference": "77/2026"}),
        ("Ticket\nZaterdag 4 juli 2026, 14:00 uur\nLocatie: Parklaan 2, Utrecht", {"datetime": "2026-07-04T14:00", "place": "Parklaan 2, Utrecht"}),
        ("Concert\nDate: 3 July 2026\nDoors: 7:30 pm\nVenue: Harbour Hall, Pier 3", {"datetime": "2026-07-03T19:30", "place": "Harbour Hall, Pier 3"}),
        ("Billet\nParis Gare de Lyon → Marseille\nLe 4 mai 2026 à 09h15\nPlace 41", {"datetime": "2026-05-04T09:15", "place": "Paris Gare de Lyon → Marseille", "seat": "41"}),
    ],
)  # fmt: skip
def test_bookings_and_tickets_give_their_facts(text: str, wanted: dict[str, str]) -> None:
    found = of_letter(text)
    assert {kind: found.get(kind, [""])[0] for kind in wanted} == wanted


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (
            "BCD\n002\n1\nSCT\nBFSWDE33XXX\nLindenschule\nDE58370205000001020304\nEUR35.00\n\n\nBeitrag 2026\n",
            {
                "payee": "Lindenschule",
                "iban": "DE58370205000001020304",
                "amount": "35.00 EUR",
                "reference": "Beitrag 2026",
            },
        ),
        (
            "SPC\n0200\n1\nCH9300762011623852957\nS\nSeeblick\nSeestrasse\n4\n8800\nThalwil\nCH\n\n\n\n\n\n\n\n45.00\nCHF\n",
            {"payee": "Seeblick", "iban": "CH9300762011623852957", "amount": "45.00 CHF"},
        ),
        ("otpauth://totp/Tramway:anna?secret=JBSWY3DPEHPK3PXP&issuer=Tramway", {"issuer": "Tramway"}),
        (
            "M1KELLER/ANNA         EABC7XD HAJMUCLH 2087 104Y014C0031 100",
            {"reference": "ABC7XD", "place": "HAJ → MUC", "seat": "14C", "name": "KELLER/ANNA"},
        ),
    ],
)
def test_codes_give_their_facts(code: str, wanted: dict[str, str]) -> None:
    message = mail(
        "Ann <ann@larkfield.example>", "Code", "See attached.", attached("code.png", document(kind=PNG, code=code))
    )
    found = facts(message)
    assert {kind: found[kind][0] for kind in wanted} == wanted
    assert "JBSWY3DPEHPK3PXP" not in str(found)
    told = [fact for fact in facts_of(message, language="en", categories=(), now=NOW) if fact.type != "file"]
    assert {fact.where for fact in told} == {"QR in code.png"}


def test_every_fact_has_its_place() -> None:
    bill = Document(kind="application/pdf", facts=(Fact(type="reference", value="1187", where="page 2"),))
    packed = Document(kind="application/zip", files=(InnerFile(name="bill.pdf", document=bill),))
    message = mail("Ann <ann@larkfield.example>", "Bill", "See attached.", attached("scan.zip", packed))
    found = [(fact.type, fact.value, fact.where) for fact in facts_of(message, language="en", categories=(), now=NOW)]
    assert found == [
        ("file", "scan.zip", "scan.zip"),
        ("file", "bill.pdf", "scan.zip"),
        ("reference", "1187", "scan.zip: bill.pdf, page 2"),
    ]


def test_a_mail_of_records_gives_facts_of_its_own_words() -> None:
    message = mail("Shop <shop@larkfield.example>", "Your invoice", "Invoice no. A-1187\nTotal: EUR 12.50")
    assert facts(message, categories=("invoice",)) == {"amount": ["12.50 EUR"], "reference": ["A-1187"]}
    assert facts(message) == {}
    found = facts_of(message, language="en", categories=("invoice",), now=NOW)
    assert {fact.where for fact in found} == {"body"}
    assert all(fact.evidence for fact in found)


def test_what_nobody_sees_or_a_bounce_returns_gives_none() -> None:
    unseen = attached("letter.docx", document(INVOICE, kind=DOCX, seen=False))
    returned = replace(attached("letter.docx", document(INVOICE, kind=DOCX)), returned=True)
    for item in (unseen, returned):
        found = facts(mail("Ann <ann@larkfield.example>", "Letter", "See attached.", item))
        assert found in ({}, {"file": ["letter.docx"]})


def test_facts_are_bounded() -> None:
    lines = "\n".join(
        f"Invoice no. A-{number} of {number % 28 + 1} May 2026, seat {number}A, call +49 40 5550 {number:04d}"
        for number in range(3_000)
    )
    many = Document(kind="application/pdf", facts=tuple(Fact(type="number", value=str(n) * 900) for n in range(500)))
    for item in (attached("letter.pdf", document(lines)), attached("table.pdf", many)):
        found = facts_of(mail("Ann <a@b.example>", "Letter", "", item), language="en", categories=(), now=NOW)
        assert 0 < len(found) <= MAX_FACTS
        assert all(len(fact.value) <= MAX_FACT_CHARS and len(fact.evidence) <= MAX_FACT_CHARS for fact in found)
