"""Computes the states of threads from their stored turns, and has their mails marked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from glassdome.act import Performer
from glassdome.core.clock import Clock, zone_of
from glassdome.core.errors import StoreError
from glassdome.core.log import get_logger
from glassdome.pipeline.threads.turns import TurnMaker
from glassdome.replies.follow_up import plan_follow_up
from glassdome.values.preferences import Preferences
from glassdome.values.thread import Thread, ThreadState, Turn
from glassdome.values.thread_mail import ANSWER, WAITING, DueThread, Mark

if TYPE_CHECKING:
    from glassdome.store.preferences import PreferenceTable
    from glassdome.store.threads import Threads

__all__ = ["ThreadStates", "debt_turn", "marks_of", "next_look"]

_log = get_logger(__name__)
#: Threads of one round; where more are due, the next follows at once.
_BATCH: Final = 100
#: How long an open thread's state may rest; a reminder becomes right as days pass.
_REST: Final = timedelta(hours=6)


class ThreadStates:
    """May run in any number of processes: a state is stored only if no mail came meanwhile."""

    def __init__(
        self,
        threads: Threads,
        preferences: PreferenceTable,
        turns: TurnMaker,
        *,
        performer: Performer,
        clock: Clock,
        default_zone: str,
    ) -> None:
        """`performer` sets the marks at once where it can; what it cannot do stays in the ledger.

        `default_zone` is the time zone of owners who chose none.
        """
        self._default_zone = default_zone
        self._threads, self._preferences, self._turns = threads, preferences, turns
        self._performer, self._clock = performer, clock

    async def settle(self, mailbox: str = "") -> int:
        """Compute due states, of one mailbox or of all; return how many states were stored. Raises StoreUnavailable."""
        stored = 0
        while due := await self._threads.due(now=self._clock.now(), limit=_BATCH, mailbox=mailbox):
            fresh = [await self._one(item) for item in due]
            stored += sum(fresh)
            if len(due) < _BATCH or not any(fresh):
                break
        return stored

    async def _one(self, due: DueThread) -> bool:
        if not due.turns:
            await self._threads.drop(due)
            return True
        wishes, now = await self._preferences.get_preferences(due.mailbox), self._clock.now()
        zone = await asyncio.to_thread(zone_of, wishes.timezone, self._default_zone)
        thread = await asyncio.to_thread(
            self._turns.rules.thread_of,
            due.turns,
            owner=await self._turns.owner(due.mailbox),
            now=now.astimezone(zone),
            thread_id=due.thread_id,
            subject=due.subject,
            after_days=wishes.follow_up_days,
        )
        resting = debt_turn(thread, due.turns)
        marks, reminder = marks_of(thread, due.turns, wishes), plan_follow_up(thread, due.turns, wishes, now=now)
        stored = await self._threads.settle(
            due,
            thread,
            message=resting.ref if resting is not None else None,
            marks=marks,
            look_at=next_look(thread, now.astimezone(zone)),
            reminder=reminder,
            now=now,
        )
        changed = set(marks) != set(due.marks)
        if stored and (changed or reminder is not None):
            named = {m.message_id for m in (*due.marks, *marks)} if changed else set()
            await self._perform(due, named | ({reminder.message_id} if reminder is not None else set()))
        return stored

    async def _perform(self, due: DueThread, named: set[str]) -> None:
        """Perform at once the actions planned for those mails."""
        for ref in sorted({turn.ref for turn in due.turns if turn.message_id in named}):
            try:
                await self._performer.perform(ref)
            except StoreError as exc:
                _log.warning("actions_postponed", code=exc.code)


def debt_turn(thread: Thread, turns: tuple[Turn, ...]) -> Turn | None:
    """Return the newest mail with the sentence of the debt; None where there is none."""
    if thread.debt is None:
        return None
    said = (thread.debt.basis, thread.debt.quote)
    holding = [
        turn for turn in turns if said in {(debt.basis, debt.quote) for debt in (*turn.requests, *turn.promises)}
    ]
    return holding[-1] if holding else None


def marks_of(thread: Thread, turns: tuple[Turn, ...], wishes: Preferences) -> tuple[Mark, ...]:
    """Return the keywords that the thread's mails should have: on what the owner owes, or on their own last mail."""
    resting = debt_turn(thread, turns)
    if not wishes.flag_threads or thread.state is ThreadState.CLOSED:
        return ()
    if thread.state is ThreadState.OPEN_THEM:
        return _mark(WAITING, [turn for turn in turns if turn.mine])
    theirs = [turn for turn in turns if not turn.mine and not turn.suspected and turn.kind == "message"]
    return _mark(ANSWER, [resting] if resting is not None and not resting.mine else theirs)


def next_look(thread: Thread, now: datetime) -> datetime | None:
    """Return when time alone may change the state of an open thread: at the next midnight of its owner at the latest."""
    if thread.state is ThreadState.CLOSED:
        return None
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return min(now + _REST, midnight).astimezone(UTC)


def _mark(keyword: str, turns: list[Turn]) -> tuple[Mark, ...]:
    if not turns or not turns[-1].message_id:
        return ()
    return (Mark(keyword=keyword, message_id=turns[-1].message_id, ref=turns[-1].ref),)
