"""Asks found by what they are made of, in no fixed words, and mails that have the same words and ask for nothing."""

from __future__ import annotations

import pytest

from glassdome.signals.ask_facts import asks_by_facts, offers_by_facts


def _groups(text: str) -> set[str]:
    return {group for group, _, _ in asks_by_facts(text)}


@pytest.mark.parametrize(
    ("group", "text"),
    [
        ("new_account", "Our bank was taken over, so the invoice should be paid to the new IBAN in the PDF."),
        ("new_account", "Unsere Hausbank hat gewechselt. Bitte begleichen Sie die Rechnung vom Mai auf das neue Konto."),
        ("new_account", "Nous avons un nouveau RIB depuis lundi, merci de faire le virement de mai dessus."),
        ("new_account", "Hemos cerrado la cuenta del otro banco y las facturas de mayo van a la nueva cuenta."),
        ("new_account", "Abbiamo un nuovo IBAN: il bonifico di maggio va fatto su quello."),
        ("new_account", "Ons nieuwe rekeningnummer staat hieronder, wil je de factuur van mei daarop betalen?"),
        ("new_account", "Temos um novo IBAN, a transferência de maio já deve ser feita para lá."),
        ("gift_card", "Can you pick up four Apple cards of 100 for the team?"),
        ("gift_card", "Kannst du mir drei Steam-Karten zu 50 kaufen, ich erkläre es später."),
        ("gift_card", "Peux-tu acheter trois cartes cadeaux de 100 euros au tabac du coin ?"),
        ("gift_card", "¿Me puedes comprar dos tarjetas regalo de 50 en el quiosco?"),
        ("gift_card", "Mi servono due buoni regalo da 100, puoi comprare tu e passo dopo?"),
        ("gift_card", "Wil je vier cadeaukaarten van 50 halen en de codes bewaren?"),
        ("gift_card", "Consegue comprar três cartões presente de 50 na papelaria?"),
        ("payment", "The parcel waits in Leeds. Customs asks for a fee of 2.40, settle it within two days."),
        ("payment", "Das Paket liegt noch beim Zoll, bitte die Gebühr von 2,40 heute bezahlen."),
        ("payment", "Il reste des frais de 2,40 : merci de les payer sous deux jours."),
        ("payment", "Quedan tasas de 2,40, que debe abonar en dos días."),
        ("payment", "Restano spese di sdoganamento per 2,40, da pagare entro due giorni."),
        ("payment", "Er zijn invoerkosten van 2,40, te betalen binnen twee dagen."),
        ("payment", "Faltam taxas de 2,40, que deve pagar em dois dias."),
        ("invest", "I put my savings into a crypto fund; the profit is 300 a week. Register with 250 and I show you."),
        ("invest", "Mit Bitcoin verdiene ich 300 pro Woche, der Gewinn ist sicher. Die Einzahlung ist klein: 250 reichen."),
        ("invest", "Mon investissement me rapporte un gain de 300 par semaine. Un dépôt de 250 suffit pour commencer."),
        ("invest", "Mi inversión me da una ganancia de 300 a la semana; con un depósito de 250 puedes empezar."),
        ("invest", "Con il trading ho un guadagno di 300 a settimana, bastano 250 di deposito per iniziare."),
        ("invest", "Mijn belegging geeft 300 winst per week, je kunt beginnen met een storting van 250."),
        ("invest", "O meu investimento dá um lucro de 300 por semana; com um depósito de 250 pode começar."),
        ("personal_data", "To reserve it, email a scan of your passport and two payslips."),
        ("personal_data", "Bitte schicken Sie uns vorab Ihren Personalausweis und die letzte Gehaltsabrechnung."),
        ("personal_data", "Merci d'envoyer votre carte d'identité et deux fiches de paie."),
        ("personal_data", "Necesitamos una foto de su DNI y la última nómina."),
        ("personal_data", "Può mandare una foto della carta d'identità e il codice fiscale?"),
        ("personal_data", "Graag een foto van je identiteitskaart en een loonstrook sturen."),
        ("personal_data", "Preciso de uma fotografia do cartão de cidadão e do NIF."),
        ("foreign_login", "The plans open after you log in with your company email."),
        ("foreign_login", "Zum Öffnen melden Sie sich mit Ihrem Microsoft-Konto an."),
        ("foreign_login", "Pour lire le plan, connectez-vous avec votre adresse professionnelle."),
        ("foreign_login", "Para ver los planos, acceda con su correo corporativo."),
        ("foreign_login", "Per aprire i disegni, acceda con la sua e-mail aziendale."),
        ("foreign_login", "Om de tekening te zien moet u inloggen met uw zakelijke e-mail."),
        ("foreign_login", "Para ver os desenhos, aceda com o seu e-mail profissional."),
        ("foreign_login", "Aby zobaczyć rysunki, zaloguj się kontem firmowym."),
        ("foreign_login", "Výkresy uvidíte, když se přihlásíte pracovním účtem."),
        ("foreign_login", "Your pay statement is ready: scan the QR code and log in on your phone."),
        ("foreign_login", "Melden Sie sich über den QR-Code an, um die neue Gehaltsabrechnung zu prüfen."),
        ("foreign_login", "Flashez le code QR puis connectez-vous : votre bulletin de salaire vous attend."),
        ("foreign_login", "Para ver la nómina, acceda con el código QR de abajo."),
        ("foreign_login", "Inquadri il QR code e acceda al portale per il cedolino."),
        ("foreign_login", "Scan de QR-code, log in en bekijk uw loonstrook."),
        ("foreign_login", "O seu recibo de vencimento: leia o código QR e inicie sessão."),
        ("foreign_login", "Pasek wynagrodzenia czeka, zeskanuj kod QR i zaloguj się."),
        ("foreign_login", "Výplatní páska: naskenujte QR kód a přihlaste se."),
        ("sign_in", "Zeskanuj kod QR, aby zobaczyć listę płac."),
        ("call_back", "Jeśli to nie Ty, zadzwoń do nas zaraz."),
        ("call_back", "Pokud jste platbu nezadali, volejte naši linku."),
        ("charged", "Er is 479,00 afgeschreven. Heeft u dit niet besteld?"),
    ],
)  # fmt: skip
def test_an_ask_is_found_by_its_parts_in_any_order(group: str, text: str) -> None:
    """No phrase of it is fixed."""
    assert group in _groups(text)


