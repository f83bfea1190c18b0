"""Says how a thread stands: who owes whom an answer, and whether a reminder would be right now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from glassdome.engine.builtin.words import words_of
from glassdome.threads.learned import corrected
from glassdome.threads.lexicon import stems_of
from glassdome.threads.payment import (
    enjoyed,
    found_it,
    has_come,
    is_choice,
    is_content,
    is_paid,
    newer,
    renews,
    takes_on,
)
from glassdome.threads.standing import OpenDebt, may_remind, reason_of, standing_of, state_of, waits_until
from glassdome.threads.summary import summarize_thread
from glassdome.threads.traits import thread_traits
from glassdome.values.thread import Debt, Owner, Thread, Turn

__all__ = ["thread_of", "traits_of"]

_LONG_WORD: Final = 5
#: Words up to which a question asks for consent alone.
_CONSENT: Final = 6


@dataclass(slots=True)
class _Course:
    """The debts of a thread while its turns are read one after another."""

    owner: Owner
    open: list[OpenDebt]
    my_ids: set[str]
    #: People unknown to the owner, who sell.
    sellers: set[str] = field(default_factory=set)
    asked_of_me: Debt | None = None
    asked_of_them: Debt | None = None
    #: The day until which one side would let it rest, by the owner or not, and the day on which both agreed.
    proposed: tuple[date, bool] | None = None
    rest: date | None = None
    #: Every debt that stood open after some turn, by its identity.
    ever: dict[int, OpenDebt] = field(default_factory=dict)

    def standing(self, turns: Sequence[Turn], now: datetime) -> OpenDebt | None:
        """Return the debt that the thread stands on at `now`, by the rules and the trained model."""
        rules = standing_of(self.open, now.date())
        # Fraud in a thread, which may come under the name of one who takes part, must not turn its reading.
        heard = [turn for turn in turns if not turn.suspected]
        if self.rest is not None or not heard:
            return rules
        return corrected(rules, heard, self.traits(heard, now), self.owner, tuple(self.ever.values()))

    def traits(self, turns: Sequence[Turn], now: datetime) -> dict[str, float]:
        """Return the traits that the trained model weighs."""
        rules, debts = standing_of(self.open, now.date()), tuple(self.ever.values())
        return thread_traits(turns, owner=self.owner, now=now, standing=rules, open_debts=self.open, all_debts=debts)


def traits_of(turns: Iterable[Turn], *, owner: Owner, now: datetime) -> dict[str, float]:
    """Return the traits of a thread of one mail at least, from which the model of standings is trained."""
    ordered = _ordered(turns)
    return _course(ordered, owner).traits(ordered, now)


def thread_of(
    turns: Iterable[Turn], *, owner: Owner, now: datetime, thread_id: str = "", subject: str = "", after_days: int = 0
) -> Thread:
    """Return the thread that `turns` make at `now`, one turn at least.

    `after_days` is the owner's own wish of how long others have for an answer; 0 takes the usual four days.
    """
    ordered = _ordered(turns)
    course = _course(ordered, owner)
    first, last = ordered[0], ordered[-1]
    standing = course.standing(ordered, now)
    state = state_of(standing)
    waits = waits_until(standing) if standing else course.rest
    return Thread(
        thread_id=thread_id or first.message_id, subject=subject or first.subject, people=_people(ordered), state=state,
        debt=standing.debt if standing else None, since=standing.since if standing else None, waiting_until=waits,
        remind=standing is not None and may_remind(standing, now, after_days),
        why=reason_of(standing, ordered, course.rest), asked_of_me=course.asked_of_me, asked_of_them=course.asked_of_them,
        last_at=last.at, mails=len(ordered), summary=summarize_thread(ordered, standing.debt if standing else None),
    )  # fmt: skip


def _ordered(turns: Iterable[Turn]) -> list[Turn]:
    ordered = sorted({turn.message_id or str(turn.ref): turn for turn in turns}.values(), key=lambda turn: turn.at)
    if not ordered:
        raise ValueError("a thread has one mail at least")
    return ordered


def _course(ordered: Sequence[Turn], owner: Owner) -> _Course:
    course = _Course(owner=owner, open=[], my_ids=set())
    for turn in ordered:
        _step(course, turn)
        course.ever.update((id(item), item) for item in course.open)
    return course


def _people(turns: Sequence[Turn]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for turn in turns for address in (turn.author, *turn.to, *turn.cc) if address))


def _step(course: _Course, turn: Turn) -> None:
    if turn.mine:
        course.my_ids.add(turn.message_id)
    if turn.suspected or turn.kind in ("automatic", "report"):
        return
    if turn.kind == "absence":
        _hold(course.open, turn)
        return
    if _rests(course, turn):
        return
    owing = any(_owes(item, turn, course.owner) for item in course.open)
    if turn.withdraws:
        course.open = [item for item in course.open if not _concerns(item, turn)]
    else:
        _settle(course, turn)
    _add(course, turn, owing=owing)


def _rests(course: _Course, turn: Turn) -> bool:
    """Note a day until which a turn would let all rest, and return whether this turn agrees to the other's."""
    proposed, course.proposed = course.proposed, None
    if proposed is not None and proposed[1] != turn.mine and not turn.requests and (turn.settles or turn.accepts):
        course.rest, course.open = proposed[0], []
        return True
    if turn.requests or turn.promises:
        course.rest = None
    owes = any(item.debt.action and not _is_early_ask(item, turn) for item in course.open)
    if turn.defers_until is not None and not owes and not _wants(turn):
        course.proposed = (turn.defers_until, turn.mine)
    return False


