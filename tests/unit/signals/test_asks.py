"""Tests of a mail's requests, and of the proof of who asks."""

from __future__ import annotations

from typing import Any

import pytest

from glassdome.signals.asked import find_asked
from glassdome.values.ask import Ask, AskKind, Identity, nobody_proven, unproven_value
from glassdome.values.message import Attachment, ListFacts
from tests.unit.signals.build import context, hits, mail, verified

OURS = context(mailbox="ann@werkstatt.org", own_domains=frozenset({"werkstatt.org"}))
FRIEND = "Nadia Rourke <n.rourke@larkfield-architects.co.uk>"
FREE = "Karsten Thoms <k.thoms.office@gmail.com>"


def message(sender: str, text: str, **facts: Any) -> Any:
    """A mail whose sender our server vouches for."""
    domain = sender.rpartition("@")[2].rstrip(">")
    return mail(sender, **{"authentication": verified(f"dmarc=pass {domain}"), "text": text, "new_text": text} | facts)


def asks(sender: str, text: str, **facts: Any) -> dict[AskKind, Ask]:
    """The asks by kind."""
    return {ask.kind: ask for ask in find_asked(message(sender, text, **facts), OURS).asks}


LURES = [
    ("ask_device_code", "Go to https://microsoft.com/devicelogin and enter the access code H7KQ4XWPD."),
    ("ask_approve", "Please approve the sign-in request on your phone when the authenticator appears."),
    (
        "ask_call_back",
        "You were charged USD 449.99. If you did not authorise this, call our support on +1 808 555 0142.",
    ),
    (
        "ask_bank_change",
        "Our bank account is being audited, please pay to our new bank account IBAN LT12 1000 0111 0100 1000.",
    ),
    (
        "ask_bank_change",
        "Meine Bankverbindung hat sich geändert, bitte das Gehalt auf mein neues Konto DE89 3704 0044 0532 0130 00.",
    ),
    ("ask_gift_card", "Kun je vijf cadeaukaarten kopen? Stuur me een foto van de codes."),
    ("ask_gift_card", "Pourrais-tu acheter six cartes cadeaux de 150 € et m'envoyer les codes en photos ?"),
    ("ask_opener", "Are you available? I am in a meeting and can't talk, reply by e-mail only."),
    ("ask_opener", "Êtes-vous disponible ? Je suis en réunion et ne peux pas téléphoner, réponse par mail."),
    ("ask_opener", "Hai un minuto? Sono in riunione e non posso parlare, ho bisogno di un favore."),
    ("ask_seed_phrase", "Enter your 12-word secret recovery phrase to restore the wallet."),
    (
        "ask_extortion",
        "I recorded you through your webcam. Send 900 EUR in bitcoin or all your contacts see the video.",
    ),
    ("ask_move_channel", "Schreiben Sie mir bitte per WhatsApp."),
    ("ask_locked_file", "The archive is protected, the password for the file is 2026."),
    ("ask_password", "Log in with your work account and enter your password."),
    ("ask_password", "Munissez-vous de votre identifiant et de votre mot de passe."),
    ("ask_card", "Please enter your card number and the security code to get the refund."),
    ("ask_personal_data", "Mándame una copia de tu DNI y de tus nóminas."),
    ("ask_payment", "Pague la sanción de 50,00 € antes del lunes."),
    ("ask_payment", "Die Gebühr von 2,99 € ist offen, jetzt bezahlen."),
    ("lure_job", "Flexible remote role, no experience needed, earn 200 EUR per day."),
    ("lure_sale", "O comprador já efetuou o pagamento, o artigo foi vendido: receber o seu dinheiro."),
    ("lure_refund", "Sie haben Anspruch: Ihre Rückerstattung von 80 € steht bereit, jetzt Erstattung beantragen."),
    ("lure_rental", "Versez le dépôt de garantie sur le compte séquestre, les clés vous seront remises ensuite."),
    ("lure_strike", "Your page will be removed for copyright infringement. Submit an appeal within a day."),
    ("ask_payment", "Your crossing was recorded without a pass. Pay it online today, 4.10 GBP."),
    ("ask_payment", "Adelante 290 euros para los honorarios del notario."),
    ("ask_payment", "Le transit au péage est impayé, réglez en ligne : 3,20 €."),
    ("ask_payment", "Kun je die rekening van 640 euro voor mij betalen?"),
    ("ask_payment", "Wie viel können wir heute noch anweisen? Der Verkäufer verlangt eine Anzahlung von 40.000 EUR."),
    (
        "ask_call_back",
        "A payout of 2 ETH was requested. Talk to an analyst now, the line is open 24 hours: +1 808 555 0142.",
    ),
    (
        "ask_call_back",
        "Se pidió una retirada de 0,3 BTC. Hable con un agente para bloquear la operación: +34 910 555 014.",
    ),
    ("ask_file", "Der Scanner meldet: Ihr Dokument liegt zum Abruf bereit."),
    ("ask_file", "Vous avez un nouveau message vocal, durée 0:52."),
    ("ask_file", "La pagina scansionata è pronta, il documento la attende."),
    ("ask_password", "Abra com a sua conta Microsoft."),
    ("ask_password", "Username and password will be required."),
    ("ask_bank_change", "Die gewohnte Rechnung bitte auf unser Inkassokonto überweisen, DE89 3704 0044 0532 0130 00."),
    (
        "ask_bank_change",
        "Il conto è sotto pignoramento: versi la fattura su altro conto, IT60 X054 2811 1010 0000 0123 456.",
    ),
    ("ask_card", "Pour continuer, ajoutez une nouvelle carte bancaire."),
    ("ask_move_channel", "Ciao, questo è il mio nuovo numero."),
    ("lure_rental", "Uma visita só é possível através da agência, as chaves chegam pela transportadora."),
    ("lure_strike", "Uw video is gemeld. Vul het bezwaarschrift in, anders wordt die definitief verwijderd."),
    ("lure_sale", "Der Betrag ist für Sie reserviert: Karte angeben, um ihn zu empfangen."),
    ("lure_deadline", "L'alimentation en gaz de votre logement sera coupée."),
    ("lure_deadline", "O subsídio ficará suspenso."),
    ("lure_deadline", "La corriente se cortará."),
]