@pytest.mark.parametrize(
    "text",
    [
        "Your new card is on its way to the bank branch near you.",
        "Thanks for the gift, the steam engine was a lovely idea.",
        "Booking fee 4.20, total paid 60.00. See you on Saturday.",
        "Die neue Bank im Park steht jetzt unter der Linde.",
        "La banque du sang est ouverte samedi, venez nombreux.",
        "El banco de alimentos abre el lunes, gracias por la ayuda.",
        "Ho perso il treno, arrivo alle nove con il prossimo.",
        "De bank is bezorgd en staat in de nieuwe kamer.",
        "O banco do jardim foi pintado e ficou bonito.",
        "Please log in to see your results.",
        "I left my passport at home and had to go back for it.",
        "Show the QR code at the entrance, on paper or on your phone.",
        "Die QR-Rechnung liegt bei, zahlbar innert 30 Tagen.",
        "Zeskanuj kod QR w aplikacji uwierzytelniającej.",
        "La nómina de mayo va en el sobre de la oficina.",
    ],
)
def test_the_same_words_in_an_ordinary_mail_are_no_ask(text: str) -> None:
    """A part alone, or parts that belong to other things, say nothing."""
    assert not _groups(text)


def test_parts_far_apart_are_no_ask() -> None:
    """Words that stand pages apart belong to different subjects."""
    assert "gift_card" not in _groups(f"You can buy bread. {'Then it rained all day. ' * 40} The gift card is for Ida.")


def test_the_parts_of_two_languages_make_no_ask() -> None:
    """A word that several languages have is no bridge between them."""
    assert not _groups("Wir kaufen Brot. Gift card.")


def test_the_quote_stands_in_the_mail() -> None:
    """Its place is that of the parts."""
    text = "Hello, can you buy a gift card for me?"
    assert [text[start:end] for _, start, end in asks_by_facts(text)] == ["buy a gift card"]


def test_a_new_thing_and_a_bank_in_one_invoice_are_no_new_account() -> None:
    """The word for `new` must belong to the account."""
    text = "Rechnung für die neue Pumpe. Der Filter ist dabei, und die alten Schrauben haben wir im Keller gelassen. Zahlbar bis zum 16. März, Bank: Volksbank am Ort."
    assert "new_account" not in _groups(text)


@pytest.mark.parametrize(
    ("group", "text"),
    [
        ("address_source", "We found your email in a public directory of craftsmen."),
        ("address_source", "Ihre Daten stammen aus einem öffentlichen Verzeichnis."),
        ("address_source", "Vos coordonnées proviennent d'un annuaire public."),
        ("address_source", "Sus datos proceden de un directorio público."),
        ("address_source", "I suoi dati sono tratti da un elenco pubblico."),
        ("address_source", "Uw adres is afkomstig uit een openbaar register."),
        ("address_source", "Os seus dados foram obtidos em listas públicas."),
        ("paid_honour", "We invite you as a guest of our award podcast; the contribution is 900."),
        ("paid_honour", "Wir möchten Sie zu unserem Kongress einladen, die Teilnahmegebühr beträgt 900."),
    ],
)
def test_signs_of_advertising_to_strangers(group: str, text: str) -> None:
    """They are found by their parts too."""
    assert group in {found for found, _, _ in offers_by_facts(text)}


@pytest.mark.parametrize(
    "text",
    [
        "You find our new address in the public directory of the parish.",
        "We invite you to the school concert, entry is free.",
        "Sie bekommen diese Nachricht, weil Sie Mitglied sind.",
    ],
)
def test_an_ordinary_invitation_is_no_advertising(text: str) -> None:
    """One part alone says nothing."""
    assert not list(offers_by_facts(text))
