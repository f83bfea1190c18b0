"""The built-in engine's reading of whole messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassdome.core import limits
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.builtin.categories import CATEGORIES, TAGS
from glassdome.values.context import Context, SenderHistory
from glassdome.values.message import Address, ListFacts, Message
from glassdome.values.opinion import Opinion
from glassdome.values.rules import Rule
from glassdome.values.signal import SensitiveFinding

CONTEXT = Context(now=datetime(2026, 3, 1, tzinfo=UTC), mailbox="me@example.org")
ENGINE = BuiltinEngine()


def mail(subject: str, text: str, *, sender: str = "anna@partner.example", **more: object) -> Message:
    """A message to the owner alone."""
    message = Message(
        subject=subject,
        text=text,
        new_text=text,
        header_from=(Address(name="Anna Keller", addr=sender),),
        to=(Address(addr="me@example.org"),),
    )
    return replace(message, **more)  # type: ignore[arg-type]


def read(message: Message, context: Context = CONTEXT) -> Opinion:
    """The engine's opinion with no signals."""
    return ENGINE.read(message, signals=(), sensitive=(), context=context)


PHISH = (
    ("Your account has been suspended", "Dear customer, we noticed unusual activity. Your account has been suspended. "
     "Verify your identity within 24 hours or it will be permanently closed: https://x.example/login"),
    ("Konto gesperrt", "Sehr geehrter Kunde, Ihr Konto wurde vorübergehend gesperrt. Bitte bestätigen Sie Ihre Daten "
     "innerhalb von 24 Stunden, andernfalls wird Ihr Zugang gelöscht."),
    ("Votre compte est suspendu", "Cher client, votre compte a été suspendu. Confirmez votre identité sous 24 heures "
     "en cliquant ici, faute de quoi votre accès sera supprimé."),
    ("Su cuenta ha sido bloqueada", "Estimado cliente: su cuenta ha sido bloqueada. Verifique su cuenta en 24 horas o "
     "será cancelada. Haga clic aquí."),
)  # fmt: skip
HAM = (
    ("Lunch on Friday?", "Hi,\n\nare you free for lunch on Friday? I'd like to talk about the museum project.\n\nAnna"),
    ("Protokoll", "Hallo,\n\nanbei das Protokoll der Besprechung. Könntest du bis Freitag drüberschauen?\n\nViele Grüße"),
    ("Votre commande 4711", "Bonjour, votre colis est en route. Livraison prévue : mardi. Numéro de suivi : 3SAB12."),
    ("Tu código", "Hola, tu código de verificación es 482913 y caduca en 10 minutos. Si no has sido tú, ignora este mensaje."),
    ("Your card was charged $105.29", "Hi David, your debit card ending in 4605 was charged $105.29 by ZAPIER. If you "
     "have any questions, just reply to this email."),
)  # fmt: skip


@pytest.mark.parametrize(("subject", "text"), PHISH)
def test_fraud_is_called_phishing(subject: str, text: str) -> None:
    """Credential lures in four languages are above one half."""
    assert read(mail(subject, text)).phishing > 0.5


@pytest.mark.parametrize(("subject", "text"), HAM)
def test_everyday_mail_is_not_called_phishing(subject: str, text: str) -> None:
    """Talk, work and the notices of honest services stay below one half, for spam too."""
    opinion = read(mail(subject, text))
    assert max(opinion.phishing, opinion.spam) < 0.5


@pytest.mark.parametrize(
    ("subject", "text", "category", "language"),
    [
        ("Rechnung 4711", "Guten Tag,\n\nanbei erhalten Sie unsere Rechnung 4711. Zahlbar bis zum 30. November.", "invoice", "de"),
        ("Your order has shipped", "Your package is out for delivery. Tracking number 3SAB12. Expected delivery Monday.", "delivery", "en"),
        ("Votre réservation", "Votre réservation d'hôtel est confirmée. Numéro de réservation 77, votre voyage à Lyon.", "travel", "fr"),
        ("Código", "Tu código de verificación es 482913. No compartas este código con nadie de tu entorno.", "security", "es"),
        ("Riunione di lunedì", "Ciao, possiamo spostare la riunione a martedì? Ordine del giorno in allegato.", "meeting", "it"),
        ("Sollicitatie", "Beste Anna, graag nodigen we je uit voor een sollicitatiegesprek over de vacature.", "job", "nl"),
        ("Happy birthday", "Happy birthday! Hugs from the kids, see you at dinner on the weekend.", "personal", "en"),
    ],
)  # fmt: skip
def test_categories_and_language(subject: str, text: str, category: str, language: str) -> None:
    """The first category and the language are what a reader would say."""
    opinion = read(mail(subject, text))
    assert (opinion.categories[0], opinion.language) == (category, language)


