"""Tests of the intent of words, in seven languages."""

from __future__ import annotations

import pytest

from tests.unit.signals.build import found, hits, mail

LURES = [
    ("account_threat", "Your account has been temporarily suspended."),
    ("account_threat", "Ihr Konto wurde vorübergehend gesperrt."),
    ("account_threat", "Votre compte sera suspendu demain."),
    ("account_threat", "Su cuenta ha sido bloqueada."),
    ("account_threat", "Il tuo conto è stato sospeso."),
    ("account_threat", "Uw rekening wordt geblokkeerd."),
    ("account_threat", "Sua conta foi bloqueada."),
    ("credential_request", "Please verify your identity."),
    ("credential_request", "Bitte bestätigen Sie Ihre Identität."),
    ("credential_request", "Veuillez confirmer vos informations."),
    ("credential_request", "Por favor, verifique sus datos."),
    ("credential_request", "La preghiamo di confermare i tuoi dati."),
    ("credential_request", "Bevestig uw gegevens."),
    ("credential_request", "Confirme seus dados."),
    ("urgency", "You must respond immediately."),
    ("urgency", "Handeln Sie innerhalb von 24 Stunden."),
    ("payment_change", "Please note our new bank details below."),
    ("payment_change", "Unsere neue Bankverbindung lautet"),
    ("payment_change", "Nos nouvelles coordonnées bancaires"),
    ("gift_cards", "I need you to buy some iTunes gift cards."),
    ("gift_cards", "Kannst du Geschenkkarten kaufen?"),
    ("executive_request", "Are you available? I am in a meeting and can't talk."),
    ("executive_request", "Bist du gerade im Büro?"),
    ("invoice_pressure", "This is about your overdue invoice."),
    ("invoice_pressure", "Ihre offene Rechnung"),
    ("extortion", "I recorded a video of you through your webcam."),
    ("extortion", "Überweisen Sie mir 0,5 Bitcoin."),
    ("advance_fee", "I am the next of kin of a deceased client."),
    ("lottery", "Congratulations, you have won the lottery!"),
    ("lottery", "Herzlichen Glückwunsch, Sie haben gewonnen!"),
    ("delivery_lure", "Your parcel could not be delivered."),
    ("delivery_lure", "Ihr Paket konnte nicht zugestellt werden."),
    ("delivery_lure", "Votre colis est en attente."),
    ("mailbox_lure", "Your mailbox is almost full."),
    ("mailbox_lure", "Ihr Passwort läuft heute ab."),
    ("document_lure", "A document was shared with you."),
    ("refund_lure", "You are eligible for a tax refund."),
    ("investment_lure", "Earn money from home every day."),
    ("login_alarm", "We detected an unusual sign-in."),
    ("login_alarm", "Wir haben verdächtige Aktivitäten festgestellt."),
    ("generic_greeting", "Dear valued customer,"),
    ("generic_greeting", "Sehr geehrter Kunde,"),
    ("commercial", "Limited time offer: 70% off."),
    ("obfuscated_words", "Yоur pаypal аccount"),
]


@pytest.mark.parametrize(("expected", "text"), LURES)
def test_lures(expected: str, text: str) -> None:
    """Each lure is found in the text and in the subject, with its words."""
    assert expected in hits(mail(text=text))
    assert found(mail(subject=text), expected).evidence[0].where == "header:Subject"
    assert found(mail(text=f"Hello\n{text}"), expected).evidence[0].where == "text"


@pytest.mark.parametrize(
    "text",
    [
        "Shall we meet on Tuesday to go through the quarterly figures?",
        "Die Sitzung wurde auf Mittwoch verschoben, das Protokoll hängt an.",
        "Merci pour le rapport, je le lirai demain.",
        "Gracias por la reunión de ayer.",
        "Grazie per la bella serata.",
        "Bedankt voor het verslag.",
        "Obrigado pela reunião.",
        "Ваш заказ отправлен. Спасибо!",
        "Your order has shipped. Track it in your account.",
        "The account of the war was verified by two historians.",
        "",
    ],
)
def test_everyday_words(text: str) -> None:
    """Everyday mail raises nothing."""
    assert hits(mail(text=text)) == set()


def test_no_phrase_runs_over_a_sentence_or_out_of_the_subject() -> None:
    """Words of two sentences do not join, nor those of subject and text."""
    assert hits(mail(text="We verify. Your account is fine.")) == set()
    assert hits(mail(subject="To verify", text="your account")) == set()


def test_more_phrases_count_more() -> None:
    """Two phrases of a group are stronger than one."""
    one = found(mail(text="Please verify your identity."), "credential_request").strength
    two = found(mail(text="Please verify your identity. Click here to confirm."), "credential_request").strength
    assert one < two <= 1.0


def test_apostrophes_and_line_breaks() -> None:
    """Typographic apostrophes and folded lines do not hide a phrase."""
    assert "login_alarm" in hits(mail(text="If this wasn’t\nyou, tell us."))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We can bring your site to the first page of Google, SEO services from 99 EUR.", True),
        ("Verified B2B contact lists of logistics managers, ask for the price.", True),
        ("Notre agence propose le référencement et un devis gratuit.", True),
        ("200 free spins, claim your casino bonus.", True),
        ("Posizionamento su Google: aumenta le tue vendite.", True),
        ("The minutes of the meeting are on the board, and Google Maps shows the way.", False),
        ("Unser Verein sucht Helfer für das Sommerfest.", False),
    ],
)
def test_offers_that_nobody_asked_for(text: str, found: bool) -> None:
    """Search engine ranks, address lists, loans and casinos."""
    assert ("cold_offer" in hits(mail(text=text))) is found
