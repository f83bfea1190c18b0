"""Planning by the owner's wishes, performing once, taking back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from glassdome.act import Performer, Undoer, plan, plan_feedback
from glassdome.act.perform import GIVE_UP_AFTER
from glassdome.act.plan import FIRST_CONTACT, NOW, category_keyword
from glassdome.core.clock import FixedClock
from glassdome.core.errors import (
    ActionForbidden,
    Conflict,
    FolderMissing,
    GlassdomeError,
    ImapRefused,
    NotFound,
    RateLimited,
    TimedOut,
)
from glassdome.pipeline.alerts import NO_ALERT_MAILBOX, LogAlerts
from glassdome.ports.agent import UNKNOWN_OUTCOME, ActionQuery
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.feedback import Feedback
from glassdome.values.preferences import Preferences
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import GIVEN_LABELS, Label
from tests.contract.store.contracts_store import analysed
from tests.samples import NOON, a_ref, a_verdict, an_analysis

ALL = Preferences(username="ann@example.org", chosen=True, flag_phishing=True, flag_categories=True, move_to_junk=True)
PHISH = a_verdict(label=Label.PHISH, is_phishing=True, categories=("Bank & Geld", "💸"))
KEYWORD = Action(ref=a_ref(1), kind=ActionKind.ADD_KEYWORD, argument="$Phishing")
MOVE = Action(ref=a_ref(1), kind=ActionKind.MOVE, argument="\\Junk")
ALERT = Action(ref=a_ref(1), kind=ActionKind.ALERT, argument="phishing")
THERE = a_ref(40, folder="Junk", uid_validity=3)


@dataclass
class _Server:
    """A mail server that notes what it was told, and fails as it was told."""

    told: list[tuple[Any, ...]] = field(default_factory=list)
    error: GlassdomeError | None = None

    def _note(self, *what: Any) -> None:
        self.told.append(what)
        if self.error is not None:
            raise self.error

    async def add_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        self._note("add", ref.uid, *keywords)

    async def remove_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        self._note("remove", ref.uid, *keywords)

    async def move(self, ref: MessageRef, folder: str) -> MessageRef:
        self._note("move", ref.folder, ref.uid, folder)
        return THERE

    async def find_moved(self, ref: MessageRef, folder: str, message_id: str) -> MessageRef | None:
        return THERE

    async def find(self, mailbox: str, folder: str, message_id: str) -> MessageRef:
        self._note("find", folder, message_id)
        return THERE

    async def alert(self, ref: MessageRef, reason: str) -> None:
        self._note("alert", ref.uid, reason)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty store."""
    url = f"sqlite:///{tmp_path / 'db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as opened:
        yield opened


def _performer(database: Database, server: Any, clock: FixedClock) -> Performer:
    return Performer(database.actions, clock=clock, editor=server, alerts=server)


async def _states(database: Database) -> list[ActionState]:
    return [item.state for item in await database.actions.of(a_ref(1))]


@pytest.mark.parametrize("label", [Label.HAM, Label.SPAM, Label.PHISH])
def test_attention_and_first_contact_by_choice(label: Label) -> None:
    """Each stands behind the owner's choice, and junk has neither."""
    verdict = a_verdict(label=label, is_phishing=label is Label.PHISH, attention="now")

    def marks(**choices: bool) -> set[str]:
        wishes = Preferences(username="ann@example.org", chosen=True, **choices)
        return {action.argument for action in plan(verdict, wishes, a_ref(1), first_contact=True)}

    wanted = label is Label.HAM
    assert (NOW in marks(flag_categories=True)) is wanted
    assert (FIRST_CONTACT in marks(flag_phishing=True)) is wanted
    assert not {NOW, FIRST_CONTACT} & marks(phishing_alerts=True, move_to_junk=True)
    later = plan(replace(verdict, attention="read"), ALL, a_ref(1))
    assert not {NOW, FIRST_CONTACT} & {action.argument for action in later}