@pytest.mark.parametrize(
    ("name", "address", "text", "category"),
    [
        (
            "Sparkasse Celle",
            "noreply@sparkasse-celle.example",
            "In Ihrem Postfach liegt ein neues Dokument.",
            "finance",
        ),
        ("Patient Access", "noreply@patientaccess.example", "You have a new message from your practice.", "health"),
        ("Trenitalia", "noreply@trenitalia.example", "Buon viaggio! Posto 12C.", "travel"),
        ("Example Calendar", "calendar-notification@mail.example", "This is a notification for: Dentist", "calendar"),
    ],
)
def test_a_program_writes_of_its_sender_s_trade(name: str, address: str, text: str, category: str) -> None:
    """Banks, doctors, railways and calendars are known by their names."""
    message = mail("A message", text, header_from=(Address(name=name, addr=address),))
    assert read(message).categories[0] == category


def test_a_person_writes_of_work_or_of_life() -> None:
    """Firms write of work and of meetings; a club writes to its members, which people call social as often as personal."""
    minutes = read(mail("Minutes", "Hello, the minutes of the meeting with the supplier are attached."))
    assert minutes.categories[0] in ("work", "meeting")
    club = "Dear members, the rehearsal of the choir is on Friday, cake afterwards."
    assert read(mail("Friday", club)).categories[0] in ("personal", "social")


def test_who_asks_for_silence_answers_nobody() -> None:
    """X-Auto-Response-Suppress is set by programs that are no auto-replies."""
    message = mail("Your ticket", "Your ticket is ready.", lists=ListFacts(automation="x-auto-response-suppress"))
    assert "auto-reply" not in read(message).categories


def test_newsletter_by_its_list_headers() -> None:
    """List facts make bulk mail: no action items, no reply, low priority."""
    text = "In this issue: gardens. Read more. Could you imagine a better spring? Unsubscribe here."
    opinion = read(
        mail("Garden weekly", text, lists=ListFacts(unsubscribe=("mailto:u@x.example",), list_id="garden.x.example"))
    )
    assert "newsletter" in opinion.categories
    assert "bulk" in opinion.tags
    assert opinion.action_items == ()
    assert opinion.auto_reply_suggestion is None
    assert opinion.priority_score <= 3


def test_action_items_quote_the_mail() -> None:
    """A request becomes an action item that quotes the mail exactly, with its words of when."""
    message = mail("Contract", "Hi,\n\nthe weather is fine here. Please send the signed contract by Friday.\n\nAnna")
    items = read(message).action_items
    assert [(item.text, item.due) for item in items] == [("Please send the signed contract by Friday.", "by Friday")]
    assert items[0].evidence.quote in message.text


def test_german_due_words_take_the_date_along() -> None:
    """`bis zum` is nothing without its date."""
    items = read(
        mail("Rechnung", "Guten Tag,\n\nbitte überweisen Sie den Betrag bis zum 30. November 2026.\n")
    ).action_items
    assert [item.due for item in items] == ["bis zum 30. November 2026"]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Could you send me the report for the board by Friday?", "Hello Anna Keller,\n\nthank you"),
        (
            "Könnten Sie mir bitte bis Freitag den Bericht für den Vorstand schicken?",
            "Guten Tag Anna Keller,\n\nvielen",
        ),
        ("Pourriez-vous m'envoyer le rapport pour le conseil avant vendredi ?", "Bonjour Anna Keller,\n\nmerci"),
        ("¿Podría enviarme el informe para el consejo antes del viernes?", "Hola Anna Keller:\n\ngracias"),
    ],
)
def test_reply_in_the_language_of_the_mail(text: str, start: str) -> None:
    """A person who asks gets a short acknowledgement in the mail's language."""
    assert (read(mail("Report", text)).auto_reply_suggestion or "").startswith(start)


def test_no_reply_to_machines_fraud_or_talk() -> None:
    """Nothing is suggested for automatic mail, for phishing, or where nobody asks."""
    asking = "Could you send me the report by Friday?"
    assert read(mail("Report", asking, sender="noreply@x.example")).auto_reply_suggestion is None
    assert read(mail("Report", asking, mail_from="")).auto_reply_suggestion is None
    assert read(mail(*PHISH[0])).auto_reply_suggestion is None
    assert read(mail("Report", "The report is done, all is well here.")).auto_reply_suggestion is None


