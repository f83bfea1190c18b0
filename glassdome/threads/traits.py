"""The traits of a thread that the trained model of standings weighs: the reading by rules, and the last mails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from glassdome.engine.builtin.acts import ACTS
from glassdome.threads.standing import OpenDebt, may_remind
from glassdome.values.thread import Owner, Turn

__all__ = ["STANDINGS", "standing_name", "thread_traits"]

#: The standings of a thread: no debt, or one of a side, from a request or a promise.
STANDINGS: Final = ("closed", "me_request", "me_promise", "them_request", "them_promise")
#: Mails that are weighed one by one, the last first.
_LAST: Final = 3
_MOST_MAILS: Final = 6
_MOST_DEBTS: Final = 3
_MOST_DAYS: Final = 60
_MOST_POINTS: Final = 5


def standing_name(item: OpenDebt | None) -> str:
    """Return the standing that a debt makes, `closed` without one."""
    if item is None:
        return STANDINGS[0]
    return f"{'me' if item.mine else 'them'}_{item.debt.basis}"


def thread_traits(
    turns: Sequence[Turn],
    *,
    owner: Owner,
    now: datetime,
    standing: OpenDebt | None,
    open_debts: Sequence[OpenDebt],
    all_debts: Sequence[OpenDebt],
) -> dict[str, float]:
    """Return the traits that are not zero, each of 0 to 1 or a small count, by name.

    `turns` are in the order of time, `standing` and `open_debts` are the findings of the rules at `now`, and `all_debts` every debt
    that stood open after some turn.
    """
    traits = {f"rule={standing_name(standing)}": 1.0, "mails": min(len(turns), _MOST_MAILS) / _MOST_MAILS}
    traits["single"] = float(len(turns) == 1)
    traits["age"] = _days(now, turns[-1].at)
    for name, items in (("open", open_debts), ("ever", all_debts)):
        mine = sum(item.mine for item in items)
        traits[f"{name}_me"] = float(min(mine, _MOST_DEBTS))
        traits[f"{name}_them"] = float(min(len(items) - mine, _MOST_DEBTS))
    if standing is not None:
        traits.update(_of_standing(standing, turns, now))
    for place, turn in enumerate(reversed(turns[-_LAST:])):
        traits.update(_of_turn(turn, place, owner))
    return {name: value for name, value in traits.items() if value}


def _days(now: datetime, then: datetime) -> float:
    return min(max((now - then).days, 0), _MOST_DAYS) / _MOST_DAYS


def _of_standing(item: OpenDebt, turns: Sequence[Turn], now: datetime) -> Iterator[tuple[str, float]]:
    debt = item.debt
    side = "me" if item.mine else "them"
    said = {
        "weak": debt.weak, "action": debt.action, "anyone": debt.anyone, "due": debt.due is not None,
        "past": debt.due is not None and debt.due < now.date(), "answered": item.answered, "blocked": item.blocked,
        "listed": item.listed, "unsure": not item.sure, "waits": item.waits is not None, "named": bool(debt.to),
        "question": debt.quote.endswith("?"), "reminds": may_remind(item, now),
    }  # fmt: skip
    for name, value in said.items():
        yield f"debt_{name}", float(value)
        yield f"debt_{side}_{name}", float(value)
    later = [turn for turn in turns if turn.at > item.since]
    yield "later_mine", float(any(turn.mine for turn in later))
    yield "later_other", float(any(not turn.mine for turn in later))
    yield "later_none", float(not later)
    yield "debt_age", _days(now, item.since)


def _of_turn(turn: Turn, place: int, owner: Owner) -> Iterator[tuple[str, float]]:
    writer = "me" if turn.mine else "colleague" if owner.is_colleague(turn.author) else "other"
    yield f"{place}_{writer}", 1.0
    yield f"{place}_kind={turn.kind}", 1.0
    for name, value in (*_flags(turn, owner), *zip(ACTS, turn.acts, strict=False)):
        yield f"{place}_{name}", float(value)
        yield f"{place}_{writer}_{name}", float(value)
    for name, value in zip(ACTS, turn.last_acts, strict=False):
        yield f"{place}_last_{name}", value


def _flags(turn: Turn, owner: Owner) -> Iterator[tuple[str, float]]:
    requests, people = turn.requests, (*turn.to, *turn.cc)
    yield "asks", bool(requests)
    yield "asked", min(len(requests), _MOST_DEBTS) / _MOST_DEBTS
    yield "vows", bool(turn.promises)
    yield "vows_weakly", any(debt.weak for debt in turn.promises)
    yield "asks_weakly", bool(requests) and all(debt.weak for debt in requests)
    yield "named", any(debt.to for debt in requests)
    yield "named_me", any(owner.is_me(address) for debt in requests for address in debt.to)
    yield "question", any(debt.quote.endswith("?") for debt in requests)
    for name in ("settles", "delivers", "accepts", "received", "thanks", "withdraws", "no_reply", "pending", "pitch"):
        yield name, bool(getattr(turn, name))
    yield "points", min(turn.points, _MOST_POINTS) / _MOST_POINTS
    yield "leaves", bool(turn.leaves)
    yield "defers", turn.defers_until is not None
    yield "moves", turn.moved_to is not None
    yield "names_day", turn.names_day is not None
    yield "to_me", any(map(owner.is_me, turn.to))
    yield "cc_me", any(map(owner.is_me, turn.cc))
    yield "people", min(len(people), _MOST_POINTS) / _MOST_POINTS
    yield "answers", bool(turn.in_reply_to)
