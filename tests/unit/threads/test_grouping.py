"""A mail finds its thread by the ids that it names, else by subject and people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from glassdome.threads.grouping import SUBJECT_DAYS, Known, base_subject, thread_for
from glassdome.values.message import Address, Message

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = frozenset(("ann@example.org", "tom@other.example"))
THREAD = Known(
    thread_id="<1@x>", message_ids=frozenset(("<1@x>", "<2@x>")), subject="the boat", people=PEOPLE, last_at=THEN
)


def mail(
    subject: str = "The boat", *, to: str = "ann@example.org", days: float = 1, references: tuple[str, ...] = ()
) -> Message:
    return Message(
        message_id="<9@x>", subject=subject, header_from=(Address(addr="tom@other.example"),), to=(Address(addr=to),),
        references=references, date=THEN + timedelta(days=days),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "base", "marked"),
    [
        ("Re: The boat", "the boat", True),
        ("AW: WG: The boat", "the boat", True),
        ("[list] Re: [EXT] The boat", "the boat", True),
        ("Re: The boat (fwd)", "the boat", True),
        ("TR: Le bateau", "le bateau", True),
        ("RV: El barco", "el barco", True),
        ("The boat [HL-48213]", "the boat", False),
        ("[only a tag]", "[only a tag]", False),
        ("  The   boat ", "the boat", False),
        ("", "", False),
    ],
)
def test_the_base_subject_is_without_marks(subject: str, base: str, marked: bool) -> None:
    assert base_subject(subject) == (base, marked)


@pytest.mark.parametrize(
    ("message", "thread"),
    [
        (mail("Something else", references=("<0@x>", "<2@x>")), "<1@x>"),
        (mail("Re: The boat", references=("<7@x>",)), "<7@x>"),
        (mail("Re: The boat"), "<1@x>"),
        (mail("The boat"), "<1@x>"),
        (mail("Re: The boat", to="somebody@else.example"), "<9@x>"),
        (mail("Re: The boat", days=SUBJECT_DAYS + 1), "<9@x>"),
        (mail("Re: The house"), "<9@x>"),
        (mail(""), "<9@x>"),
    ],
)
def test_a_mail_finds_its_thread(message: Message, thread: str) -> None:
    assert thread_for(message, [THREAD]) == thread


def test_a_new_person_without_a_reply_mark_begins_a_thread() -> None:
    message = Message(
        message_id="<9@x>", subject="The boat", header_from=(Address(addr="tom@other.example"),),
        to=(Address(addr="ann@example.org"), Address(addr="new@other.example")), date=THEN,
    )  # fmt: skip
    assert thread_for(message, [THREAD]) == "<9@x>"
