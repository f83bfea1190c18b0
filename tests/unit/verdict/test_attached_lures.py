"""Words of attached files count as those of the mail do, and their evidence names the place in the file."""

from __future__ import annotations

import pytest

from glassdome.signals.sensitive import find_sensitive
from glassdome.values.ask import AskKind
from glassdome.values.document import Document, InnerFile, Passage
from glassdome.values.fact import Fact
from glassdome.values.message import Attachment
from glassdome.values.verdict import Label, Verdict
from glassdome.verdict import masked_facts
from tests.unit.attached import DOCX, PDF, PNG, attached, document, examined, judged, mail

LURES = {
    "call back": (
        "PayPal Support <billing-desk@gmail.com>",
        "Dear customer,\n\nyou were charged USD 449.99 for antivirus renewal. If you did not authorise this charge, call our "
        "support team at +1 (808) 555-0142 within 24 hours to cancel.",
        "",
    ),
    "mild call back": (
        "Order Desk <orders@orderdesk.example>",
        "You were charged USD 449.99. To cancel the renewal call +1 (808) 555-0142.",
        "",
    ),
    "mailbox": (
        "Helpdesk <it@webmail-notice.example>",
        "Your mailbox is almost full. Sign in to keep your messages.",
        "https://webmail-storage.example/login",
    ),
    "customs fee": (
        "Paketdienst <service@paketservice.example>",
        "Guten Tag,\n\nIhr Paket konnte nicht zugestellt werden. Bitte bezahlen Sie die Zollgebühr von 1,99 EUR.",
        "https://paketservice-zoll.example/zahlung",
    ),
    "new account": (
        "Anna Miller <a.miller@larkfield.example>",
        "Please pay all open invoices to our new bank account: IBAN LT121000011101001000.",
        "",
    ),
    "password": (
        "Marta Ruiz <m.ruiz@gmail.com>",
        "Estimado cliente:\n\nsu cuenta ha sido bloqueada. Inicie sesión y confirme su contraseña en 24 horas.",
        "https://verificacion-cuenta.example/login",
    ),
    "invoice": (
        "Nordlicht Druck <rechnung@nordlicht-druck.example>",
        "Nordlicht Druck GmbH\nRechnung 1187\nGesamtbetrag 842,50 EUR\nBitte überweisen Sie den Betrag bis zum 12.12.2026.",
        "",
    ),
    "gift cards": ("Karsten Thoms <k.thoms.office@gmail.com>", "Kun je vijf cadeaukaarten kopen? Stuur me een foto van de codes.", ""),
}  # fmt: skip
FILES = (("letter.pdf", PDF, "page 1"), ("letter.docx", DOCX, ""), ("letter.png", PNG, ""))
BODIES = ("Please see the attached document.", "Hi,\n\nthe details are in the attached file.\n\nBest regards", "")


def _phishing(verdict: Verdict) -> float:
    return verdict.phishing_score if verdict.phishing_score is not None else 1.0


@pytest.mark.parametrize("verified", [False, True])
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("lure", LURES)
def test_a_lure_counts_alike_in_the_mail_and_in_a_file(lure: str, body: str, verified: bool) -> None:
    sender, words, url = LURES[lure]
    plain = _phishing(judged(mail(sender, "Notice", f"{words} {url}".strip(), verified=verified)))
    for name, kind, where in FILES:
        found = document(f"{words} {url}".strip(), kind=kind, where=where, links=[url] if url else [])
        in_file = _phishing(judged(mail(sender, "Notice", body, attached(name, found), verified=verified)))
        assert abs(in_file - plain) <= 0.1, (name, in_file, plain)


@pytest.mark.parametrize(("name", "kind", "where"), FILES)
def test_evidence_names_the_place(name: str, kind: str, where: str) -> None:
    sender, words, _ = LURES["call back"]
    verdict = judged(mail(sender, "Notice", BODIES[0], attached(name, document(words, kind=kind, where=where))))
    place = f"{name}, {where}" if where else name
    quoted = {item.where for reason in verdict.phishing_reasons for item in reason.evidence}
    assert place in quoted
    assert "text" not in quoted
    assert {ask.where for ask in verdict.asks} == {place}
    assert all(ask.quote for ask in verdict.asks)