def _is_early_ask(item: OpenDebt, turn: Turn) -> bool:
    """Return whether the turn's author asked for it, and may put all of it off."""
    return item.creditor == turn.author and item.debt.basis == "request"


def _wants(turn: Turn) -> bool:
    """Return whether a turn asks for more than consent ("Is that all right?")."""
    return any(len(words_of(debt.quote)) > _CONSENT for debt in turn.requests)


def _concerns(item: OpenDebt, turn: Turn) -> bool:
    """Return whether a turn's author is the one who owes or the one who is owed."""
    return turn.mine or item.creditor == turn.author or not item.mine


def _hold(items: list[OpenDebt], turn: Turn) -> None:
    for item in items:
        if not item.mine and turn.away_until is not None:
            item.waits = turn.away_until


def _settle(course: _Course, turn: Turn) -> None:
    """Close, change or hold the debts from before this turn."""
    owed = [item for item in course.open if _owes(item, turn, course.owner)]
    due_to = [item for item in course.open if item.creditor == turn.author and item not in owed]
    left = _left(course, turn, owed) + _unanswered(turn, owed)
    if turn.pending and not turn.delivers and not turn.promises:
        left += [item for item in owed if item.debt.action]
    asked = [item for item in owed if item.debt.basis == "request"]
    consents = turn.accepts and any(not item.debt.action for item in asked)
    for item in owed:
        if item in left:
            item.blocked = False
        elif not renews(item, turn) and is_paid(
            item, turn, answered=turn.settles or (consents and not is_choice(item.debt)), newer=newer(item, asked)
        ):
            course.open.remove(item)
        elif turn.promises or takes_on(item, turn) or renews(item, turn):
            _promise_instead(course, item, turn)
        elif turn.defers_until is not None:
            item.waits = turn.defers_until
        elif turn.requests and not turn.leaves:
            item.blocked = True
    for item in due_to:
        if turn.accepts and (turn.kind == "calendar" or found_it(item, turn)):
            course.open.remove(item)
        elif has_come(item, turn) or enjoyed(item, turn) or is_content(item, turn):
            _receive(course, item, turn)
        elif item.debt.anyone and not item.debt.to and turn.at - item.since >= timedelta(days=1) and not turn.requests:
            course.open.remove(item)
        elif moved := turn.moved_to or (turn.defers_until if item.debt.basis == "promise" else None):
            item.debt = replace(item.debt, due=moved)
        if turn.settles or turn.accepts or turn.received:
            item.blocked = False
    for item in course.open:
        item.answered = item.answered or _writes_to_creditor(item, turn, course.owner)


