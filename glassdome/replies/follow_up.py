"""Chooses the unanswered requests that get a reminder draft, and writes it; pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import takewhile
from typing import Final

from glassdome.core.scripts import in_its_script
from glassdome.replies.reply import ReplyText, day_of, reply_to
from glassdome.values.action import Action, ActionKind
from glassdome.values.message import Message
from glassdome.values.outgoing import OutgoingMessage
from glassdome.values.preferences import Preferences
from glassdome.values.thread import Thread, ThreadState, Turn
from glassdome.values.thread_mail import Reminder

__all__ = ["FOLLOW_UP", "REMINDERS", "language_of", "last_of_mine", "plan_follow_up", "reminder_to", "waits_for_others"]

#: The argument of an action that drafts a reminder of its message.
FOLLOW_UP: Final = "follow_up"
#: A request that is older is no longer brought up by itself: its owner knows why. Those who choose reminders today get
#: none of last year's mail.
_OLDEST: Final = timedelta(days=45)
#: Language -> words; read at import, since drafts are written on the event loop.
REMINDERS: Final[Mapping[str, Mapping[str, str]]] = tomllib.loads(
    (files("glassdome.replies") / "data" / "reminders.toml").read_text("utf-8")
)


def plan_follow_up(thread: Thread, turns: Sequence[Turn], wishes: Preferences, *, now: datetime) -> Reminder | None:
    """Return the reminder that is right now: of the owner's last mail, where others owe what it or one before it asks."""
    mine = last_of_mine(turns)
    if not (wishes.follow_up_drafts and thread.remind and waits_for_others(thread)) or mine is None:
        return None
    if not mine.message_id or now - mine.at > _OLDEST or language_of(turns) not in REMINDERS:
        return None
    action = Action(ref=mine.ref, kind=ActionKind.DRAFT, argument=FOLLOW_UP)
    own = takewhile(lambda turn: turn.mine or turn.kind != "message", reversed(turns))
    run = tuple(turn.message_id for turn in own if turn.mine and turn.message_id)
    return Reminder(action=action, message_id=mine.message_id, run=run or (mine.message_id,))


def waits_for_others(thread: Thread) -> bool:
    """Return whether others owe an answer to a request; what they promised by themselves is theirs to bring up."""
    return thread.state is ThreadState.OPEN_THEM and thread.debt is not None and thread.debt.basis == "request"


def last_of_mine(turns: Sequence[Turn]) -> Turn | None:
    """Return the owner's newest mail."""
    return next((turn for turn in reversed(turns) if turn.mine), None)


def language_of(turns: Sequence[Turn]) -> str:
    """Return the language of the owner's last mail that has one, else of the thread's last."""
    own = [turn.language for turn in turns if turn.mine and turn.language]
    return (own or [turn.language for turn in turns if turn.language] or [""])[-1]


def reminder_to(message: Message, answer: ReplyText) -> OutgoingMessage:
    """Return the reminder of the owner's own `message`, to those whom it was sent to; `answer.text` plays no part."""
    words = REMINDERS[in_its_script(answer.language, message.text)]
    text = words["text"].format(day=day_of(message, replace(answer, text=message.text)))
    whole = "\n\n".join((words["greeting"], text, words["closing"]))
    name = message.to[0].name if len(message.to) == 1 else ""
    return replace(
        reply_to(message, replace(answer, text=whole), purpose=FOLLOW_UP, greeted=name),
        to=message.to,
        cc=message.cc,
    )