@pytest.mark.parametrize(("name", "text"), LURES)
def test_lures(name: str, text: str) -> None:
    """Each ask and lure is found in words of several languages."""
    assert name in hits(message(FREE, text), OURS)


@pytest.mark.parametrize(
    "text",
    [
        "We never ask for your password or your card number by phone.",
        "Wir fragen nie nach Ihrem Passwort.",
        "La banque ne vous demandera jamais votre mot de passe.",
        "Lunch on Thursday? The canteen has dumplings, and Ole brings his brother.",
        "Das Protokoll der Sitzung hängt am Brett, Fragen gern an mich.",
        "You do not need to do anything. Your bank details are unchanged.",
        "Non inviamo allegati né richiediamo dati bancari via e-mail.",
        "The toll road was empty, we came through the crossing at dawn.",
        "Der Strom war gestern kurz weg, heute geht wieder alles.",
        "Je suis à l'étranger jusqu'à lundi, les clés sont chez la voisine.",
        "Ho perso il telefono in spiaggia, che sfortuna.",
        "J'ai payé ta place, 20 €. Tu me fais un virement un de ces jours ?",
    ],
)
def test_nothing_is_asked(text: str) -> None:
    """Text that denies a request, or only talks about it, asks for nothing."""
    assert not [ask for ask in find_asked(message(FRIEND, text), OURS).asks if ask.of_value]


def test_a_brand_asks_as_itself() -> None:
    """A verified brand with its own links is proven, whatever it asks."""
    text = "Update your payment details to keep your membership. Sign in to confirm your account."
    found = asks("Netflix <info@account.netflix.com>", text, links=("https://www.netflix.com/account",))
    assert {ask.identity for ask in found.values()} == {Identity.PROVEN}


def test_a_false_brand_contradicts() -> None:
    """The sentence says what is asked and why it is not proven."""
    found = asks(
        "DHL <info@paket-zoll-service.com>",
        "Gebühr von 2,99 € jetzt bezahlen",
        links=("https://paket-zoll-service.com/x",),
    )
    ask = found[AskKind.PAYMENT]
    assert ask.identity is Identity.CONTRADICTED
    assert ask.why.startswith("Asks you to pay; it speaks for dhl")


