"""The contract of every action ledger; a subclass gives the `database` fixture."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest

from glassdome.store import Database
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.refs import MessageRef
from tests.contract.store.contracts_store import analysed
from tests.samples import NOON, a_ref, an_analysis

__all__ = ["ActionContract"]

_HOUR: Final = timedelta(hours=1)
_OTHERS: Final = (
    a_ref(2),
    a_ref(1, folder="Archive"),
    a_ref(1, uid_validity=8),
    a_ref(1, mailbox="bob@example.org"),
)


def _keyword(ref: MessageRef) -> Action:
    return Action(ref=ref, kind=ActionKind.ADD_KEYWORD, argument="$Phishing")


def _move(ref: MessageRef) -> Action:
    return Action(ref=ref, kind=ActionKind.MOVE, argument="\\Junk")


async def _due(database: Database, *, begun_before: datetime = NOON, limit: int = 9) -> list[Action]:
    return [item.action for item in await database.actions.due(limit=limit, begun_before=begun_before)]


async def _begin(database: Database, wanted: Sequence[Action], *, now: datetime = NOON) -> list[bool]:
    """Begin these as they are in the ledger now, all at once."""
    known = {item.action: item for action in wanted for item in await database.actions.of(action.ref)}
    return await asyncio.gather(*(database.actions.begin(known[action], now=now) for action in wanted))


class ActionContract:
    """Run on each database."""

    async def test_actions_are_begun_by_one(self, database: Database) -> None:
        """Two performers that read the same action: one begins it; a move remembers where the message went."""
        action = _move(a_ref(1))
        await analysed(database, an_analysis(a_ref(1)), actions=(action,))
        (item,) = await database.actions.due(limit=9, begun_before=NOON)
        begun = [await database.actions.begin(item, now=NOON + _HOUR) for _ in range(2)]
        assert begun == [True, False]
        there = a_ref(77, folder="Junk", uid_validity=2)
        await database.actions.finish(action, state=ActionState.DONE, now=NOON + _HOUR, moved_to=there)
        (done,) = await database.actions.done_since(NOON)
        assert (done.moved_to, done.message_id) == (there, "<1@example.com>")
        assert await database.actions.due(limit=9, begun_before=NOON + 9 * _HOUR) == ()

    async def test_a_message_has_one_turn_after_the_other(self, database: Database) -> None:
        """While an earlier action is planned or under way, a later one is neither due nor can be begun."""
        keyword, move = _keyword(a_ref(1)), _move(a_ref(1))
        await database.actions.plan([keyword, move], now=NOON)
        assert await _due(database) == [keyword]
        assert await _begin(database, [move]) == [False]
        assert await _begin(database, [keyword, move]) == [True, False]
        assert await _due(database) == []
        assert await _due(database, begun_before=NOON + _HOUR) == [keyword]
        await database.actions.finish(keyword, state=ActionState.PLANNED, now=NOON + _HOUR)
        assert await _due(database) == [keyword]
        assert await _begin(database, [move]) == [False]

    @pytest.mark.parametrize("state", [ActionState.DONE, ActionState.FAILED, ActionState.UNKNOWN, ActionState.UNDONE])
    async def test_what_has_ended_holds_up_nothing(self, database: Database, state: ActionState) -> None:
        """However it ended."""
        keyword, move = _keyword(a_ref(1)), _move(a_ref(1))
        await database.actions.plan([keyword, move], now=NOON)
        await database.actions.finish(keyword, state=state, now=NOON)
        assert await _due(database) == [move]
        assert await _begin(database, [move]) == [True]

    async def test_an_alert_waits_and_holds_up_nothing(self, database: Database) -> None:
        """It leaves the message as it is, so that a move need not wait until its owner may be told again."""
        keyword, move = _keyword(a_ref(1)), _move(a_ref(1))
        alert = Action(ref=a_ref(1), kind=ActionKind.ALERT, argument="phishing")
        await database.actions.plan([keyword, alert, move], now=NOON)
        assert await _begin(database, [alert]) == [False]
        await database.actions.finish(keyword, state=ActionState.DONE, now=NOON)
        assert await _due(database) == [alert, move]
        assert await _begin(database, [alert]) == [True]
        assert await _due(database) == [move]
        assert await _begin(database, [move]) == [True]

    async def test_other_messages_are_not_held_up(self, database: Database) -> None:
        """Not even where only one part of the name is another."""
        begun, moves = _keyword(a_ref(1)), [_move(ref) for ref in _OTHERS]
        await database.actions.plan([begun, *moves], now=NOON)
        assert await _begin(database, [begun]) == [True]
        assert await _due(database) == moves
        assert await _begin(database, moves) == [True] * len(moves)

    async def test_what_is_put_back_goes_behind_the_rest(self, database: Database) -> None:
        """Actions whose server is away do not keep others from their turn, however few are asked for."""
        first, second = _keyword(a_ref(1)), _keyword(a_ref(2))
        await database.actions.plan([first, second], now=NOON)
        assert await _due(database, limit=1) == [first]
        await database.actions.finish(first, state=ActionState.PLANNED, now=NOON + _HOUR)
        assert await _due(database, limit=1) == [second]
        assert await _begin(database, [second], now=NOON) == [True]
        assert await _due(database, limit=1, begun_before=NOON + _HOUR) == [second]
        assert await _due(database, limit=2, begun_before=NOON + _HOUR) == [second, first]
