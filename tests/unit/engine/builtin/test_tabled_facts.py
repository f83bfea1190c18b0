"""Facts of tables and of words laid out in columns, in the languages of the lexicon."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from glassdome.engine.builtin.facts import facts_of
from glassdome.engine.builtin.facts.amounts import amount_facts
from glassdome.engine.builtin.facts.said import said_in
from glassdome.engine.builtin.language import language_of
from glassdome.values.document import Document
from glassdome.values.fact import Fact
from tests.unit.attached import attached, document, mail

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def of_paper(text: str) -> dict[str, list[str]]:
    """The values of a PDF with this text, by type."""
    letter = attached("letter.pdf", document(text, where="page 1"))
    message = mail("Ann <ann@larkfield.example>", "Letter", "See attached.", letter)
    found: dict[str, list[str]] = {}
    for fact in facts_of(message, language=language_of("", text), categories=(), now=NOW):
        found.setdefault(fact.type, []).append(fact.value)
    return found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Larkfield Ltd\tInvoice number\nMill Lane 4\tLF/26/17", "LF/26/17"),
        ("Frau Rechnungsnummer\nIda Berg 2026/0815", "2026/0815"),
        ("Abschlagsrechnung AB-0412/26", "AB-0412/26"),
        ("FACTURE N° 26-118", "26-118"),
        ("Nº de factura\tA26-93", "A26-93"),
        ("N° : AV-0042\tDate : 18/02/2026", "AV-0042"),
        ("Faktura VAT nr FV/118/11", "FV/118/11"),
        ("Fatura FT 26/551", "26/551"),
        ("Jízdenka č. 771200345", "771200345"),
        ("Bilet nr AB12345678", "AB12345678"),
        ("Bestelnummer\t88123", "88123"),
        ("Codice prenotazione (PNR)\tQ8T4LM", "Q8T4LM"),
        ("Numer przesyłki\t6200 0123 4567 8901 2345 67", "6200 0123 4567 8901 2345 67"),
        ("Datum\tAuftrag\tBetrag\n09.11.2026\tAU-77\t12,00 €", "AU-77"),
    ],
)
def test_the_number_of_a_paper_stands_beside_or_below_its_word(text: str, number: str) -> None:
    assert of_paper(text)["reference"] == [number]


@pytest.mark.parametrize(
    "text", ["Rechnung vom 01.09.2026", "Invoice 2026", "Bill 64.94", "Invoice date 09/11/2026", "Ticket 19:30"]
)
def test_days_and_amounts_are_no_numbers_of_a_paper(text: str) -> None:
    assert "reference" not in of_paper(text)


@pytest.mark.parametrize(
    ("text", "seat"),
    [
        ("Plaza\t11B", "11B"),
        ("Wagon 11\tMiejsce 64", "64"),
        ("Sedadlo: 14", "14"),
        ("Posto\t7D finestrino", "7D"),
        ("Date\tSeat\n8 Dec 2026\t22F", "22F"),
        ("Lugar F12", "F12"),
    ],
)
def test_seats(text: str, seat: str) -> None:
    assert of_paper(text)["seat"] == [seat]


def test_people_and_days_are_no_seats() -> None:
    assert "seat" not in of_paper("Platz 3 bis 5 der Tabelle\nPlatz 14.07.2026")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Départ\tLyon Part-Dieu\t14h04\nArrivée\tParis Gare de Lyon\t16h02", "Lyon Part-Dieu → Paris Gare de Lyon"),
        ("Salida\tMadrid Puerta de Atocha 09:30\nLlegada\tSevilla Santa Justa 12:02", "Madrid Puerta de Atocha → Sevilla Santa Justa"),
        ("Partenza\tArrivo\nBologna Centrale\tAncona\n15/05/2026 ore 09:12\t15/05/2026 ore 11:03", "Bologna Centrale → Ancona"),
        ("Da\tMilano MXP\nA\tPalermo PMO\nData\t15/12/2026", "MXP → PMO"),
        ("SL 418\tEdinburgh (EDI)\tPorto (OPO)\t11:25", "EDI → OPO"),
        ("DUB 07:25\tLIS 10:15", "DUB → LIS"),
        ("Od\tWarszawa Centralna\nDo\tGdańsk Główny\n06.12.2026", "Warszawa Centralna → Gdańsk Główny"),
        ("Pick-up\tMalaga Airport, 22 Dec 2026, 13:30", "Malaga Airport"),
        ("Ort\tGartenhaus am Markt, 15:30 Uhr", "Gartenhaus am Markt"),
        ("Local\tTeatro da Ria, Aveiro\n12/12/2026", "Teatro da Ria, Aveiro"),
        ("Saltmarsh Hall, 5 Quayside, Maldon", "Saltmarsh Hall, 5 Quayside, Maldon"),
    ],
)  # fmt: skip
def test_places_of_tables(text: str, place: str) -> None:
    assert of_paper(text)["place"][0] == place


@pytest.mark.parametrize(
    "text",
    [
        "Where to find us: see page 2",
        "Local authorities raise the fee by 2 per cent.",
        "Rates: USD - EUR 1.07, (USD) and (EUR) 2026",
        "From: ann@larkfield.example\nTo: ida@larkfield.example\n2026",
    ],
)
def test_sentences_are_no_places(text: str) -> None:
    assert "place" not in of_paper(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("VPS, 12.50 hours 12.50 $4.00 $50.00\nSubtotal $59.99\nAmount Due (USD) $64.94", ["64.94 USD"]),
        ("12 € 4,00 € 48,00", ["4.00 EUR", "48.00 EUR"]),
        ("2 12,50€ 25,00€", ["12.50 EUR", "25.00 EUR"]),
        ("Total TTC 187,00 €\nAcompte versé 50,00 €\nReste à payer 137,00 €", ["137.00 EUR", "187.00 EUR"]),
        ("Total excl. VAT £1,000.00\nTotal incl. 20 % VAT £1,200.00", ["1200.00 GBP"]),
        ("Total £27.00 incl. £2.00 booking fee", ["27.00 GBP"]),
        ("Total\t£600.00\nDeposit, due by 20 March\t£180.00\nBalance, due by 5 June\t£420.00", ["420.00 GBP", "180.00 GBP"]),
        ("Net à payer avant impôt 1 909,80\nNet payé en euros 1 838,50", ["1838.50 EUR"]),
        ("Opening balance £1,204.11\nMoney out £98.45\nClosing balance £1,105.66", ["1105.66 GBP"]),
        ("Do wypłaty 4 512,88 zł\nSkładki 850,02 zł", ["4512.88 PLN"]),
        ("Základ 4 200,00 Kč\nCelkem k úhradě 5 082,00 Kč", ["5082.00 CZK"]),
        ("La invitiamo a versare la rata di € 215,40 entro il 10 aprile\nIl totale annuo ammonta a € 861,60", ["215.40 EUR"]),
        ("Total paid $71.00\nBalance due $0.00", ["71.00 USD"]),
    ],
)  # fmt: skip
def test_the_amount_that_counts(text: str, values: list[str]) -> None:
    found = [fact.value for fact in amount_facts(text.replace("\t", "  "), "body")]
    assert sorted(found) == sorted(values)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Rechnungsdatum\n09.11.2026\nZahlbar innerhalb von 14 Tagen ohne Abzug", "2026-11-23"),
        ("Invoice date: 2 March 2026\nPayment terms: 30 days net", "2026-04-01"),
        ("Date de facture 01/02/2026\nPaiement sous 15 jours", "2026-02-16"),
        ("Data wystawienia: 10.11.2026\nTermin płatności: 7 dni", "2026-11-17"),
        ("Invoice 1187\nPlease pay within 10 days", "2026-01-12"),
    ],
)
def test_a_time_to_pay_ends_on_a_day(text: str, day: str) -> None:
    """It is counted from the day of the paper, else from that of the mail."""
    assert day in of_paper(text)["date"]


def test_days_of_another_thing_are_no_time_to_pay() -> None:
    assert "date" not in of_paper("Return it within 14 days. We are open 7 days a week.")


def test_an_account_beside_another_number_is_found() -> None:
    found = of_paper("VAT ID DE999765432 IBAN DE89 3704 0044 0532 0130 00")
    assert found["iban"] == ["DE89370400440532013000"]


def test_the_days_in_cells_are_days() -> None:
    cells = tuple(
        Fact(type="number", value=value, where=f"cell A{at}")
        for at, value in enumerate(("02.03.2026", "99.99.2026", "12"))
    )
    table = attached("t.csv", Document(kind="text/csv", facts=cells))
    message = mail("Ann <ann@larkfield.example>", "Table", "See attached.", table)
    found = [(fact.type, fact.value) for fact in facts_of(message, language="de", categories=(), now=NOW)]
    assert ("date", "2026-03-02") in found
    assert [kind for kind, _ in found].count("date") == 1


def test_words_of_facts_are_found_with_a_rate_between_and_not_over_commas() -> None:
    assert [word.concepts for word in said_in("incl. 19 % VAT")] == [frozenset({"with_tax"})]
    assert [line[word.start : word.end] for line in ["Invoice 1187, date 12 May"] for word in said_in(line)] == [
        "Invoice",
        "date",
    ]