def test_the_plan_follows_the_wishes() -> None:
    """Keywords first, then the alert, the move last; nothing that was not wanted."""
    wanted = [(a.kind.value, a.argument) for a in plan(PHISH, ALL, a_ref(1))]
    assert wanted == [
        ("add_keyword", "$Phishing"),
        ("add_keyword", "glassdome-bank-geld"),
        ("alert", "phishing"),
        ("move", "\\Junk"),
    ]
    assert plan(PHISH, Preferences(username="a", phishing_alerts=False), a_ref(1)) == ()
    assert plan(a_verdict(categories=()), ALL, a_ref(1)) == ()


def test_a_degraded_verdict_moves_nothing() -> None:
    """The message is still wanted under this UID, by the model."""
    degraded = a_verdict(label=Label.PHISH, is_phishing=True, degraded=True)
    assert ActionKind.MOVE not in {a.kind for a in plan(degraded, ALL, a_ref(1))}


@pytest.mark.parametrize("category", ["", "\r\nX", "a" * 99, "(\\Seen)", "日本"])
def test_keywords_are_atoms(category: str) -> None:
    """Whatever a model calls a category, the keyword is safe in IMAP."""
    keyword = category_keyword(category)
    assert all(char.isascii() and (char.isalnum() or char == "-") for char in keyword)
    assert len(keyword) <= 50


def test_feedback_teaches_the_filter() -> None:
    """Anything unwanted is spam to it."""
    said = [plan_feedback(Feedback(ref=a_ref(1), label=label, actor="x"))[0].argument for label in GIVEN_LABELS]
    assert said == ["ham", "spam", "spam"]


async def test_actions_are_performed_once_in_order(database: Database) -> None:
    """A second run finds nothing to do."""
    await analysed(database, an_analysis(), actions=(KEYWORD, ALERT, MOVE))
    server = _Server()
    performer = _performer(database, server, FixedClock(NOON))
    await performer.perform(a_ref(1))
    await performer.perform(a_ref(1))
    await performer.perform_due()
    assert server.told == [("add", 1, "$Phishing"), ("alert", 1, "phishing"), ("move", "INBOX", 1, "\\Junk")]
    assert await _states(database) == [ActionState.DONE] * 3


@pytest.mark.parametrize(
    ("action", "error", "state", "moved"),
    [
        (KEYWORD, NotFound(), ActionState.FAILED, None),
        (ALERT, Conflict(reason=UNKNOWN_OUTCOME), ActionState.UNKNOWN, None),
        (ALERT, None, ActionState.DONE, None),
        (MOVE, NotFound(), ActionState.DONE, THERE),
    ],
    ids=["keyword", "alert nobody knows of", "alert not sent", "move"],
)
async def test_after_a_crash_what_was_begun_is_asked_for_again(
    database: Database, action: Action, error: GlassdomeError | None, state: ActionState, moved: MessageRef | None
) -> None:
    """Once more; whoever alerts knows what went out; an earlier move is recognised, and where it led."""
    await analysed(database, an_analysis(), actions=(action,))
    clock, server = FixedClock(NOON), _Server(error=error)
    await _killed_while_doing_the_first(database, clock)
    assert await _performer(database, server, clock).perform_due() == 0
    clock.advance(301)
    await _performer(database, server, clock).perform_due()
    assert (await _states(database), len(server.told)) == ([state], 1)
    assert (await database.actions.of(a_ref(1)))[0].moved_to == moved


async def _killed_while_doing_the_first(database: Database, clock: FixedClock) -> None:
    first = (await database.actions.of(a_ref(1)))[0]
    assert await database.actions.begin(first, now=clock.now())


class _SlowServer(_Server):
    """Lets others in while it sets a keyword; a move takes the message away."""

    async def add_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        await asyncio.sleep(0.05)
        if any(what[0] == "move" for what in self.told):
            raise NotFound
        await super().add_keywords(ref, keywords)


ALL_IN_ORDER = [("add", 1, "$Phishing"), ("alert", 1, "phishing"), ("move", "INBOX", 1, "\\Junk")]