@pytest.mark.parametrize(
    ("text", "links", "kind"),
    [
        (
            "The drawings are here, please open the file.",
            ("https://files.rosewater-catering.com/wp-content/x",),
            "open_file",
        ),
        ("Please sign in to open the document.", ("https://larkfield.pages.dev/view",), "sign_in"),
        ("Our bank has changed, pay to the new account IBAN LT60 1010 0123 4567 8901.", (), "bank_change"),
        ("Go to https://microsoft.com/devicelogin and enter the code ABC.", (), "code"),
    ],
)
def test_a_known_name_does_not_prove_an_unusual_ask(text: str, links: tuple[str, ...], kind: str) -> None:
    """A verified person whose account may be another's: the link, the account or the code is a stranger's."""
    found = asks(FRIEND, text, links=links)
    assert found[AskKind(kind)].identity is Identity.UNPROVEN


def test_a_colleague_is_proven() -> None:
    """Our own domain, verified."""
    found = asks("Sven <sven@werkstatt.org>", "Could you pay the invoice of 40 EUR now? Are you at your desk?")
    assert not unproven_value(tuple(found.values()))


def test_a_page_that_is_attached() -> None:
    """A web page or a locked archive is an ask, with or without words."""
    page = Attachment(filename="Remittance.html", true_type="text/html")
    assert asks(FRIEND, "Hello", attachments=(page,))[AskKind.OPEN_FILE].identity is Identity.UNPROVEN
    assert asks(FRIEND, "Hello", attachments=(Attachment(filename="plan.pdf"),)) == {}


def test_an_opener_is_no_ask_of_value_but_is_not_answered() -> None:
    """Somebody who is not proven asks whether the reader is there."""
    found = tuple(asks(FREE, "Are you at your desk? I need a quick favour, can't talk.").values())
    assert nobody_proven(found)
    assert AskKind.REPLY in {ask.kind for ask in found}


def test_a_newsletter_talks_about_lures() -> None:
    """A verified list that warns of device codes asks for none."""
    facts = ListFacts(list_id="<watch.beehiiv.com>", unsubscribe=("https://x.beehiiv.com/u",))
    text = "Never enter a code that you did not ask for. You are sent to microsoft.com/devicelogin and asked to enter a code."
    assert AskKind.CODE not in asks("Inbox Watch <watch@mail.beehiiv.com>", text, lists=facts)


@pytest.mark.parametrize(
    ("sender", "text", "found"),
    [
        ("A B <a@metallbau-kern.de>", "IBAN LT60 1010 0123 4567 8901", True),
        ("A B <a@metallbau-kern.de>", "IBAN DE89 3704 0044 0532 0130 00", False),
        ("A B <a@metallbau-kern.de>", "IBAN AT61 1904 3002 3457 3201", False),
        ("A B <a@kern.com>", "IBAN LT60 1010 0123 4567 8901", False),
    ],
)
def test_an_account_in_another_country(sender: str, text: str, found: bool) -> None:
    """The IBAN's country beside that of the sender's domain."""
    assert ("foreign_account" in hits(message(sender, text), OURS)) is found


SECRETS = [
    ("Strictly between us: how much can we send from the operating account today?", "lure_secrecy"),
    ("Absolute Verschwiegenheit ist geboten. Bitte die Gebühren von 300 € vorab zahlen.", "lure_secrecy"),
    ("N'en parlez à personne. Effectuez le virement de 9 000 € dès que possible.", "lure_secrecy"),
    ("Mantenga esto en secreto y abone los gastos de gestión, 120 €.", "lure_secrecy"),
    ("Massima riservatezza: versi l'importo di 800 € oggi.", "lure_secrecy"),
    ("Vertel het aan niemand en betaal vandaag het bedrag van 700 euro.", "lure_secrecy"),
    ("Conto com a sua discrição: pague hoje a taxa de 90 €.", "lure_secrecy"),
    ("Нікому не кажіть. Треба сьогодні провести оплату 286 000 грн.", "lure_secrecy"),
    ("Ne beszéljen róla senkivel. Holnapig utalni kellene 40 000 forintot.", "lure_secrecy"),
    ("Hi mum, my phone got lost. Can you cover the rent of 400 GBP?", "lure_relative"),
    ("Hallo Papa, mein Handy ist kaputt. Kannst du mir das Geld, 600 Euro, kurz auslegen?", "lure_relative"),
    (
        "Coucou maman, mon portable est tombé à l'eau. Tu peux m'avancer 300 € ? Fais le virement maintenant.",
        "lure_relative",
    ),
    ("Hola mamá, se me ha roto el móvil. ¿Puedes pagarme la factura de 200 €? Haz el pago ahora.", "lure_relative"),
    ("Ciao mamma, il telefono si è rotto. Puoi anticiparmi 250 euro?", "lure_relative"),
    ("Hoi mam, mijn telefoon is gestolen. Kun jij 300 euro voorschieten?", "lure_relative"),
    ("Olá mãe, o meu telemóvel caiu. Podes pagar hoje a fatura de 150 €?", "lure_relative"),
]


