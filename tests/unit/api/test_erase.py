"""Erasing and correcting through the API."""

from __future__ import annotations

from typing import Any

import pytest

from glassdome.values.agent import OutboxEntry, OutboxState
from glassdome.values.message import Address
from glassdome.values.verdict import Label

from .bench import NOW, OTHER, OWN, RW, USER, Bench, analysis, ref

DELETE = "/api/v1/delete/llm/analysis"
FEEDBACK = "/api/v1/add/llm/feedback"
LIST = "/api/v1/get/llm/analysis"


@pytest.fixture
async def full(bench: Bench) -> Bench:
    """Three analyses, one of them of another domain, one from another person."""
    await bench.store(
        analysis(ref(1)),
        analysis(ref(2), header_from=Address(name="Ann", addr="ann@b.example")),
        analysis(ref(1, mailbox=OTHER)),
    )
    return bench


@pytest.mark.parametrize(
    ("body", "deleted", "left"),
    [
        ({"mailbox": USER, "email_id": "1"}, 1, 2),
        ({"mailbox": USER, "email_id": "<2@shop.example>"}, 1, 2),
        ({"mailbox": USER, "all": True}, 2, 1),
        ({"person": "ANN@b.example"}, 1, 2),
        ({"person": "shop@shop.example", "mailbox": USER}, 1, 2),
        ({"person": "nobody@b.example"}, 0, 3),
        *(({"person": odd}, 0, 3) for odd in ("a/b@x.example", "50%off@shop.example", "j\u00f6rg@ex\u00e4mple.de")),
    ],
)
async def test_what_is_named_is_erased(full: Bench, body: dict[str, Any], deleted: int, left: int) -> None:
    """A message, a mailbox, a person; nothing more, and it is audited."""
    answer = await full.post(DELETE, body)

    assert answer.json()[0]["data"] == {"deleted": deleted}
    assert len((await full.get(LIST)).json()) == left
    assert (await full.database.history.audited())[0]["action"] == "delete_analysis"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"mailbox": USER}, 400),
        ({"all": True}, 400),
        ({"mailbox": USER, "email_id": "1", "all": True}, 400),
        ({"email_id": "1"}, 400),
        ({"mailbox": USER, "email_id": "9"}, 404),
        *(({"person": wrong}, 400) for wrong in ("", "nobody", "a@b\x00.example", "a" * 250 + "@b.example")),
    ],
)
async def test_a_mailbox_is_never_erased_by_accident(full: Bench, body: dict[str, Any], status: int) -> None:
    """Forgetting the email_id erases nothing."""
    answer = await full.post(DELETE, body)

    assert answer.status_code == status
    assert len((await full.get(LIST)).json()) == 3


async def test_a_domains_key_erases_its_own(full: Bench) -> None:
    """A person's mail in other domains stays."""
    refused = await full.post(DELETE, {"mailbox": OTHER, "all": True}, key=OWN)
    own = await full.post(DELETE, {"person": "shop@shop.example"}, key=OWN)

    assert refused.status_code == 403
    assert own.json()[0]["data"] == {"deleted": 1}
    assert len((await full.get(LIST)).json()) == 2


async def test_feedback_is_stored(full: Bench) -> None:
    """The last word of a person counts."""
    for label in ("phish", "ham"):
        answer = await full.post(FEEDBACK, {"mailbox": USER, "email_id": "1", "label": label, "note": "mine"})

    stored = await full.database.feedback.get(ref(1))
    assert answer.json()[0]["msg"] == ["feedback_added", "1"]
    assert stored is not None
    assert (stored.label, stored.note) == (Label.HAM, "mine")


async def test_what_was_sent_to_a_person_is_forgotten(full: Bench) -> None:
    """Recipient and subject are erased; the fact of sending stays, and mail still to be sent goes out."""
    for number, (mailbox, state) in enumerate(
        [(USER, OutboxState.SENT), (OTHER, OutboxState.SENT), (USER, OutboxState.PLANNED)]
    ):
        entry = OutboxEntry(
            message_id=f"{number}@example.org", mailbox=mailbox, recipients=("Bob@x.example",), subject="Re: illness",
            purpose="reply", state=state, created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        await full.database.outbox.plan(entry)
    await full.post(DELETE, {"person": "bob@X.example"}, key=OWN)
    kept = [await full.database.outbox.get(f"{number}@example.org") for number in range(3)]

    assert [(entry.recipients, entry.subject) for entry in kept if entry] == [
        ((), ""),
        (("Bob@x.example",), "Re: illness"),
        (("Bob@x.example",), "Re: illness"),
    ]


async def test_what_a_correction_taught_goes_with_the_message(full: Bench) -> None:
    """Its author is no sender of junk any more, once; one that was called legitimate taught nothing of that kind."""
    author = "shop@shop.example"
    for uid, label in (("1", "spam"), ("2", "ham")):
        await full.post(FEEDBACK, {"mailbox": USER, "email_id": uid, "label": label})
    before = await full.database.history.sender_history(USER, author)
    await full.post(DELETE, {"mailbox": USER, "email_id": "1"})
    after = await full.database.history.sender_history(USER, author)
    await full.post(DELETE, {"mailbox": USER, "email_id": "2"})
    ham = await full.database.history.sender_history(USER, "ann@b.example")

    assert (before.junked, after.junked, ham.junked) == (1, 0, 0)


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        ({"email_id": "9", "label": "ham"}, RW, 404),
        ({"email_id": "1", "label": "good"}, RW, 400),
        ({"email_id": "1"}, RW, 400),
        ({"email_id": "1", "label": "ham", "mailbox": OTHER}, OWN, 403),
    ],
)
async def test_bad_feedback_is_refused(full: Bench, body: dict[str, Any], key: str, status: int) -> None:
    """Unknown message, unknown label, foreign mailbox."""
    assert (await full.post(FEEDBACK, {"mailbox": USER} | body, key=key)).status_code == status
