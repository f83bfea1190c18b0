"""Priority has no labels anywhere: whether each thing known of a mail moves it the way it must, on real mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from glassdome.core.errors import ParseError
from glassdome.engine.builtin import BuiltinEngine
from glassdome.parse import parse_message
from glassdome.values.context import Context, SenderHistory
from glassdome.values.message import Address, ListFacts, Message
from glassdome_lab.evaluation.samples import MailSample
from glassdome_lab.evaluation.stages import NO_MAILBOX

__all__ = ["CHECKS", "PriorityCheck", "measure_moves"]

_OWNER: Final = "owner@example.org"
_MINE: Final = Address(addr=_OWNER)
_ASKING: Final = "\n\nCould you please send me the signed form by Friday?\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityCheck:
    """One thing that is changed about a mail, and whether that may only raise its priority, or only lower it."""

    name: str
    raises: bool
    change: Callable[[Message, Context], tuple[Message, Context]]


def _with_sender(sender: SenderHistory) -> Callable[[Message, Context], tuple[Message, Context]]:
    return lambda message, context: (message, replace(context, sender=sender))


def _asking(message: Message, context: Context) -> tuple[Message, Context]:
    return replace(message, text=message.text + _ASKING, new_text=message.new_text + _ASKING), context


CHECKS: Final = (
    PriorityCheck(name="the owner answers the sender", raises=True, change=_with_sender(SenderHistory(seen=5, replied=5))),
    PriorityCheck(name="the owner reads the sender", raises=True, change=_with_sender(SenderHistory(seen=5, opened=5))),
    PriorityCheck(name="the owner junks the sender", raises=False, change=_with_sender(SenderHistory(seen=5, junked=5))),
    PriorityCheck(name="a first mail of a sender nobody knows", raises=True, change=_with_sender(SenderHistory())),
    PriorityCheck(
        name="the sender is a contact",
        raises=True,
        change=lambda m, c: (m, replace(c, contacts=frozenset({m.author.addr.lower()}))),
    ),
    PriorityCheck(name="a request with a day is added", raises=True, change=_asking),
    PriorityCheck(name="the owner is only in Cc", raises=False, change=lambda m, c: (replace(m, to=(), cc=(_MINE,)), c)),
    PriorityCheck(
        name="it came over a list",
        raises=False,
        change=lambda m, c: (replace(m, lists=ListFacts(list_id="dev.lists.example")), c),
    ),
)  # fmt: skip


def measure_moves(samples: Iterable[MailSample]) -> dict[str, Any]:
    """Return, per check, in how many mails the priority rose, stayed and fell, and in how many it moved the wrong way."""
    engine = BuiltinEngine()
    moves: dict[str, list[int]] = {check.name: [] for check in CHECKS}
    for sample in samples:
        try:
            message = parse_message(sample.place.read())
        except ParseError:
            continue
        message = replace(message, to=(_MINE,), cc=(), lists=ListFacts())
        context = replace(NO_MAILBOX, mailbox=_OWNER, known=True)
        before = _priority(engine, message, context)
        for check in CHECKS:
            moves[check.name].append(_priority(engine, *check.change(message, context)) - before)
    return {"mails": len(moves[CHECKS[0].name]), "checks": [_row(check, moves[check.name]) for check in CHECKS]}


def _priority(engine: BuiltinEngine, message: Message, context: Context) -> int:
    return engine.read(message, signals=(), sensitive=(), context=context).priority_score


def _row(check: PriorityCheck, moved: list[int]) -> dict[str, Any]:
    up, down = sum(m > 0 for m in moved), sum(m < 0 for m in moved)
    wrong = down if check.raises else up
    return {
        "check": check.name, "raises": check.raises, "rose": up, "stayed": len(moved) - up - down, "fell": down,
        "wrong": wrong,
    }  # fmt: skip