def test_a_sheet_and_a_file_in_an_archive_are_places() -> None:
    words = LURES["call back"][1]
    sheet = document(words, kind="application/vnd.ms-excel", where="sheet Orders")
    packed = Document(kind="application/zip", members=("b.pdf",), files=(InnerFile(name="b.pdf", document=document(words, where="page 2")),))  # fmt: skip
    for item, place in (
        (attached("orders.xlsx", sheet), "orders.xlsx, sheet Orders"),
        (attached("scan.zip", packed), "scan.zip: b.pdf, page 2"),
    ):
        verdict = judged(mail(LURES["call back"][0], "Notice", BODIES[0], item))
        assert place in {found.where for reason in verdict.phishing_reasons for found in reason.evidence}


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Zmiana numeru rachunku bankowego: PL61 1090 1014 0000 0712 1981 2874", AskKind.BANK_CHANGE),
        ("Změna bankovního účtu: CZ65 0800 0000 1920 0014 5399, plaťte na nový účet", AskKind.BANK_CHANGE),
        ("Изменение банковских реквизитов: новый счёт DE02 1203 0000 0000 2020 51", AskKind.BANK_CHANGE),
        ("Per annullare il rinnovo di 299,99 € chiamare subito il numero +39 02\n5550 1190.", AskKind.CALL_BACK),
    ],
)
def test_an_ask_in_a_file_is_found_in_any_language_and_over_line_ends(words: str, kind: AskKind) -> None:
    found = attached("letter.pdf", document(words, where="page 1"))
    verdict = judged(mail("Order Desk <orders@orderdesk.example>", "Notice", BODIES[0], found))
    assert kind in {ask.kind for ask in verdict.asks}


QR_LURE = (
    "Your multi-factor authentication expires today. Scan the QR code with the camera of your phone and sign in with your "
    "work account to keep your access."
)
QR_URL = "https://ms-quarantine.example/login"


def test_a_code_to_scan_is_judged_as_a_link_is() -> None:
    sender = "Microsoft 365 <security@ms-quarantine.example>"
    plain = judged(mail(sender, "Access", f"{QR_LURE} {QR_URL}"))
    coded = judged(mail(sender, "Access", QR_LURE, attached("image.png", document(kind=PNG, code=QR_URL))))
    assert coded.label is Label.PHISH
    assert abs(_phishing(coded) - _phishing(plain)) <= 0.1
    assert "QR in image.png" in {item.where for reason in coded.phishing_reasons for item in reason.evidence}


PAYROLL = {
    "de": ("Personalabteilung <hr@lohn-zugang.example>", "Die Lohnabrechnung ist da. Scannen Sie den QR-Code und melden Sie sich mit dem Firmenkonto an."),
    "es": ("Recursos Humanos <rrhh@nomina-acceso.example>", "Hay un cambio en su nómina. Escanee el código QR y acceda con su correo corporativo para confirmarlo."),
    "it": ("Ufficio Paghe <paghe@cedolino-accesso.example>", "La busta paga è pronta. Inquadri il codice QR e acceda con le credenziali aziendali per visualizzarla."),
    "pl": ("Kadry i Płace <kadry@placowy-dostep.example>", "Pasek wynagrodzenia jest gotowy. Zeskanuj kod QR i zaloguj się kontem służbowym, aby go potwierdzić."),
}  # fmt: skip


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize("language", PAYROLL)
def test_a_code_that_signs_in_for_the_payroll_is_phishing(language: str, in_file: bool) -> None:
    sender, words = PAYROLL[language]
    url = f"https://{sender.rpartition('@')[2].rstrip('>')}/a"
    found = document(words if in_file else "", kind=PDF if in_file else PNG, where="page 1", code=url)
    body = "Details in the attachment." if in_file else words
    assert judged(mail(sender, "Payroll", body, attached("notice", found))).label is Label.PHISH


HONEST_CODES = {
    "event ticket": (
        "Wolkenhaus Tickets <tickets@wolkenhaus.example>",
        "Vielen Dank für Ihre Bestellung. Zeigen Sie den QR-Code am Eingang vor.",
        "https://tickets.wolkenhaus.example/t/9F2K-77QX",
    ),
    "ticket of another host": (
        "Wolkenhaus Tickets <tickets@wolkenhaus.example>",
        "Vielen Dank für Ihre Bestellung. Zeigen Sie den QR-Code am Eingang vor.",
        "https://eintritt.example/t/9F2K-77QX",
    ),
    "second factor": (
        "Tramway Accounts <accounts@tramway.example>",
        "Your administrator has asked you to set up two-factor authentication. Scan the attached code with your authenticator app.",
        "otpauth://totp/Tramway:anna?secret=JBSWY3DPEHPK3PXP&issuer=Tramway",
    ),
    "bank": (
        "Verein Seeblick <kassier@verein-seeblick.example>",
        "Guten Tag, anbei die QR-Rechnung, zahlbar innert 30 Tagen.",
        "SPC\n0200\n1\nCH800076201162385295\nS\nVerein Seeblick",
    ),
    "transfer": (
        "Förderverein <kasse@foerderverein.example>",
        "Liebe Mitglieder, der Jahresbeitrag ist bis 30. April fällig. Am einfachsten mit dem beigefügten GiroCode.",
        "BCD\n002\n1\nSCT\nBFSWDE33XXX\nFörderverein\nDE58370205000001020304\nEUR35.00",
    ),
    "boarding pass": (
        "Skyline Air <boarding@skyline-air.example>",
        "Your boarding pass is attached. Boarding closes 15 minutes before departure.",
        "M1KELLER/ANNA EABC7XD HAJMUCLH 2087 104Y014C0031 100",
    ),
}