def _writes_to_creditor(item: OpenDebt, turn: Turn, owner: Owner) -> bool:
    """Return whether the turn may be an answer by somebody else: not where each was asked for something by name."""
    told = item.creditor in (*turn.to, *turn.cc) and item.creditor != turn.author and not turn.requests
    return told and turn.kind == "message" and (turn.mine == item.mine or not item.alone or owner.is_me(item.creditor))


def _receive(course: _Course, item: OpenDebt, turn: Turn) -> None:
    """Close what came; thanks for news do not pay a promise that was made in the mail they answer."""
    promised_last = item.debt.basis == "promise" and not turn.settles
    if not (turn.requests and item.debt.basis == "request") and not (promised_last and turn.promises):
        course.open.remove(item)


def _owes(item: OpenDebt, turn: Turn, owner: Owner) -> bool:
    """Return whether the turn's author can pay the debt: the owner or a colleague who answers, or anybody asked."""
    if item.creditor == turn.author:
        return False
    if item.mine:
        if turn.mine:
            return True
        answers = not item.alone and owner.is_colleague(turn.author) and item.creditor in (*turn.to, *turn.cc)
        return (answers and not owner.is_colleague(item.creditor)) or item.debt.anyone
    return not turn.mine and (
        not owner.is_colleague(turn.author) or turn.author in item.debt.to or _asked_alone(item, turn)
    )


def _asked_alone(item: OpenDebt, turn: Turn) -> bool:
    return not item.debt.to


def _promise_instead(course: _Course, item: OpenDebt, turn: Turn) -> None:
    """Put the promise in the place of what it answers; what has no day of its own keeps the one that was wanted."""
    if item not in course.open:
        return
    course.open.remove(item)
    by_colleague = item.mine and not turn.mine
    if by_colleague:
        return
    taken = replace(turn.names_day, weak=False) if turn.names_day is not None and renews(item, turn) else None
    made = next(iter(turn.promises), taken) or Debt(basis="promise", quote=turn.gist or item.debt.quote, action=True)
    if made.due is None:
        made = replace(made, due=item.debt.due)
    if not any(other.debt.quote == made.quote and other.mine == item.mine for other in course.open):
        waits = bool(turn.requests) and made.due is None
        course.open.append(OpenDebt(debt=made, mine=item.mine, creditor=item.creditor, since=turn.at, blocked=waits))


def _left(course: _Course, turn: Turn, owed: Sequence[OpenDebt]) -> list[OpenDebt]:
    """Return the debts that a colleague's or the owner's answer leaves to the owner: of several, the one most alike."""
    mine = [item for item in owed if item.mine]
    kept: list[OpenDebt] = []
    theirs = [item for item in owed if not item.mine]
    for address, sentence in turn.leaves:
        pool = mine if course.owner.is_me(address) else [item for item in theirs if address in item.debt.to]
        if pool and not turn.mine:
            words = _content(sentence)
            told = [(len(words & _content(item.debt.quote)), number) for number, item in enumerate(pool)]
            best = max(told)
            kept.append(pool[best[1]] if best[0] else pool[0])
    return kept


def _unanswered(turn: Turn, owed: Sequence[OpenDebt]) -> list[OpenDebt]:
    """Return the questions of one mail that an answer says nothing of, where it says less than was asked.

    It must share a word with one of them: else it answers all in words of its own ("Yes to both").
    """
    asked = [item for item in owed if item.debt.basis == "request" and not item.debt.weak]
    latest = [item for item in asked if item.since == max(other.since for other in asked)]
    if len(latest) < 2 or turn.points > len(latest) or (turn.requests and not turn.settles) or turn.promises:
        return []
    told = set(turn.told)
    silent = [item for item in latest if not told & stems_of(item.debt.quote)]
    return silent if len(silent) < len(latest) else []


