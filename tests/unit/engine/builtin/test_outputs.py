"""Tests of the author, the attention a mail needs, its button, and its codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from glassdome.engine.builtin.attention import AttentionFacts, attend
from glassdome.engine.builtin.author import Author, author_kind
from glassdome.engine.builtin.buttons import wanted_by_button
from glassdome.engine.builtin.codes import hands_a_code
from glassdome.engine.builtin.intent import requests_in
from glassdome.engine.builtin.sentences import sentences_of
from glassdome.parse import parse_message
from glassdome.values.ask import Relation, Standing
from tests.unit.engine.builtin.test_deadlines import NOW


def message(sender: str, *more: str) -> bytes:
    """Return a mail with that From field."""
    return "\r\n".join([f"From: {sender}", "To: jana@example.org", *more, "", "Hello"]).encode()


@pytest.mark.parametrize(
    ("sender", "more", "relation", "expected"),
    [
        ("Hanne Lorentz <hanne.lorentz@posteo.example>", (), "person", Author.PERSON),
        ("J <x1@gmail.example>", (), "free", Author.PERSON),
        ("Elektro Busch <info@busch-siegen.example>", (), "person", Author.ROLE),
        ("Shop <noreply@shop.example>", (), "person", Author.MACHINE),
        ("Gov <nao-responda@acesso.example>", (), "stranger", Author.MACHINE),
        ("Caf <ne_pas_repondre@caf.example>", (), "stranger", Author.MACHINE),
        ("Bank <service@bank.example>", (), "brand", Author.MACHINE),
        ("Bank <service@bank.example>", ("In-Reply-To: <a@b>",), "brand", Author.PERSON),
        ("Ann Lee <ann.lee@x.example>", ("Auto-Submitted: auto-replied",), "known", Author.MACHINE),
        ("Ann Lee <ann.lee@x.example>", ("List-Unsubscribe: <https://x.example/u>",), "person", Author.MACHINE),
        ("Guest <4471-k.1@guest.example>", (), "platform", Author.ROLE),
    ],
)
def test_who_wrote(sender: str, more: Sequence[str], relation: Relation, expected: Author) -> None:
    """Addresses, header fields and the author's standing tell."""
    assert expected is author_kind(parse_message(message(sender, *more)), Standing(relation=relation))


def facts(**changed: object) -> AttentionFacts:
    """Return the facts of a plain mail of a person, with changes."""
    plain: dict[str, object] = {
        "author": Author.PERSON, "asked": False, "questions": 0, "urgent": False, "code": False, "invitation": False,
        "bulk": False, "listed": False, "categories": ("work",), "days": (), "today": date(2026, 3, 3),
    }  # fmt: skip
    return AttentionFacts(**{**plain, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "read"),
        ({"asked": True, "to_many": True}, "read"),
        ({"author": Author.MACHINE, "categories": ("travel",), "disrupted": True}, "now"),
        ({"author": Author.MACHINE, "categories": ("account",), "reset": True}, "now"),
        ({"author": Author.MACHINE, "categories": ("delivery",)}, "skim"),
        ({"asked": True}, "answer"),
        ({"asked": True, "urgent": True}, "now"),
        ({"asked": True, "days": (date(2026, 3, 4),)}, "now"),
        ({"asked": True, "days": (date(2026, 3, 20),)}, "answer"),
        ({"author": Author.ROLE, "asked": True}, "read"),
        ({"author": Author.ROLE, "asked": True, "questions": 1}, "answer"),
        ({"author": Author.MACHINE, "asked": True, "days": (date(2026, 3, 4),)}, "read"),
        ({"author": Author.MACHINE, "code": True}, "now"),
        ({"invitation": True}, "answer"),
        ({"bulk": True, "asked": True, "urgent": True, "code": True}, "skim"),
        ({"listed": True, "asked": True, "urgent": True}, "read"),
        ({"listed": True, "days": (date(2026, 3, 20),)}, "answer"),
        ({"author": Author.MACHINE, "categories": ("order",)}, "skim"),
        ({"author": Author.MACHINE, "categories": ("order",), "days": (date(2026, 3, 9),)}, "read"),
    ],
)
def test_attention(changed: dict[str, object], expected: str) -> None:
    """Persons before machines, urgent before later; every answer has its reason."""
    attention, why = attend(facts(**changed))

    assert expected == attention
    assert why.endswith(".")


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("Confirm my address", True),
        ("Jetzt bezahlen", True),
        ("Changer mon mot de passe", True),
        ("View in browser", False),
        ("Read more", False),
    ],
)
def test_buttons(shown: str, found: bool) -> None:
    """A button that does something is an item that points at its link; one that only shows something is not."""
    html = f'<p>Hi</p><a href="https://x.example/a">{shown}</a>'
    raw = f"From: noreply@x.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}".encode()
    items = wanted_by_button(parse_message(raw).links)

    assert [shown] * found == [item.text for item in items]
    assert all(item.evidence.where == "link:0" for item in items)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("604 118 is your Wise code", True),
        ("Il codice per confermare \u00e8 228 904.", True),
        ("Ihr Code lautet: 471902", True),
        ("\u60a8\u7684\u9a8c\u8bc1\u7801\u662f 471902", True),
        ("Use promo code 4711 for 10 % off", False),
        ("Postal code 50667, Cologne", False),
        ("The code is in review since 2024.", False),
    ],
)
def test_codes(text: str, found: bool) -> None:
    """A code for signing in, not one for a discount, a place or a program."""
    assert found is hands_a_code("", text)


@pytest.mark.parametrize(
    "text",
    [
        "You do not need to do anything.",
        "Please don't reply to this email.",
        "Falls Sie nicht angemeldet waren, ignorieren Sie diese Mail.",
        "If it wasn't you, call us on the number on your card.",
    ],
)
def test_what_asks_for_nothing(text: str) -> None:
    """A sentence that says so itself is no request."""
    assert [] == requests_in(sentences_of(text), "en", NOW)


def test_a_machine_offers_help() -> None:
    """Its offers are no requests; a person's words are."""
    text = "If you need anything, contact us at the help centre."

    assert [] == requests_in(sentences_of(text), "en", NOW, machine=True)


def test_a_date_makes_a_request() -> None:
    """An invoice that is due asks to be paid, in its own sentence."""
    found = requests_in(sentences_of("Invoice 2304 is due on 31 March, same account as always."), "en", NOW)

    assert [date(2026, 3, 31)] == [request.due_at for request in found]