def test_priority_is_ordered() -> None:
    """An urgent question to me is above the same in copy, above small talk, above phishing."""
    urgent = mail("Urgent: contract", "Could you sign the contract today? It is urgent, the deadline is tomorrow.")
    copied = replace(urgent, to=(Address(addr="boss@example.org"),), cc=(Address(addr="me@example.org"),))
    talk = mail("Weather", "It is a fine day here and the trees are green again.")
    scores = [read(message).priority_score for message in (urgent, copied, talk, mail(*PHISH[0]))]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[2] > scores[3]


def test_priority_learns_from_the_owner() -> None:
    """Answering a sender raises, junking lowers."""
    message = mail("Weather", "It is a fine day here and the trees are green again.")
    answered = replace(CONTEXT, sender=SenderHistory(seen=10, replied=9, opened=10), known=True)
    junked = replace(CONTEXT, sender=SenderHistory(seen=10, junked=9), known=True)
    assert read(message, answered).priority_score > read(message).priority_score > read(message, junked).priority_score


def test_rules_come_before_anything_else() -> None:
    """The owner's rule sets category and priority whatever the text says."""
    rule = Rule(name="bank", sender=("*@partner.example",), categories=("legal",), priority=9)
    opinion = read(mail("Weather", "It is a fine day here."), replace(CONTEXT, rules=(rule,)))
    assert (opinion.categories, opinion.priority_score) == (("legal",), 9)


def test_sensitive_types_are_named_once() -> None:
    """The types of the findings are passed on without repetition."""
    findings = [SensitiveFinding(type="iban", start=0, end=1, masked="****") for _ in range(2)]
    opinion = ENGINE.read(mail("", "x"), signals=(), sensitive=findings, context=CONTEXT)
    assert opinion.sensitive_types == ("iban",)


def test_empty_message() -> None:
    """Nothing to read gives an opinion of nothing, not a suspicion."""
    opinion = read(Message())
    assert (opinion.summary, opinion.language, opinion.action_items) == ("", "", ())
    assert max(opinion.phishing, opinion.spam) < 0.5
    assert opinion.engine == "builtin"


@settings(max_examples=150, deadline=None)
@given(
    subject=st.text(max_size=200), text=st.text(max_size=3_000), name=st.text(max_size=60), addr=st.text(max_size=60)
)
def test_any_text_is_read_within_bounds(subject: str, text: str, name: str, addr: str) -> None:
    """Whatever the text, there is an opinion, and it keeps the limits."""
    opinion = read(mail(subject, text, header_from=(Address(name=name, addr=addr),)))
    assert len(opinion.summary) <= limits.MAX_SUMMARY_CHARS
    assert 0 <= opinion.phishing <= 1
    assert 0 <= opinion.spam <= 1
    assert 1 <= opinion.priority_score <= 10
    assert opinion.categories
    assert set(opinion.categories) <= set(CATEGORIES)
    assert set(opinion.tags) <= set(TAGS)
    assert all(item.evidence.quote in text for item in opinion.action_items)


@pytest.mark.parametrize(
    "piece",
    ["a. ", "?", "- \n", "<", "[x](", "http://", "1,", "&amp", "@", "bitte ", "\u200b", "İ", "... ", "a@", "a-", "a."],
)
def test_long_repetitions_are_bounded(piece: str) -> None:
    """Texts made to be slow end in time: the test's own time limit says so."""
    assert read(mail(piece * 300, piece * (limits.MAX_TEXT_CHARS // len(piece)))).engine == "builtin"


@pytest.mark.parametrize(("subject", "text"), [("Fresh", "Can we meet?"), ("ok", "ok"), ("Re: x", "Thanks!"), ("", "")])
def test_few_words_are_not_held_against_a_mail(subject: str, text: str) -> None:
    """Of a line or less nothing can be told, so that it stays near the prior."""
    opinion = read(mail(subject, text))
    assert (opinion.spam < 0.3, opinion.phishing < 0.2) == (True, True)


def test_an_offer_to_one_reader_is_work() -> None:
    """A craftsman's offer is no advertising; a mail full of offers is."""
    one = "Guten Tag Frau Berg,\n\nwie besprochen sende ich Ihnen das Angebot für die Reparatur. Sie dauert drei Tage."
    many = "Jetzt kaufen: Rabatt und Gutschein auf alles, Sonderangebot, versandkostenfrei!"
    assert read(mail("Angebot für das Dach", one)).categories[0] == "work"
    assert read(mail("Angebot", many)).categories[0] == "promotion"


def test_lunch_is_not_pressing() -> None:
    """A private question with a day in it stands a little above the middle."""
    text = "Hi,\n\ndo you have time for lunch on Thursday? Let me know by Wednesday so that I can book a table."
    assert read(mail("Lunch on Thursday?", text)).priority_score in (5, 6)