@pytest.mark.parametrize(("text", "name"), SECRETS)
def test_secrecy_and_relatives_count_beside_an_ask_that_is_not_proven(text: str, name: str) -> None:
    """The same words of somebody who is proven, or without an ask, are nothing."""
    assert name in hits(message(FREE, text), OURS)
    assert name not in hits(message("Sven <sven@werkstatt.org>", text), OURS)


@pytest.mark.parametrize("text", ["Please keep the party a secret.", "Hi mum, my phone is broken, call you on Sunday."])
def test_a_secret_without_an_ask_is_no_lure(text: str) -> None:
    """Families have secrets and broken telephones."""
    assert hits(message(FREE, text), OURS).isdisjoint(("lure_secrecy", "lure_relative"))


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        (FRIEND, "To open the drawings, log in with your company email: https://larkfield-architects.co.uk/plans"),
        ("Linde Wohnen <miete@linde-wohnen.de>", "Bitte melden Sie sich mit dem Zugang Ihrer Bank an: https://linde-wohnen.de/a"),
        ("Atelier Sud <contact@atelier-sud.fr>", "Connectez-vous avec votre messagerie professionnelle : https://atelier-sud.fr/p"),
    ],
)  # fmt: skip
def test_who_asks_for_the_sign_in_of_somebody_else_is_not_proven(sender: str, text: str) -> None:
    """A site of one's own proves nothing about the mailbox or the bank whose password it asks for."""
    link = text.rpartition(" ")[2]
    found = asks(sender, text, links=(link,))[AskKind.SIGN_IN]
    assert found.identity is Identity.UNPROVEN
    assert "somebody else" in found.why


def test_a_sister_of_a_service_speaks_for_its_users_too() -> None:
    """A request for money by one of its users is not its own."""
    text = "Ivo Brandt sent you a money request. Note from Ivo: half of the roof. Amount requested: £140. Pay now"
    found = asks("PayPal <service@paypal.co.uk>", text, links=("https://www.paypal.com/request/1",))[AskKind.PAYMENT]
    assert found.identity is Identity.UNPROVEN


def test_a_new_account_that_is_announced_and_not_given_is_no_ask() -> None:
    """Whoever says that he will ring about it asks for nothing."""
    text = "We have moved our account. Dawn will ring each of you about it in June."
    facts = hits(message(FRIEND, text), OURS)
    assert "ask_bank_change" not in facts


@pytest.mark.parametrize(
    "text",
    [
        "Please find my invoice enclosed. My bank details have not changed: IBAN FR76 3000 6000 0112 3456 7890 189.",
        "Anbei die Rechnung. Unsere Bankverbindung hat sich nicht geändert: DE02 1203 0000 0000 2020 51.",
        "Vous trouverez ma facture ci-joint. Mes coordonnées bancaires n'ont pas changé.",
        "Adjunto la factura. Nuestros datos bancarios no han cambiado.",
    ],
)
def test_an_account_that_did_not_change(text: str) -> None:
    """A bill that says so asks to pay where the reader always paid."""
    assert AskKind.BANK_CHANGE not in asks(FREE, text)
    assert hits(message(FREE, text), OURS).isdisjoint(("ask_bank_change", "payment_change"))
