"""The state machine: who owes whom, and when a reminder is right."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from glassdome.values.thread import ThreadState
from tests.unit.threads.letters import ANN, COLLEAGUE, TOM, letter, mine, standing

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
