"""Planning by the owner's wishes, performing once, taking back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from glassdome.act import Performer, Undoer, plan, plan_feedback
from glassdome.act.plan import category_keyword
from glassdome.core.clock import FixedClock
from glassdome.core.errors import ActionForbidden, Conflict, GlassdomeError, ImapRefused, NotFound, TimedOut
from glassdome.ports.agent import ActionQuery
from glassdome.store import Database, migrate, open_database
from glassdome.testing.contracts_store import analysed
from glassdome.testing.samples import NOON, a_ref, a_verdict, an_analysis
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.feedback import Feedback
from glassdome.values.preferences import Preferences
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label

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
    async with open_database(url) as opened:
        yield opened


def _performer(database: Database, server: Any, clock: FixedClock) -> Performer:
    return Performer(database.actions, clock=clock, editor=server, alerts=server)


async def _states(database: Database) -> list[ActionState]:
    return [item.state for item in await database.actions.of(a_ref(1))]


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
    said = [plan_feedback(Feedback(ref=a_ref(1), label=label, actor="x"))[0].argument for label in Label]
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


async def test_after_a_crash_only_the_harmless_is_repeated(database: Database) -> None:
    """Begun and never finished: keyword and move again, the alert becomes unknown; an earlier move is recognised."""
    await analysed(database, an_analysis(), actions=(KEYWORD, ALERT, MOVE))
    clock = FixedClock(NOON)
    for item in await database.actions.of(a_ref(1)):
        await database.actions.begin(item, now=clock.now())
    performer, server = _performer(database, _Server(), clock), _Server(error=NotFound())
    assert await performer.perform_due() == 0
    clock.advance(301)
    await _performer(database, server, clock).perform_due()
    assert await _states(database) == [ActionState.FAILED, ActionState.UNKNOWN, ActionState.DONE]
    assert [what[0] for what in server.told] == ["add", "move"]


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