@pytest.mark.parametrize("verified", [False, True])
@pytest.mark.parametrize("kind", HONEST_CODES)
def test_honest_codes_are_no_phishing(kind: str, verified: bool) -> None:
    sender, body, code = HONEST_CODES[kind]
    verdict = judged(
        mail(sender, "Ticket 9F2K", body, attached("code.png", document(kind=PNG, code=code)), verified=verified)
    )
    assert verdict.label is Label.HAM
    assert _phishing(verdict) < 0.5


def test_a_page_that_assembles_a_file_is_dangerous() -> None:
    page = Document(kind="text/html", is_active=True, passages=(Passage(text="Your document is being prepared."),))
    packed = Document(kind="application/zip", files=(InnerFile(name="view.html", document=page),))
    for item in (attached("scan.html", page), attached("scan.zip", packed)):
        found = examined(
            mail("Scanner <scan@office-print.example>", "Scan", "Please open the attached document.", item)
        )
        hits = {signal.name for signal in found.signals if signal.hit}
        assert {"attachment_html", "attachment_active_page", "attachment_macros"} <= hits


def test_a_program_deep_inside_archives_is_found() -> None:
    program = Document(kind="application/x-dosexec", read="unsupported")
    inner = Document(
        kind="application/zip", members=("bill.exe",), files=(InnerFile(name="bill.exe", document=program),)
    )
    outer = Document(kind="application/zip", members=("b.zip",), files=(InnerFile(name="b.zip", document=inner),))
    message = mail("Accounts <a@office-print.example>", "Bill", "The bill is attached.", attached("a.zip", outer))
    signal = next(s for s in examined(message).signals if s.name == "attachment_executable")
    assert signal.hit
    assert signal.evidence[0].quote == "bill.exe"
    assert "attachment_executable" in {reason.signal for reason in judged(message).phishing_reasons}


def test_a_locked_archive_whose_password_the_mail_gives_is_found() -> None:
    locked = Document(kind="application/zip", read="encrypted", encrypted=True, members=("invoice.js",))
    message = mail("Accounts <a@office-print.example>", "Bill", "The password is 4821.", attached("a.zip", locked))
    hits = {signal.name for signal in examined(message).signals if signal.hit}
    assert {"attachment_locked", "attachment_executable"} <= hits


def test_what_nobody_sees_and_what_a_bounce_returns_is_no_claim() -> None:
    sender, words, _ = LURES["call back"]
    unseen = attached("letter.pdf", document(words, where="page 1", seen=False))
    found = document(words, where="page 1")
    returned = Attachment(filename="letter.pdf", true_type=PDF, text=found.text, document=found, returned=True)
    empty = _phishing(judged(mail(sender, "Notice", "See attached.")))
    for item in (unseen, returned):
        assert abs(_phishing(judged(mail(sender, "Notice", "See attached.", item))) - empty) <= 0.1


def test_a_long_contract_makes_no_opener() -> None:
    lease = document(
        "The tenant shall pay the rent before moving in. Keep this agreement confidential. " * 5, kind=DOCX
    )
    message = mail("Liam Fletcher <liam@fletcher.example>", "Draft lease", "The draft is attached.", attached("lease.docx", lease))  # fmt: skip
    assert "ask_opener" not in {signal.name for signal in examined(message).signals if signal.hit}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("Please see the attached document.", False),
        ("Bitte sehen Sie sich die Anlage an. Siehe Anhang.", False),
        ("Veuillez trouver ci-joint le document.", False),
        ("Please sign the attached document and send it back by Friday.", True),
    ],
)
def test_to_look_at_a_file_is_no_task(body: str, wanted: bool) -> None:
    letter = attached("letter.pdf", document("The office is closed on Monday.", where="page 1"))
    items = judged(mail("Ann Berg <ann.berg@larkfield.example>", "Letter", body, letter)).action_items
    assert bool(items) is wanted


def test_a_task_of_a_letter_names_its_place() -> None:
    letter = attached("letter.pdf", document("Please return the signed form by 16 January 2026.", where="page 2"))
    items = judged(mail("Ann Berg <ann.berg@larkfield.example>", "Form", "See attached.", letter)).action_items
    assert [(item.due_at, item.evidence.where) for item in items] == [("2026-01-16", "letter.pdf, page 2")]


def test_facts_of_a_file_give_its_account_and_hide_other_values() -> None:
    """The card number stays hidden, in the value and in its words; an account in the mail's own words does too."""
    card, account = "4111 1111 1111 1111", "DE89370400440532013000"
    letter = attached("bill.pdf", document(f"Bill\nCard {card}\nIBAN {account}", where="page 1"))
    message = mail("Shop <shop@larkfield.example>", "Bill", "See attached.", letter)
    facts = (
        Fact(type="iban", value=account, where="bill.pdf, page 1", evidence=f"IBAN {account}"),
        Fact(type="number", value=card, where="bill.pdf, page 1", evidence=f"Card {card}"),
        Fact(type="iban", value=account, where="body", evidence=f"IBAN {account}"),
    )
    given, hidden, own = masked_facts(message, facts, find_sensitive(message))
    assert given.value == account
    assert account not in given.evidence + own.value + own.evidence
    assert card not in hidden.value + hidden.evidence
