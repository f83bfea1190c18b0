"""Picks the debt that a thread stands on, and says if a reminder would be right now, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from glassdome.values.thread import Debt, ThreadState, Turn

__all__ = ["OpenDebt", "may_remind", "reason_of", "standing_of", "state_of", "waits_until"]

#: Days without an answer after which a reminder is right: of what the owner owes, of what others owe, of promises without a day.
_MY_DAYS: Final = 2
_THEIR_DAYS: Final = 4
_PROMISE_DAYS: Final = 7
_MY_PROMISE_DAYS: Final = 4
#: Days before a due day from which on the owner is reminded, at once and where the request lies there for a while, and days
#: after an absence in which there is none.
_BEFORE_DUE: Final = 2
_SOON: Final = 5
_AFTER_ABSENCE: Final = 2
#: Days after which an answer is expected no more.
_STALE: Final = 365


@dataclass(slots=True)
class OpenDebt:
    """A debt that is open: who owes it, to whom, since when, and what holds it back.

    `alone` says that its mail asks others for other things by name, `answered` that somebody has written to the creditor since.
    `sure` is False for a promise that nobody asked for, in words that may mean something else: no reminder builds on it.
    """

    debt: Debt
    mine: bool
    creditor: str
    since: datetime
    blocked: bool = False
    waits: date | None = None
    listed: bool = False
    alone: bool = False
    answered: bool = False
    sure: bool = True


def standing_of(items: Sequence[OpenDebt], today: date) -> OpenDebt | None:
    """Return the debt that decides: the owner's before others', those blocked by a question back last."""
    mine = [item for item in items if item.mine and not (item.blocked and _is_early(item, today))]
    theirs = [item for item in items if not item.mine]
    held = [item for item in items if item.mine and item.blocked]
    for group in (mine, theirs, held):
        if group:
            return _chosen(group)
    return None


def _is_early(item: OpenDebt, today: date) -> bool:
    return item.debt.due is None or item.debt.due >= today


def _chosen(items: Sequence[OpenDebt]) -> OpenDebt:
    """Return the newest; of one mail, the first that is clear, with the day of the others where it has none."""
    latest = max(item.since for item in items)
    same = [item for item in items if item.since == latest]
    best = next((item for item in same if not item.debt.weak and not item.debt.anyone), same[0])
    if best.debt.due is None:
        due = next((item.debt.due for item in same if item.debt.due is not None), None)
        best = replace(best, debt=replace(best.debt, due=due))
    return best


def state_of(item: OpenDebt | None) -> ThreadState:
    if item is None:
        return ThreadState.CLOSED
    return ThreadState.OPEN_ME if item.mine else ThreadState.OPEN_THEM


def waits_until(item: OpenDebt) -> date | None:
    days = [
        day for day in (item.waits, item.debt.due if not item.mine or item.debt.basis == "promise" else None) if day
    ]
    return max(days, default=None)


def may_remind(item: OpenDebt, now: datetime, their_days: int = 0) -> bool:
    today = now.date()
    since = today - item.since.astimezone(now.tzinfo).date()
    if since > timedelta(days=_STALE) or not item.sure or (item.listed and not item.mine):
        return False
    if item.waits is not None and today <= item.waits + timedelta(days=_AFTER_ABSENCE if not item.mine else 0):
        return False
    if item.debt.due is not None:
        ahead = (item.debt.due - today).days
        if not item.mine or item.debt.basis == "promise":
            return ahead < 0
        return ahead <= _BEFORE_DUE or (ahead <= _SOON and since >= timedelta(days=_MY_DAYS))
    if item.debt.basis == "promise":
        return since >= timedelta(days=_MY_PROMISE_DAYS if item.mine else _PROMISE_DAYS)
    return since >= timedelta(days=_MY_DAYS if item.mine else (their_days or _THEIR_DAYS))


def reason_of(item: OpenDebt | None, turns: Sequence[Turn], rest: date | None = None) -> str:
    """Return the reason in one plain sentence."""
    if item is None and rest is not None:
        return f"Both let it rest until {rest.isoformat()}."
    if item is None:
        last = next((turn for turn in reversed(turns) if turn.kind == "message"), turns[-1])
        if last.withdraws:
            return "The request was taken back."
        return "Nothing is asked or promised that is still open."
    due = f" by {item.debt.due.isoformat()}" if item.debt.due is not None else ""
    day = item.since.date().isoformat()
    if item.debt.basis == "promise":
        return f"You promised it on {day}{due}." if item.mine else f"They promised it on {day}{due}."
    return (
        f"You were asked on {day} for an answer{due}."
        if item.mine
        else f"You asked on {day} and wait for an answer{due}."
    )
