"""Several requests in one sentence, steps of programs, statements that want something done, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from glassdome.engine.builtin.intent import action_items, requests_in
from glassdome.engine.builtin.sentences import sentences_of

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def items(text: str, language: str = "en", *, machine: bool = False) -> list[str]:
    """Return the texts of the action items of a mail's text."""
    return [item.text for item in action_items(requests_in(sentences_of(text), language, NOW, machine=machine), text)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Please sign the form and send me a copy by Friday.", "en"),
        ("Bitte prüfen Sie den Entwurf und senden Sie mir die Zahlen.", "de"),
        ("Please tell me whether Tuesday and Thursday suit you.", "en"),
    ],
)
def test_joined_requests_stay_together(text: str, language: str) -> None:
    """A sentence that joins several is one item that names them all."""
    assert items(text, language) == [text]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("To choose a new password, follow the link below:", "en"),
        ("Please click the button below to pay for your order.", "en"),
        ("Bitte klicken Sie auf die Schaltfläche, um Ihre E-Mail-Adresse zu bestätigen.", "de"),
        ("Haz clic en el botón para pagar tu pedido.", "es"),
        ("Votre autorisation est nécessaire pour valider le message.", "fr"),
        ("Klik op de knop om je bestelling te betalen.", "nl"),
        ("The reports for February are still outstanding.", "en"),
        ("Der Bericht steht noch aus.", "de"),
    ],
)
def test_program_wants_a_step(text: str, language: str) -> None:
    """A step to take by a link, or one that waits for its reader, is an item."""
    assert items(text, language, machine=True) == [text]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("If this wasn't you, change your password and contact us.", "en"),
        ("Wenn Sie das nicht waren, ändern Sie bitte Ihr Passwort.", "de"),
        ("Si vous ne reconnaissez pas cette connexion, veuillez changer votre mot de passe.", "fr"),
        ("We never ask for this code by phone.", "en"),
        ("Please retain this information for your records.", "en"),
        ("Veuillez trouver ci-joint la facture.", "fr"),
        ("Still have questions?", "en"),
        ("Antworte oder sieh dir den Beitrag an >", "de"),
        ("Mira Dental · Keizersgracht 9, 1015 CC Amsterdam · miradental.example", "en"),
    ],
)
def test_program_wants_nothing(text: str, language: str) -> None:
    """Conditions, denials, records, help, labels of links and footers."""
    assert items(text, language, machine=True) == []


def test_answer_beside_a_question_is_no_item_of_its_own() -> None:
    """The question is the item."""
    assert items("Does Thursday work for you? Just let me know.") == ["Does Thursday work for you?"]
