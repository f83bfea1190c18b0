"""Summaries of attached files, by what they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glassdome.engine.builtin.pointing import only_points, points
from glassdome.values.document import Document, InnerFile, Passage
from glassdome.values.fact import Fact
from glassdome.values.message import Attachment
from tests.unit.attached import PNG, attached, document, examined, judged, mail

SHOP = "Nordlicht Druck <billing@nordlicht-druck.example>"
INVOICE = attached(
    "invoice.pdf", document("Invoice no. 1187\nAmount due: EUR 842.50\nDue by 12 December 2026", where="page 1")
)


def test_a_mail_that_only_brings_a_bill_is_summed_up_by_it() -> None:
    message = mail(
        SHOP, "Your invoice", "Hello,\n\nplease find the invoice attached.\n\nBest regards", INVOICE, verified=True
    )
    assert examined(message).files == ("Invoice 1187 of Nordlicht Druck, EUR 842.50, due 12 December.",)
    assert examined(message).builtin.summary == "Invoice 1187 of Nordlicht Druck, EUR 842.50, due 12 December."
    assert "Invoice 1187 of Nordlicht Druck, EUR 842.50, due 12 December." in judged(message).summary


def test_a_bill_is_due_on_the_last_day_of_its_line() -> None:
    """Programs write the day of the bill and the day to pay by side by side."""
    words = "Invoice 1187, date 12 November 2026, due 12 December 2026\nTotal 842.50 EUR"
    message = mail(SHOP, "Bill", "See attached.", attached("invoice.pdf", document(words, where="page 1")))
    assert examined(message).files == ("Invoice 1187 of Nordlicht Druck, EUR 842.50, due 12 December.",)


@pytest.mark.parametrize("title", ["untitled", "f19.html", "Microsoft Word - Brief.doc", "Document1"])
def test_a_title_that_a_program_made_up_is_none(title: str) -> None:
    found = replace(document("Minutes of the board", where="page 1"), title=title)
    assert title not in examined(mail(SHOP, "News", "See attached.", attached("x.pdf", found))).files[0]


def test_a_mail_with_words_of_its_own_keeps_them() -> None:
    body = "The printers moved to the second floor last week, so the next delivery goes to the new room. The bill is attached."
    assert "second floor" in examined(mail(SHOP, "Delivery", body, INVOICE)).builtin.summary


def test_a_person_is_not_whom_a_bill_is_of() -> None:
    message = mail("Emily Carter <emily.carter@larkfield.example>", "Bill", "See attached.", INVOICE)
    assert examined(message).files == ("Invoice 1187, EUR 842.50, due 12 December.",)


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EVENT = Document(
    kind="text/calendar",
    passages=(Passage(text="Quarterly planning"),),
    facts=(
        Fact(type="title", value="Quarterly planning"),
        Fact(type="datetime", value="2026-03-18T13:00:00+00:00"),
        Fact(type="place", value="Room Finch"),
    ),
)
CARD = Document(
    kind="text/vcard",
    passages=(Passage(text="Priya Bennett"),),
    facts=(Fact(type="name", value="Priya Bennett"), Fact(type="phone", value="+447700900417")),
)
TRANSFER = "BCD\n002\n1\nSCT\nBFSWDE33XXX\nLindenschule\nDE58370205000001020304\nEUR35.00"


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (attached("plan.ics", EVENT), "Event Quarterly planning, 18 March 13:00, Room Finch."),
        (attached("card.vcf", CARD), "Contact Priya Bennett, +447700900417."),
        (attached("t.xlsx", Document(kind=SHEET, passages=(Passage(text="a", where="sheet Orders"), Passage(text="b", where="sheet Sums")))), "Table with the sheets Orders, Sums."),
        (attached("t.png", document(kind=PNG, code="https://tickets.example/t/1")), "QR code tickets.example."),
        (attached("t.png", document(kind=PNG, code=TRANSFER)), "Code for a transfer to Lindenschule, EUR 35.00."),
        (attached("t.png", document(kind=PNG, code="otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&issuer=Tramway")), "Code for a second factor Tramway."),
        (attached("a.zip", Document(kind="application/zip", files=(InnerFile(name="a.txt", document=Document()),), members=("a.txt",))), "Files inside: a.txt."),
        (attached("notes.pdf", document("The garden in spring\nMore words")), "The garden in spring."),
        (Attachment(filename="odd.bin", read="unsupported"), ""),
    ],
)  # fmt: skip
def test_each_kind_has_its_line(item: Attachment, line: str) -> None:
    message = mail("Emily Carter <emily.carter@larkfield.example>", "Files", "Please see the attached document.", item)
    assert examined(message).files in ((line,), ())
    assert line == "" or examined(message).files == (line,)


def test_lines_are_in_the_language_of_the_mail() -> None:
    letter = attached(
        "r.pdf", document("Rechnung 1187\nGesamtbetrag 842,50 EUR\nZahlbar bis zum 12.12.2026", where="page 1")
    )
    message = mail("Nordlicht Druck <rechnung@nordlicht-druck.example>", "Ihre Rechnung", "Guten Tag,\n\nanbei erhalten Sie die Rechnung.\n\nMit freundlichen Grüßen", letter, verified=True)  # fmt: skip
    assert examined(message).files == ("Rechnung 1187 von Nordlicht Druck, EUR 842.50, fällig am 12. Dezember.",)


@pytest.mark.parametrize(
    ("text", "pointing"),
    [
        ("Please see the attached document.", True),
        ("Guten Tag,\n\nim Anhang finden Sie Ihre Rechnung als PDF.\n\nMit freundlichen Grüßen\nStadtwerke", True),
        ("Bonjour,\n\nVeuillez trouver ci-joint votre facture.\n\nCordialement", True),
        ("Buenos días:\n\nadjunto el pedido de esta semana.", True),
        ("in allegato la conferma della prenotazione.", True),
        ("Please sign the attached document and return it.", False),
        ("Buy five gift cards before noon, and tell nobody about it.", False),
        ("", True),
    ],
)
def test_a_text_that_only_points_is_known(text: str, pointing: bool) -> None:
    assert only_points(text) is pointing


def test_a_sentence_that_asks_for_more_than_a_look_does_not_only_point() -> None:
    assert points("Please see the attached document.")
    assert not points("Please sign the attached document.")
    assert not points("See you on Friday.")
