"""Reminders on a real Dovecot: drafted once where a request was not answered in time, withdrawn when the thread goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email import message_from_string
from pathlib import Path

import pytest

from glassdome.ports.agent import ActionQuery
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.profile import WritingProfile
from tests.integration.pipeline.test_threads import BOB, Bench, bench

__all__ = ["bench"]

ASKS = "Hi Bob,\r\n\r\nCould you send me the plans?\r\n\r\nCheers\r\nAnn\r\n"
ANSWERS = "Hi,\r\n\r\nThe plans are attached.\r\n\r\nBob\r\n"


async def asked(bench: Bench, *, days: int = 5, **choices: object) -> None:
    """Let the owner ask, and that many days pass."""
    wishes = {"follow_up_drafts": True, "follow_up_days": 3, "timezone": "Europe/Berlin"} | choices
    await bench.choose(**wishes)
    await bench.round()
    await bench.file(bench.mail(1, ASKS, sent=True))
    await bench.round()
    assert await lying(bench) == []
    bench.clock.by += timedelta(days=days)


async def lying(bench: Bench, folder: str = "Drafts") -> list[str]:
    """Return the messages of a folder."""
    found = await bench.doveadm("fetch", "text", "mailbox", folder)
    return [part.strip() for part in found.split("text:") if part.strip()]


async def ended(bench: Bench, state: ActionState) -> list[str]:
    """Return the details of drafts in that state."""
    query = ActionQuery(mailbox=bench.mailbox, kinds=(ActionKind.DRAFT,), state=state)
    return [item.detail for item in (await bench.app.database.actions.list(query)).items]


async def watched(bench: Bench) -> None:
    """Let the service follow its drafts once."""
    (task,) = [task for task in bench.app.periodic_tasks if task._name == "drafts"]
    await task._work()


async def test_a_reminder_is_drafted_once_in_the_owners_words(bench: Bench) -> None:
    """Under the request, to whom it went, greeting and signing as the owner does; later rounds add none."""
    profile = WritingProfile(
        language="en", greeting="Hey", naming="first", sign_off=("Cheers", "Ann"), name="Ann", mails=9
    )
    await bench.app.database.profiles.replace(bench.mailbox, [profile], now=bench.clock.now())
    await asked(bench)
    for _ in range(3):
        await bench.round()
        bench.clock.by += timedelta(days=1)
    (raw,) = await lying(bench)
    draft = message_from_string(raw)

    assert (draft["To"], draft["Subject"], draft["From"]) == (BOB, "Re: Contract", f"Ann <{bench.mailbox}>")
    assert (draft["In-Reply-To"], draft["References"]) == ("<1@x>", "<1@x>")
    text = draft.get_payload(decode=True)
    assert isinstance(text, bytes)
    lines = text.decode().splitlines()
    assert (lines[0], lines[4:6]) == ("Hey Bob,", ["Cheers", "Ann"])
    assert lines[2].startswith("I would like to come back to my message of ")
    assert "> Could you send me the plans?" in lines


@pytest.mark.parametrize("choices", [{"follow_up_drafts": False}, {"follow_up_days": 9}])
async def test_no_reminder_without_the_choice_or_before_its_day(bench: Bench, choices: dict[str, object]) -> None:
    """The owner decides, and sets the days."""
    await asked(bench, **choices)
    await bench.round()
    assert await lying(bench) == []


async def test_no_reminder_of_what_was_answered_elsewhere(bench: Bench) -> None:
    """In a folder that a filter files to, in the same round in which the day comes."""
    await asked(bench)
    await bench.file(bench.mail(2, ANSWERS, to=1), "Projects")
    await bench.round()
    assert await lying(bench) == []


@pytest.mark.parametrize("author", ["others", "owner"])
async def test_a_reminder_is_withdrawn_when_the_thread_goes_on(bench: Bench, author: str) -> None:
    """Somebody answers, or the owner writes again; no second one follows the owner's own."""
    await asked(bench)
    await bench.round()
    await watched(bench)
    assert len(await lying(bench)) == 1
    if author == "others":
        await bench.deliver(bench.mail(2, ANSWERS, to=1))
    else:
        await bench.file(bench.mail(2, "Hi Bob,\r\n\r\nCould you send me the plans today?\r\n", sent=True, to=1))
    await bench.round()
    await watched(bench)
    assert (await lying(bench), len(await lying(bench, "Trash"))) == ([], 1)
    assert await ended(bench, ActionState.UNDONE) == [
        "The thread went on." if author == "others" else "The owner answered."
    ]
    bench.clock.by += timedelta(days=9)
    await bench.round()
    assert await lying(bench) == []


async def test_a_reminder_that_the_owner_began_stays_alone(bench: Bench) -> None:
    """Byte for byte."""
    await asked(bench)
    file = Path(bench.dovecot.base) / "mail" / "begun.eml"
    await asyncio.to_thread(file.write_text, "Subject: Re: Contract\nMessage-ID: <m@x>\nIn-Reply-To: <1@x>\n\nWell,\n")
    await asyncio.to_thread(file.chmod, 0o644)
    await bench.doveadm("save", "-m", "Drafts", str(file))
    before = await lying(bench)
    await bench.round()
    assert (await lying(bench), len(await ended(bench, ActionState.FAILED))) == (before, 1)


async def test_a_mail_that_was_moved_gets_no_second_reminder(bench: Bench) -> None:
    """The owner filed the request after they threw the reminder away."""
    await asked(bench)
    await bench.round()
    await bench.doveadm("expunge", "mailbox", "Drafts", "all")
    await bench.doveadm("mailbox create", "Projects")
    await bench.doveadm("move", "Projects", "mailbox", "Sent", "all")
    bench.clock.by += timedelta(days=1)
    await bench.round()
    assert await lying(bench) == []