@pytest.mark.parametrize("first", ["worker", "rounds"])
async def test_two_at_once_keep_the_order(database: Database, first: str) -> None:
    """A worker and the round of what is due: who comes second leaves the message to who came first."""
    await analysed(database, an_analysis(), actions=(KEYWORD, ALERT, MOVE))
    server, clock = _SlowServer(), FixedClock(NOON)
    one, other = (_performer(database, server, clock) for _ in range(2))
    both = [one.perform(a_ref(1)), other.perform_due()]
    await asyncio.gather(*(both if first == "worker" else reversed(both)))
    assert (server.told, await _states(database)) == (ALL_IN_ORDER, [ActionState.DONE] * 3)


async def test_what_comes_after_a_killed_one_waits_for_it(database: Database) -> None:
    """The message stays where it is until its keyword was set again; then the same round does the rest."""
    await analysed(database, an_analysis(), actions=(KEYWORD, ALERT, MOVE))
    server, clock = _Server(), FixedClock(NOON)
    performer = _performer(database, server, clock)
    await _killed_while_doing_the_first(database, clock)
    clock.advance(30)
    await performer.perform_due()
    await performer.perform(a_ref(1))
    assert server.told == []
    clock.advance(300)
    await performer.perform_due()
    assert (server.told, await _states(database)) == (ALL_IN_ORDER, [ActionState.DONE] * 3)


async def test_the_round_waits_for_a_server_that_is_away(database: Database) -> None:
    """Away for the keyword and back for the move: the move is left for the round that sets the keyword."""
    await analysed(database, an_analysis(), actions=(KEYWORD, MOVE))
    server, clock = _Server(error=TimedOut()), FixedClock(NOON)
    performer = _performer(database, server, clock)
    await performer.perform_due()
    assert [what[0] for what in server.told] == ["add"]
    server.error = None
    clock.advance(30)
    await performer.perform_due()
    assert [what[0] for what in server.told] == ["add", "add", "move"]
    assert await _states(database) == [ActionState.DONE] * 2


async def test_an_alert_that_waits_holds_up_no_move(database: Database) -> None:
    """An owner who was told often enough for now still has phishing moved; the alert follows."""
    await analysed(database, an_analysis(), actions=(KEYWORD, ALERT, MOVE))
    server, alerts, clock = _Server(), _Server(error=RateLimited()), FixedClock(NOON)
    performer = Performer(database.actions, clock=clock, editor=server, alerts=alerts)
    await performer.perform(a_ref(1))
    assert await _states(database) == [ActionState.DONE, ActionState.PLANNED, ActionState.DONE]
    alerts.error = None
    await performer.perform_due()
    assert await _states(database) == [ActionState.DONE] * 3


async def test_a_warning_that_nobody_got_is_not_done(database: Database) -> None:
    """Without a mailbox to send from the action has failed and says so; what comes after it is done."""
    await analysed(database, an_analysis(), actions=(ALERT, MOVE))
    performer = Performer(database.actions, clock=FixedClock(NOON), editor=_Server(), alerts=LogAlerts())
    await performer.perform(a_ref(1))
    (alert,) = (await database.actions.list(ActionQuery(kinds=(ActionKind.ALERT,)))).items
    assert (ActionState.FAILED, True) == (alert.state, alert.detail.startswith(NO_ALERT_MAILBOX))
    assert await _states(database) == [ActionState.FAILED, ActionState.DONE]


class _NoKeywords(_Server):
    async def add_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        raise TimedOut


async def test_what_never_works_ends_and_lets_the_rest_follow(database: Database) -> None:
    """A keyword that its server puts off for a day has failed; the move is done then."""
    await analysed(database, an_analysis(), actions=(KEYWORD, MOVE))
    server, clock = _NoKeywords(), FixedClock(NOON + GIVE_UP_AFTER)
    await _performer(database, server, clock).perform_due()
    assert await _states(database) == [ActionState.FAILED, ActionState.DONE]


async def test_what_ends_the_process_each_time_is_given_up(database: Database) -> None:
    """A try that was begun after a day and never ended was the last."""
    await analysed(database, an_analysis(), actions=(KEYWORD, MOVE))
    server, clock = _Server(), FixedClock(NOON + GIVE_UP_AFTER)
    await _killed_while_doing_the_first(database, clock)
    clock.advance(301)
    await _performer(database, server, clock).perform_due()
    assert await _states(database) == [ActionState.UNKNOWN, ActionState.DONE]
    assert [what[0] for what in server.told] == ["move"]


