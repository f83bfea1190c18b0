"""Sentences that leave their reader something to do, and the words by which a mail waits for an answer."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from glassdome.engine.builtin.answering import has_time, invites_reply, speaks_to_many, wants_reply
from glassdome.engine.builtin.attention import attend
from glassdome.engine.builtin.author import Author
from glassdome.engine.builtin.codes import hands_a_code
from glassdome.engine.builtin.deadlines import deadline_of
from glassdome.engine.builtin.intent import requests_in
from glassdome.engine.builtin.sentences import sentences_of
from glassdome.engine.builtin.wanted import wanted
from tests.unit.engine.builtin.test_outputs import facts

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)  # a Tuesday


def tasks(text: str, language: str = "en", author: Author = Author.PERSON, *, urgent: bool = False) -> list[str]:
    """Return the sentences of a mail that are tasks."""
    found = requests_in(sentences_of(text), language, NOW, machine=author is Author.MACHINE)
    return [r.sentence.text for r in wanted(found, text, author=author, urgent=urgent, reader=frozenset(("jana",)))]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Könntest du die Leiter mitbringen?", "de"),
        ("Läuten Sie am Hintereingang.", "de"),
        ("Mi servono le misure della finestra.", "it"),
        ("Preciso de uma cópia do contrato.", "pt"),
        ("Podia trazer a chave da arrecadação amanhã?", "pt"),
        ("Riesci a passarmi il preventivo entro sera?", "it"),
        ("Can everybody on the first floor move their bikes?", "en"),
        ("Me faltan las fotos del taller.", "es"),
        ("Il me manque votre attestation.", "fr"),
        ("We missen nog uw handtekening.", "nl"),
        ("If you could send the drawing today, I can order the glass.", "en"),
        ("- Jana: hand in the plan by 12 March", "en"),
    ],
)
def test_tasks_of_people(text: str, language: str) -> None:
    """Requests, orders, what is lacking, and a date beside the reader's name."""
    assert tasks(text, language) == [text]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Do you know whether the ferry runs in winter?", "en"),
        ("A porta podia estar aberta, mas ninguém viu.", "pt"),
        ("Habt ihr den neuen Zaun schon gesehen?", "de"),
        ("Tu viens en train ou en voiture ?", "fr"),
        ("If you would rather have blue, tell me by Friday.", "en"),
        ("Quien quiera puede bajar antes.", "es"),
        ("We close the shop on 14 March.", "en"),
    ],
)
def test_talk_of_people(text: str, language: str) -> None:
    """Questions that want to know, conditions, what somebody may do, and dates of others."""
    assert tasks(text, language) == []


def test_question_is_a_task_in_a_hurry() -> None:
    """Nothing else says what is wanted."""
    assert tasks("Where did you put the key of the van?", urgent=True) == ["Where did you put the key of the van?"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Your card expires on 31 March. You do not need to do anything.", "en"),
        ("Der Betrag wird am 20. März abgebucht, Sie müssen nichts veranlassen.", "de"),
        ("Votre carte expire le 31 mars. Vous n'avez aucune démarche à effectuer.", "fr"),
        ("La ricevuta è nella tua area, non serve fare altro entro il 9 marzo.", "it"),
        ("Can't make it? Join the waiting list in the app.", "en"),
    ],
)
def test_program_settles_it_by_itself(text: str, language: str) -> None:
    """A date is no task where the mail says that nothing has to be done."""
    assert tasks(text, language, Author.MACHINE) == []


def test_date_of_another_sentence_goes_to_the_task() -> None:
    """The writer needs it by then."""
    text = "Could you listen to the recording? The list closes on 6 March."
    found = wanted(requests_in(sentences_of(text), "en", NOW), text, author=Author.PERSON, urgent=False)

    assert [(r.sentence.text, r.due_at) for r in found] == [("Could you listen to the recording?", date(2026, 3, 6))]


@pytest.mark.parametrize(
    ("sentence", "language", "day"),
    [
        ("Please send it by Friday 20th.", "en", date(2026, 3, 20)),
        ("Bitte bis zum 10.3. bestätigen.", "de", date(2026, 3, 10)),
        ("au plus tard le vendredi 20", "fr", date(2026, 3, 20)),
        ("antes del domingo 15, por favor", "es", date(2026, 3, 15)),
        ("by Thursday noon", "en", date(2026, 3, 5)),
        ("by Friday 10 am", "en", date(2026, 3, 6)),
        ("o prazo termina no dia 30 de março", "pt", date(2026, 3, 30)),
    ],
)
def test_days_by_which(sentence: str, language: str, day: date) -> None:
    """A day of the week with its number, a date that the sentence goes on behind, and a time of day."""
    found = deadline_of(sentence, language, NOW)

    assert found is not None
    assert day == found.day


def test_words_that_wait_for_an_answer() -> None:
    """Both signs of each."""
    assert wants_reply(["Please tell me your size."])
    assert not wants_reply(["Please lock the gate."])
    assert speaks_to_many("Liebe Eltern,\nder Ausflug")
    assert not speaks_to_many("Liebe Jana,\nder Ausflug")
    assert has_time("It is not urgent, next week will do.")
    assert not has_time("It is urgent.")
    assert invites_reply("Say yes or no by replying to this mail.")
    assert not invites_reply("Please do not reply to this mail.")


def test_card_number_is_no_code() -> None:
    """A PIN that is talked of is not handed over."""
    assert not hands_a_code("", "A wrong PIN was typed with your card (*3318). We never ask for the PIN. Call 900 400.")
    assert hands_a_code("", "Your code is 551902.")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"asked": True, "to_many": True, "replies": True}, "answer"),
        ({"asked": True, "to_many": True}, "read"),
        ({"asked": True, "replies": True, "days": [date(2026, 3, 6)]}, "answer"),
        ({"asked": True, "replies": True, "days": [date(2026, 3, 3)]}, "now"),
        ({"invitation": True, "cancelled": True}, "read"),
        ({"author": Author.MACHINE, "called": True, "categories": ("notification",)}, "answer"),
        ({"author": Author.MACHINE, "categories": ("finance",)}, "read"),
        ({"author": Author.MACHINE, "categories": ("receipt",)}, "skim"),
    ],
)
def test_attention_follows_what_is_wanted(changed: dict[str, object], expected: str) -> None:
    """Of many only who has to answer, in a hurry only what is due today, of programs what asks for a reply."""
    assert expected == attend(facts(**changed))[0]