def _content(text: str) -> set[str]:
    return {word[:_LONG_WORD] for word in words_of(text) if len(word) >= _LONG_WORD}


def _add(course: _Course, turn: Turn, *, owing: bool) -> None:
    """Open what the turn asks and promises; `owing` says that its author owed something before it."""
    mine_asked = [debt for debt in turn.requests if _is_asked_of_me(debt, turn, course)]
    if not course.my_ids and (turn.pitch or turn.author in course.sellers):
        course.sellers.add(turn.author)
        return
    if turn.mine:
        _ask(course, turn, turn.requests, mine=False)
    elif mine_asked and not turn.no_reply:
        _ask(course, turn, mine_asked, mine=True)
    if not _counts(turn, course):
        return
    for debt in turn.promises[:1]:
        if not owing and _is_plan(debt, turn):
            continue  # its writer tells a plan of their own ("I want to finish the bill. Could you add your hours?")
        if not any(item.debt.quote == debt.quote for item in course.open):
            creditor = _creditor(turn, course.owner)
            course.open = [
                item
                for item in course.open
                if item.debt.basis != "promise" or item.mine != turn.mine or item.debt.action is False
            ]
            waits = bool(turn.requests) and debt.due is None
            course.open.append(
                OpenDebt(
                    debt=debt,
                    mine=turn.mine,
                    creditor=creditor,
                    since=turn.at,
                    blocked=waits,
                    sure=owing or not debt.weak,
                )
            )


def _is_plan(debt: Debt, turn: Turn) -> bool:
    """Return whether a promise that nobody asked for tells a plan or news: no day, or another's words that are not clear."""
    if debt.due is not None:
        return debt.weak and not turn.mine
    return debt.weak or bool(turn.requests)


def _counts(turn: Turn, course: _Course) -> bool:
    """Return whether a promise binds somebody towards the owner, or the owner."""
    if turn.mine:
        return True
    outside = not course.owner.is_colleague(turn.author) or all(
        course.owner.is_me(a) or course.owner.is_colleague(a) for a in turn.to
    )
    return outside and any(map(course.owner.is_me, turn.to)) and turn.kind == "message"


def _creditor(turn: Turn, owner: Owner) -> str:
    if turn.mine:
        return next((address for address in turn.to if not owner.is_me(address)), "")
    return next((address for address in turn.to if owner.is_me(address)), "")


def _ask(course: _Course, turn: Turn, debts: Sequence[Debt], *, mine: bool) -> None:
    if not debts:
        return
    promised = any(item.mine == mine and item.debt.basis == "promise" for item in course.open)
    if promised and not any(debt.quote.endswith("?") for debt in debts):
        return  # it reminds of the promise
    shown = debts[0]
    if mine:
        course.asked_of_me = shown
    else:
        course.asked_of_them = shown
    course.open = [
        item
        for item in course.open
        if not (
            item.mine == mine and item.creditor == turn.author and item.debt.basis == "request" and _again(item, turn)
        )
    ]
    listed = turn.kind == "list"
    alone = mine and any(debt.to and not any(map(course.owner.is_me, debt.to)) for debt in turn.requests)
    course.open += [
        OpenDebt(debt=debt, mine=mine, creditor=turn.author, since=turn.at, listed=listed, alone=alone)
        for debt in debts
    ]


def _again(item: OpenDebt, turn: Turn) -> bool:
    """Return whether the turn asks once more: a reminder takes the place of what it reminds of."""
    return item.since < turn.at and not item.blocked


def _is_asked_of_me(debt: Debt, turn: Turn, course: _Course) -> bool:
    owner = course.owner
    if debt.to:
        return any(map(owner.is_me, debt.to))
    if turn.kind == "list":
        return bool(course.my_ids.intersection(turn.in_reply_to))
    if any(map(owner.is_me, turn.to)):
        return True
    return not any(map(owner.is_me, turn.cc)) and not any(map(owner.is_colleague, turn.to))