async def test_many_that_must_wait_keep_nobody_from_a_turn(database: Database) -> None:
    """More messages of a server that is away than one round looks at: the next round comes to the others."""
    waiting = [replace(KEYWORD, ref=a_ref(uid)) for uid in range(2, 103)]
    await database.actions.plan([*waiting, ALERT], now=NOON)
    server, alerts, clock = _Server(error=TimedOut()), _Server(), FixedClock(NOON)
    performer = Performer(database.actions, clock=clock, editor=server, alerts=alerts)
    for _ in range(2):
        clock.advance(30)
        await performer.perform_due()
    assert alerts.told == [("alert", 1, "phishing")]


async def test_a_server_that_is_away_postpones(database: Database) -> None:
    """A temporary error leaves the action and those after it planned, for a day; a refusal ends it with its reason."""
    await analysed(database, an_analysis(), actions=(KEYWORD, MOVE))
    clock, server = FixedClock(NOON), _Server(error=TimedOut())
    await _performer(database, server, clock).perform(a_ref(1))
    assert (await _states(database), len(server.told)) == ([ActionState.PLANNED] * 2, 1)
    server.error = ImapRefused("No such mailbox.")
    await _performer(database, server, clock).perform(a_ref(1))
    found = await database.actions.of(a_ref(1))
    assert [(item.state, item.detail) for item in found] == [(ActionState.FAILED, "No such mailbox.")] * 2


async def test_nothing_is_connected(database: Database) -> None:
    """Without a mail server the action fails with the reason."""
    await analysed(database, an_analysis(), actions=(KEYWORD,))
    await Performer(database.actions, clock=FixedClock(NOON)).perform(a_ref(1))
    (item,) = await database.actions.of(a_ref(1))
    assert (item.state, item.detail) == (ActionState.FAILED, "No mail server is connected for this.")


def _undoer(database: Database, server: Any, **more: Any) -> Undoer:
    return Undoer(database.actions, clock=FixedClock(NOON), editor=server, source=server, **more)


async def _done(database: Database, *actions: Action) -> list[PerformedAction]:
    """Plan actions of one message and note them as done, without a server."""
    await analysed(database, an_analysis(), actions=actions)
    for action in actions:
        await database.actions.finish(action, state=ActionState.DONE, now=NOON)
    return list(await database.actions.of(a_ref(1)))


async def test_everything_moved_since_then_comes_back(database: Database) -> None:
    """The batch moves messages back from where they are, once; what was done by other means stays."""
    await analysed(database, an_analysis(), actions=(KEYWORD, MOVE))
    server = _Server()
    await _performer(database, server, FixedClock(NOON)).perform(a_ref(1))
    undoer = _undoer(database, server)
    moves = ActionQuery(kinds=(ActionKind.MOVE,), since=NOON - timedelta(days=1))
    outcome = await undoer.undo_matching(moves)
    assert ([item.action for item in outcome.done], outcome.refused, outcome.next_cursor) == ([MOVE], (), "")
    assert server.told[-1] == ("move", "Junk", 40, "INBOX")
    assert await _states(database) == [ActionState.DONE, ActionState.UNDONE]
    assert (await undoer.undo_matching(moves)).done == ()


async def test_a_batch_is_bounded_and_goes_on(database: Database) -> None:
    """The cursor leads past what was refused, so that it stops nothing for ever."""
    await _done(database, KEYWORD, ALERT, MOVE)
    server = _Server()
    undoer, query, found = _undoer(database, server), ActionQuery(since=NOON, limit=1), list[tuple[int, int]]()
    while True:
        outcome = await undoer.undo_matching(query)
        found.append((len(outcome.done), len(outcome.refused)))
        if not outcome.next_cursor:
            break
        query = replace(query, cursor=outcome.next_cursor)
    assert found == [(1, 0), (0, 1), (1, 0)]


async def test_what_was_never_learned_is_looked_for(database: Database) -> None:
    """A move whose target place is unknown is found by its whole Message-ID; without one nothing is guessed."""
    (moved,) = await _done(database, MOVE)
    server = _Server()
    for message_id in ("<1@example.com>", "1@example.com"):
        await _undoer(database, server).undo(replace(moved, message_id=message_id))
    assert server.told == [("find", "\\Junk", "<1@example.com>"), ("move", "Junk", 40, "INBOX")] * 2
    with pytest.raises(NotFound):
        await _undoer(database, server).undo(replace(moved, message_id=""))


