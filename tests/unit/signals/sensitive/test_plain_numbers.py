"""One-time codes in the wordings of seven languages, telephone numbers without a word, and what is neither."""

from __future__ import annotations

import pytest

from glassdome.signals.sensitive.find import find_in_text
from glassdome.values.masking import Masker

#: The value stands in double brackets.
CODES = (
    "Your code is [[442917]]. It expires in 10 minutes.",
    "[[903412]] is your Example verification code.",
    "Use [[661204]] to sign in to Example. The code is valid for 5 minutes.",
    "Enter this code to log in:\n\n[[819 204]]\n\nNever share it.",
    "Your login code:\n[[7Q2K9X]]\nIt expires in 15 minutes.",
    "Verification code\n[[5 5 2 9 1 7]]\nDo not share this code.",
    "Here's the code you requested to verify your account: [[0042]]",
    "Your Dropbox security code: [[381-992]]. Valid for 10 minutes.",
    "Ihr Code lautet [[204881]]. Er ist 10 Minuten gültig.",
    "Geben Sie [[204881]] ein, um die Anmeldung zu bestätigen. Teilen Sie den Code niemandem mit.",
    "Dein Anmeldecode für heute: [[77120]]\nGültig für 5 Minuten.",
    "[[339201]] ist Ihr Bestätigungscode für die Registrierung.",
    "Zur Freigabe der Zahlung über 49,90 EUR verwenden Sie die TAN [[482913]].",
    "Voici votre code de connexion : [[551209]]. Il expire dans 10 minutes.",
    "Saisissez le code [[551209]] pour vous connecter.",
    "[[883412]] est votre code de vérification Exemple.",
    "Votre code de sécurité est le suivant :\n\n[[410 992]]\n\nNe le communiquez à personne. valable 5 minutes",
    "Tu código de acceso es [[120934]]. Caduca en 10 minutos.",
    "Introduce el código [[120934]] para iniciar sesión.",
    "[[120934]] es tu código de verificación.",
    "Il tuo codice di accesso è [[662901]]. Scade tra 10 minuti.",
    "Inserisci il codice [[662901]] per accedere.",
    "[[662901]] è il tuo codice di verifica.",
    "Je inlogcode is [[710022]]. Deze code is 10 minuten geldig.",
    "Voer de code [[710022]] in om in te loggen. Deel deze code met niemand. inloggen",
    "[[710022]] is je verificatiecode.",
    "O seu código de verificação é [[345210]]. Expira em 10 minutos.",
    "Use o código [[345210]] para entrar na sua conta.",
    "Seu token de acesso: [[9981204]]. Válido por 3 minutos.",
    "[[345210]] é o seu código de acesso.",
)
PHONES = (
    "Hi Jana, best, Tom\n[[030 12345678]]\nMain Street 4",
    "Viele Grüße\nPetra Kern\n[[0151 23456789]]",
    "Meine neue Nummer 4 ist schon da. Sonst [[0171/2345678]] ab 18 Uhr.",
    "Cordialement,\nLuc Martin\n[[06 12 34 56 78]]",
    "Vous pouvez me joindre au [[01.42.68.53.00]] demain.",
    "Me joindre: [[0612345678]]",
    "Un saludo,\nMarta\n[[612 345 678]]",
    "Marta López - [[91 234 56 78]]",
    "Saluti\nMarco Rossi\n[[333 1234567]]",
    "Ufficio: [[02 12345678]]",
    "Groeten, Jan\n[[06-12345678]]",
    "Groeten, Jan\n[[020 624 1111]]",
    "Cumprimentos\nRui\n[[912 345 678]]",
    "Abraços, Ana\n[[(11) 91234-5678]]",
    "Cheers, Sue\n[[07700 900123]]",
    "Give me a shout on [[020 7946 0958]] if late.",
    "Best,\nDana\n[[415 555 2671]]",
    "Best,\nDana\n[[415.555.2671]]",
    "New voice message from [[(305) 555-0199]] on 03/02/2026",
    "Neue Nachricht von [[+49 89 636 48018]] (0:47 Min.)",
    "Schreib mir unter [[0176 43219876]], das geht schneller.",
)
NEITHER = (
    "Your order 0612 345 678 has shipped.",
    "Bestellnummer 0151 23456789",
    "Tracking number 0034 0434 1610 9404 2557",
    "Invoice 030 12345678 of 03.02.2026",
    "SIREN 732 829 320 RCS Paris",
    "Total: 612 345 678 €",
    "Kundennummer 0171 2345678",
    "The build 2026.03.01-1234 is out.",
    "Version 10.12.2345",
    "Promo code SAVE20: enter it before you sign in. 20 minutes left.",
    "Votre code postal 75011 et code promo 123456. Connexion.",
    "Código postal 28013, acceso. código de descuento 445566",
    "Codice fiscale 12345678 per accedere.",
    "Your booking code 445566 is confirmed. Log in to see it.",
    "Error code 40412 while you log in.",
    "Wir haben 2026 einen Code of Conduct. Anmeldung bis 31.03.2026.",
    "Datum 01.02.2026 bis 05.02.2026, 08.30-10.30",
    "Referenz 0221 9876543",
    "We fixed 123456 issues in the code. Please sign in.",
    "Period 01/02/2026 - 28/02/2026",
    "Article no. 912 345 678",
    "02.03.2026 14.30",
    "The QR code expires in 2026. Log in to your account.",
    "Codice cliente 662901. Accesso area clienti.",
    "Numéro de contrat 06 12 34 56 78",
    "KVK 02123456 BTW NL001234567B01",
    "Preis 1.234.567,00 EUR 0,99",
    "2026-03-01 02:15:30 build 415 222 1234 5",
)


def found(text: str) -> list[tuple[str, str]]:
    """Return the types and values found in a text."""
    return [(item.type, text[item.start : item.end]) for item in find_in_text(text)]


@pytest.mark.parametrize("text", CODES)
def test_code_is_found(text: str) -> None:
    """Whole, and nothing beside it."""
    value = text.partition("[[")[2].partition("]]")[0]
    assert found(text.replace("[[", "").replace("]]", "")) == [("one_time_code", value)]


@pytest.mark.parametrize("text", PHONES)
def test_phone_is_found(text: str) -> None:
    """By its form and its country's numbering plan."""
    value = text.partition("[[")[2].partition("]]")[0]
    assert found(text.replace("[[", "").replace("]]", "")) == [("phone_number", value)]


@pytest.mark.parametrize("text", NEITHER)
def test_other_numbers_are_neither(text: str) -> None:
    """Orders, references, registers, dates, prices, and codes of other kinds."""
    assert not {"phone_number", "one_time_code"} & {kind for kind, _ in found(text)}


def test_mask_leaves_the_sentence_whole() -> None:
    """No half of a bracket stays, and a short value is not hidden inside a longer number."""
    masker = Masker([("(305) 555-0199", "****199"), ("2026", "****")])
    assert masker.text("From (305) 555-0199 in 12026, not 2026.") == "From ****199 in 12026, not ****."
