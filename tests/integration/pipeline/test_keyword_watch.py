"""Keywords that ask for attention, on a real Dovecot: gone when their mail was answered, done or corrected, and not before."""

from __future__ import annotations

import pytest

from glassdome.act.plan import FIRST_CONTACT, NOW
from glassdome.pipeline.keyword_watch import is_over
from glassdome.store.actions import plan_actions
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.feedback import Feedback
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label
from tests.integration.pipeline.test_threads import Bench, bench

__all__ = ["bench"]

ASKS = "Hi,\r\n\r\nCould you please send me the signed contract by Friday?\r\n\r\nBob\r\n"
ANSWERS = "Hi Bob,\r\n\r\nThe signed contract is attached.\r\n"


async def marked(bench: Bench) -> MessageRef:
    """Bring a mail and set both keywords on it, by the ledger."""
    await bench.deliver(bench.mail(1, ASKS))
    await bench.round()
    (turn,) = (await bench.app.database.threads.known(bench.mailbox, ["1@x"])).values()
    acts = [Action(ref=turn.ref, kind=ActionKind.ADD_KEYWORD, argument=word) for word in (NOW, FIRST_CONTACT)]
    now = bench.clock.now()
    await bench.app.database.connections.write(lambda c: plan_actions(c, acts, message_id="1@x", now=now))
    assert bench.app.actions is not None
    await bench.app.actions._performer.perform(turn.ref)
    assert await left(bench) == {NOW, FIRST_CONTACT}
    return turn.ref


async def left(bench: Bench) -> set[str]:
    """Return the keywords that lie in INBOX."""
    return {word for word in (NOW, FIRST_CONTACT) if await bench.marked(word)}


async def watched(bench: Bench) -> None:
    """Let the service follow its keywords, twice."""
    (task,) = [task for task in bench.app.periodic_tasks if task._name == "keywords"]
    await task._work()
    await task._work()


@pytest.mark.parametrize(
    ("deed", "stays"),
    [
        ("nothing", {NOW, FIRST_CONTACT}),
        ("read", {NOW, FIRST_CONTACT}),
        ("answered here", set()),
        ("answered elsewhere", set()),
        ("done", {FIRST_CONTACT}),
        ("corrected", set()),
        ("moved", {NOW, FIRST_CONTACT}),
    ],
)
async def test_a_keyword_goes_when_it_no_longer_holds(bench: Bench, deed: str, stays: set[str]) -> None:
    """The ledger says so, and judging again does not bring it back."""
    ref = await marked(bench)
    now = bench.clock.now()
    match deed:
        case "read":
            await bench.doveadm("flags add", "\\Seen", "mailbox", "INBOX", "all")
        case "answered here":
            await bench.doveadm("flags add", "\\Answered", "mailbox", "INBOX", "all")
        case "answered elsewhere":
            await bench.file(bench.mail(2, ANSWERS, sent=True, to=1))
            await bench.round()
        case "done":
            await bench.app.database.owners.mark_done([ref], done=True, now=now)
        case "corrected":
            await bench.app.database.history.record_feedback(Feedback(ref=ref, label=Label.SPAM, actor="ann"), now=now)
        case "moved":
            await bench.doveadm("mailbox create", "Projects")
            await bench.doveadm("move", "Projects", "mailbox", "INBOX", "all")
    await watched(bench)

    assert await left(bench) == stays
    states = {
        item.action.argument: item.state
        for item in await bench.app.database.actions.of(ref)
        if item.action.argument in (NOW, FIRST_CONTACT)
    }
    assert states == {w: ActionState.DONE if w in stays else ActionState.UNDONE for w in (NOW, FIRST_CONTACT)}


def test_a_first_contact_is_not_ended_by_being_done() -> None:
    """Flags are compared whatever their case."""
    nothing = {"answered": False, "done": False, "corrected": False}
    assert is_over(NOW, ["\\ANSWERED"], **nothing)
    assert not is_over(NOW, ["\\Seen"], **nothing)
    assert not is_over(FIRST_CONTACT, [], answered=False, done=True, corrected=False)
