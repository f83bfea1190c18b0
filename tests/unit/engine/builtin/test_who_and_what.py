"""Tests of the signer of a letter, and of the side of life or trade that follows."""

from __future__ import annotations

import pytest

from glassdome.engine.builtin.author import Author, author_kind
from glassdome.engine.builtin.categories import categorize
from glassdome.engine.builtin.words import load_concepts, words_of
from glassdome.parse import parse_message
from glassdome.values.ask import Relation, Standing

SERVER = "mx.example.org"


def mail(
    sender: str, text: str, *, to: str = "Jana Horak <jana@example.org>", subject: str = "Hello", html: bool = True
) -> bytes:
    """Return a mail of that text, in HTML where `html`, signed by its own domain alone."""
    kind = "text/html" if html else "text/plain"
    body = "".join(f"<p>{line}</p>" for line in text.splitlines()) if html else text
    head = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Content-Type: {kind}; charset=utf-8"]
    return "\r\n".join([*head, "", body]).encode()


def kind_of(raw: bytes, relation: Relation = "organization") -> Author:
    """Return who wrote the mail."""
    return author_kind(parse_message(raw, authserv_ids=frozenset({SERVER})), Standing(relation=relation))


@pytest.mark.parametrize(
    ("sender", "text", "expected"),
    [
        ("Renate Kolb <r.kolb@kolb-druck.example>", "Die Platten sind fertig.", Author.PERSON),
        ("Aline Duroc <compta@duroc-papiers.example>", "Votre facture manque.\nCordialement,\nAline Duroc", Author.PERSON),
        ("Dachbau Lenz <info@dachbau-lenz.example>", "Wir kommen Montag.\nMit freundlichen Grüßen\nHorst Lenz", Author.ROLE),
        ("Nordkasse <service@nordkasse.example>", "Ihr Beitrag.\nFreundliche Grüße\nIhre Nordkasse", Author.MACHINE),
        ("Ufficio Clienti <clienti@acquedotto.example>", "La bolletta.\nCordiali saluti\nUfficio Clienti", Author.MACHINE),
        ("Assistenza Lumea <assistenza@lumea.example>", "Il ticket è aperto.", Author.MACHINE),
    ],
)  # fmt: skip
def test_letters_are_signed_by_people(sender: str, text: str, expected: Author) -> None:
    """An initial in the address, a name below the text; no team, no office, no "your bank"."""
    assert expected is kind_of(mail(sender, text))


def test_mailing_service_carries_no_letters() -> None:
    """A second signature of another domain is that of a service, one of a mailbox host is not."""
    raw = mail("Lindenhof Hotel <stay@lindenhof.example>", "See you soon.\nKind regards\nIda Berg")
    passed = b"Authentication-Results: mx.example.org; dkim=pass header.d=lindenhof.example; dkim=pass header.d=%s\r\n"

    assert Author.MACHINE is kind_of(passed % b"bulksender.example" + raw)
    assert Author.ROLE is kind_of(passed % b"lindenhof.onmicrosoft.com" + raw)


def first(raw: bytes, author: Author, *, free: bool = False) -> str:
    """Return the first category."""
    message = parse_message(raw)
    lexicons = (load_concepts(), load_concepts("kinds.toml"))
    subject, text = (
        {name: found for lexicon in lexicons for name, found in lexicon.find(words_of(read)).items()}
        for read in (message.subject, message.text)
    )
    return categorize(message, author=author, free=free, subject=subject, text=text)[0]


@pytest.mark.parametrize(
    ("sender", "text", "expected"),
    [
        ("Mara Lind <mara@lind-signs.example>", "The letters are cut, shall I bring them on Monday?", "work"),
        ("Mara Lind <mara@rowing-club.example>", "The boats are back in the shed.", "personal"),
        ("Emil Horak <emil@horak-bau.example>", "I have the photographs.", "personal"),
        ("Dr. Ute Brand <brand@tierklinik-praxis.example>", "Die Werte sind gut.", "health"),
    ],
)
def test_side_of_life(sender: str, text: str, expected: str) -> None:
    """Mail from a company's own domain is about work, unless a club, the family or a shop wrote it."""
    assert expected == first(mail(sender, text), Author.PERSON)


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("Your trip on Sunday", "Trip fare 12.40. Total paid 13.00, card ending 1881.", {"receipt", "travel"}),
        ("Reminder of your appointment", "Your appointment is on Monday. Add to calendar.", {"calendar", "meeting"}),
        ("Ihre Sendung", "Ihr Paket ist unterwegs zu Ihnen. Sendungsnummer 88120.", {"delivery"}),
        ("Votre réservation", "Votre séjour : arrivée le 3 mai, petit déjeuner compris.", {"travel"}),
        ("Inquérito", "Conte-nos como foi a sua visita: avalie a loja.", {"promotion"}),
        ("La tua bolletta", "La tua bolletta è disponibile, importo 40 euro.", {"invoice"}),
        ("Copia de seguridad", "La copia de seguridad del disco falló: espacio en disco.", {"notification"}),
    ],
)
def test_topic_of_a_program(subject: str, text: str, expected: set[str]) -> None:
    """The subject of machine mail is its first category, and not the fact that a program wrote it."""
    raw = mail("Service <no-reply@service.example>", text, subject=subject)

    assert first(raw, Author.MACHINE) in expected