async def test_a_keyword_is_taken_off_where_the_message_is(database: Database) -> None:
    """In Junk after our move; where the move was taken back, at the new UID; at its old place if it never moved."""
    keyword, moved = await _done(database, KEYWORD, MOVE)
    server = _Server()
    undoer = _undoer(database, server)
    await undoer.undo(keyword)
    await database.actions.finish(MOVE, state=ActionState.DONE, now=NOON, moved_to=a_ref(3, folder="Junk"))
    await undoer.undo(keyword)
    assert await undoer.undo(moved) == replace(moved, state=ActionState.UNDONE, moved_to=THERE)
    server.told.clear()
    await undoer.undo(keyword)
    assert server.told == [("remove", THERE.uid, "$Phishing")]


async def test_what_cannot_be_taken_back(database: Database) -> None:
    """An alert was read; what is undone, or was never done, is refused before the server hears of it."""
    told, keyword = await _done(database, ALERT, KEYWORD)
    server = _Server()
    with pytest.raises(ActionForbidden):
        await _undoer(database, server).undo(told)
    for state in ActionState:
        if state is not ActionState.DONE:
            with pytest.raises(Conflict, match=state.value):
                await _undoer(database, server).undo(replace(keyword, state=state))
    assert server.told == []


async def test_a_lesson_is_taken_back(database: Database) -> None:
    """The spam filter learns the opposite; without a filter it is refused."""
    lesson = Action(ref=a_ref(1), kind=ActionKind.LEARN, argument="spam")
    (learned,) = await _done(database, lesson)
    taught = list[tuple[int, bool]]()

    class _Filter:
        async def learn(self, ref: MessageRef, *, spam: bool) -> None:
            taught.append((ref.uid, spam))

    with pytest.raises(ActionForbidden):
        await _undoer(database, _Server()).undo(learned)
    await _undoer(database, _Server(), teacher=_Filter()).undo(learned)
    assert taught == [(1, False)]


async def test_a_server_that_is_away_is_asked_once(database: Database) -> None:
    """A refusal stops no other; a lost server is not waited for again, and nothing is called undone."""
    items = await _done(database, KEYWORD, replace(KEYWORD, argument="other"), MOVE)
    server = _Server(error=ImapRefused("No."))
    refused = (await _undoer(database, server).undo_all(items)).refused
    assert ([exc.code for _, exc in refused], len(server.told)) == (["imap_refused"] * 3, 3)
    server = _Server(error=TimedOut())
    refused = (await _undoer(database, server).undo_all(items)).refused
    assert ([exc.code for _, exc in refused], len(server.told)) == (["timed_out"] * 3, 1)
    assert await _states(database) == [ActionState.DONE] * 3


async def test_the_reason_is_said_where_a_folder_is_missing(database: Database) -> None:
    """`No Junk folder` is another thing than a message that is gone, and no matter of time."""
    await analysed(database, an_analysis(), actions=(MOVE,))
    server = _Server(error=FolderMissing("The mailbox has no Junk folder."))
    await _performer(database, server, FixedClock(NOON)).perform(a_ref(1))
    (item,) = await database.actions.of(a_ref(1))
    assert (item.state, item.detail) == (ActionState.FAILED, "The mailbox has no Junk folder.")


async def test_tries_of_an_action_thin_out(database: Database) -> None:
    """A postponed action waits as long again as it has waited, a quarter of an hour at most: a refusing server is
    spared.
    """
    await analysed(database, an_analysis(), actions=(MOVE,))
    clock, server = FixedClock(NOON), _Server(error=ImapRefused("Not now.", temporary=True))
    performer = _performer(database, server, clock)
    for _ in range(120):
        await performer.perform_due()
        clock.advance(30)
    assert 6 <= len(server.told) <= 12
    server.error = None
    clock.advance(15 * 60)
    await performer.perform_due()
    assert await _states(database) == [ActionState.DONE]
