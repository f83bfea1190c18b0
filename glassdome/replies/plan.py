"""Chooses the mails that get a reply draft; pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from glassdome.engine.builtin.author import has_machine_address
from glassdome.replies.reply import answerable_id
from glassdome.values.action import Action, ActionKind
from glassdome.values.ask import nobody_proven
from glassdome.values.message import Message
from glassdome.values.preferences import Preferences
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label, Verdict
from glassdome.verdict.draft import may_be_answered

__all__ = ["REPLY", "is_trusted", "plan_reply", "wants_reply_draft"]

#: The argument of an action that drafts an answer to its message.
REPLY: Final = "reply"
#: A mail that is older was answered, or left, long ago.
_NEWEST: Final = timedelta(days=3)
#: Tags of a verdict that leaves something open.
_DOUBTS: Final = frozenset(("unknown", "injection"))


def plan_reply(
    message: Message, verdict: Verdict, wishes: Preferences, ref: MessageRef, *, received: datetime, now: datetime
) -> tuple[Action, ...]:
    """Return the action that puts a reply draft where the owner writes, for a mail that is worth an answer."""
    wanted = wishes.drafts and now - received <= _NEWEST and wants_reply_draft(message, verdict, ref.mailbox)
    return (Action(ref=ref, kind=ActionKind.DRAFT, argument=REPLY),) if wanted else ()


def wants_reply_draft(message: Message, verdict: Verdict, mailbox: str) -> bool:
    """Return whether a person waits for an answer to this mail, and nothing about it is suspicious."""
    if verdict.attention not in ("now", "answer") or not verdict.auto_reply_suggestion:
        return False
    if verdict.degraded or not is_trusted(verdict):
        return False
    return _is_from_another_person(message, mailbox) and bool(answerable_id(message))


def is_trusted(verdict: Verdict) -> bool:
    """Return whether nothing speaks for fraud or spam, and every ask is from somebody proven."""
    clean = verdict.label is Label.HAM and not _DOUBTS & set(verdict.tags)
    quiet = may_be_answered(verdict.phishing_score or 0.0, verdict.spam_score)
    return clean and quiet and not nobody_proven(verdict.asks)


def _is_from_another_person(message: Message, mailbox: str) -> bool:
    author = message.author.addr.lower()
    others = "@" in author and author != mailbox.lower()
    machine = message.lists.is_list or message.lists.is_automatic or has_machine_address(message)
    return others and not machine and message.report is None and message.mail_from != ""
