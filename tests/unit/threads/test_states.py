"""The state machine: who owes whom, and when a reminder is right."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from glassdome.values.thread import ThreadState
from tests.unit.threads.letters import ANN, COLLEAGUE, OFFICE, TOM, letter, mine, standing

pytestmark = pytest.mark.usefixtures("rules_alone")

ME, THEM, CLOSED = ThreadState.OPEN_ME, ThreadState.OPEN_THEM, ThreadState.CLOSED


def test_a_question_to_the_owner_is_owed_and_an_answer_closes_it() -> None:
    asked = letter("Hi Ann,\n\nwhich colour shall we paint it?\n\nTom")
    assert standing(asked, day=3).state is ME
    assert standing(asked, mine("Blue, like last year.\n\nAnn", day=1), day=3).state is CLOSED


def test_thanks_alone_answer_nothing() -> None:
    asked = letter("Hi Ann,\n\nwhich colour shall we paint it?")
    assert standing(asked, mine("Thanks, Tom!", day=1), day=3).state is ME


def test_a_promise_takes_the_place_of_the_request_with_its_day() -> None:
    asked = letter("Could you send me the list of parts?")
    found = standing(asked, mine("Of course, I'll send it by Friday.", day=1), day=2)
    assert (found.state, found.debt.basis if found.debt else "", found.remind) == (ME, "promise", False)
    assert found.debt is not None
    assert found.debt.due == date(2026, 3, 6)
    assert standing(asked, mine("Of course, I'll send it by Friday.", day=1), day=7).remind


def test_thanks_for_a_promise_leave_it_open() -> None:
    turns = [
        mine("Can you repair the mast?"),
        letter("Yes, I'll look at it next week.", day=1),
        mine("Great, thank you!", day=1),
    ]
    assert standing(*turns, day=3).state is THEM


def test_what_arrived_closes_a_promise() -> None:
    turns = [mine("Can you send the plan?"), letter("I'll send it tomorrow.", day=1), mine("Received, thanks!", day=3)]
    assert standing(*turns, day=9).state is CLOSED


def test_a_withdrawn_request_is_closed() -> None:
    turns = [letter("Do you have the keys?"), letter("Never mind, found them.", day=0)]
    assert standing(*turns, day=5).state is CLOSED


def test_a_colleague_answers_for_the_owner() -> None:
    asked = letter("Hi Ann,\n\nwhich version is the right one?", cc=COLLEAGUE)
    answered = letter("Hi Tom,\n\njumping in for Ann: the one of March.", by=COLLEAGUE, to=TOM, cc=ANN, day=1)
    assert standing(asked, answered, day=5).state is CLOSED


def test_a_colleague_leaves_a_part_to_the_owner() -> None:
    asked = letter("Hello,\n\nis the table checked? And when is the translation ready?", to=f"{ANN},{COLLEAGUE}")
    part = letter(
        "Hello Tom,\n\nthe table is checked. Ann will tell you about the translation.",
        by=COLLEAGUE,
        to=TOM,
        cc=ANN,
        day=1,
    )
    found = standing(asked, part, day=5)
    assert found.state is ME
    assert found.debt is not None
    assert found.debt.quote == "And when is the translation ready?"


def test_a_question_to_somebody_else_by_name_is_not_owed() -> None:
    assert standing(letter("Bea, could you send me the bill?", to=f"{ANN},{COLLEAGUE}"), day=5).state is CLOSED
    assert standing(letter("Hi Bea,\n\ncould you send me the bill?", to=COLLEAGUE, cc=ANN), day=5).state is CLOSED


def test_a_question_back_is_owed_by_the_one_who_asked_first() -> None:
    turns = [mine("What would it cost?"), letter("Which boat is it?", day=1)]
    assert standing(*turns, day=4).state is ME
    assert standing(*turns, mine("The red one at the end of the pier.", day=2), day=12).state is THEM


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-generated"},
        {"by": "no-reply@shop.example"},
        {"List_Unsubscribe": "<https://x.example/u>", "Precedence": "bulk"},
    ],
)
def test_a_machine_opens_nothing(fields: dict[str, Any]) -> None:
    assert standing(letter("Were you satisfied with your order?", **fields), day=5).state is CLOSED


def test_nobody_is_reminded_while_the_other_is_away() -> None:
    asked = mine("Could you send me the plan?")
    away = letter(
        "I am out of the office until 12 March.",
        Auto_Submitted="auto-replied",
        subject="Automatic reply: The boat",
        day=0,
    )
    assert not standing(asked, away, day=9).remind
    assert standing(asked, away, day=17).remind


def test_a_reminder_comes_near_the_day_and_not_before() -> None:
    asked = letter("Please send us the signed form by 31 March.")
    assert not standing(asked, day=3).remind
    assert standing(asked, day=28).remind


def test_the_order_of_the_mails_given_does_not_matter() -> None:
    turns = [letter("Which colour?"), mine("Blue it is.", day=1)]
    assert standing(*reversed(turns), day=3) == standing(*turns, day=3)


def test_the_summary_is_short_and_names_people() -> None:
    found = standing(letter("Could you send me the list of parts? " * 30), day=3)
    assert len(found.summary) <= 400
    assert "Tom Baker" in found.summary


def test_what_both_let_rest_is_closed_until_that_day() -> None:
    turns = [
        letter("Nothing moves here before the council meets on 22 June. Shall we leave it until then?"),
        mine("Yes, let's do that.", day=1),
    ]
    found = standing(*turns, day=9)
    assert (found.state, found.waiting_until, found.remind) == (CLOSED, date(2026, 6, 22), False)
    assert found.why == "Both let it rest until 2026-06-22."
    assert standing(*turns, letter("Which colour do you want?", day=4), day=9).state is ME


def test_thanks_for_what_came_close_a_promise() -> None:
    turns = [letter("Could you bake a cake for Saturday?"), mine("Sure, I'll bring an apple cake.", day=1)]
    assert standing(*turns, day=2).state is ME
    thanks = letter("Thanks again, the apple cake was wonderful!", day=6)
    assert standing(*turns, thanks, day=20).state is CLOSED


def test_a_promise_without_a_day_waits_for_the_answer_to_its_question() -> None:
    turns = [
        letter("What would a shelf cost?"),
        mine("Is the wall made of brick? As soon as I know I'll send you a quote.", day=1),
    ]
    assert standing(*turns, day=9).state is THEM
    assert standing(*turns, letter("It is brick.", day=2), day=9).state is ME


def test_a_name_before_a_sentence_is_no_greeting() -> None:
    turns = [
        letter("Could you draw a second plan?"),
        mine("Yes, I'll send it on Friday.", day=1),
        letter("Ann, forget it.", day=2),
    ]
    assert standing(*turns, day=9).state is CLOSED


STRANGER = "desk@example.org"


def test_thanks_of_the_one_who_asked_close_what_somebody_answered() -> None:
    asked = letter("Hi Ann,\n\nthe alarm of the cabin rings all night, what can we do?", cc=STRANGER)
    told = letter("Hello Tom,\n\nthe small battery behind the flap is empty.", by=STRANGER, to=TOM, cc=ANN, day=1)
    assert standing(asked, told, day=5).state is ME
    thanks = letter("It is quiet now. Many thanks to you both!", to=STRANGER, cc=ANN, day=2)
    assert standing(asked, told, thanks, day=5).state is CLOSED


def test_a_colleague_pays_no_request_that_was_made_to_the_owner_by_name_beside_their_own() -> None:
    both = f"{COLLEAGUE},{ANN}"
    asked = letter("Hello,\n\nBea, do you have the plan? Ann, have you kept the keys of the shed?", to=both)
    told = letter("Hello Tom,\n\nyes, it lies on the table.", by=COLLEAGUE, to=TOM, cc=ANN, day=1)
    thanks = letter("Great, thanks Bea.", to=COLLEAGUE, cc=ANN, day=1)
    found = standing(asked, told, thanks, day=5)
    assert found.state is ME
    assert found.debt is not None
    assert found.debt.quote == "Ann, have you kept the keys of the shed?"


def test_a_promise_counts_as_kept_when_its_day_is_over_and_the_other_writes_without_asking() -> None:
    turns = [letter("Does Thursday suit you for a call?"), mine("I'll ring you on Thursday.", day=1)]
    assert standing(*turns, letter("Great!", day=1), day=9).state is ME
    assert (
        standing(*turns, letter("I have thought about our talk, and my partner likes it.", day=5), day=9).state
        is CLOSED
    )
    assert standing(*turns, letter("Why did you not call?", day=5), day=9).state is ME


def test_a_question_can_be_let_rest_by_the_one_it_was_put_to() -> None:
    turns = [
        mine("Shall we talk about next year already?"),
        letter("Too early. Let's pick this up after 20 April.", day=1),
        mine("Sounds good.", day=2),
    ]
    found = standing(*turns, day=9)
    assert (found.state, found.waiting_until) == (CLOSED, date(2026, 4, 20))


def test_a_receipt_pays_no_request_for_a_deed() -> None:
    asked = mine("Could you send me your free days by 20 March?")
    received = letter("Received, the early hour is no problem for us. The boat lies in the harbour.", day=1)
    assert standing(asked, received, day=3).state is THEM


@pytest.mark.parametrize(("signature", "basis"), [("Kim", "promise"), ("Your shop", "request")])
def test_a_person_answers_from_the_address_of_an_office_and_signs(signature: str, basis: str) -> None:
    asked = mine("Please refund one of the two charges.", to=OFFICE)
    text = f"Hi Ann,\n\nI'll ask our bank and let you know by Friday.\n\n{signature}"
    told = letter(text, by=OFFICE, day=1, In_Reply_To=f"<{asked.message_id}>")
    found = standing(asked, told, day=20)
    assert found.debt is not None
    assert (found.state, found.debt.basis) == (THEM, basis)
