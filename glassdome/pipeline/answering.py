"""Plans what answers a judged mail: a draft for its owner, or an automatic answer that the owner wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import zone_of
from glassdome.core.errors import ActionForbidden
from glassdome.ports.addresses import OwnAddressBook
from glassdome.replies.automatic import absence_rule, fitting, is_away, why_no_answer
from glassdome.replies.plan import plan_reply
from glassdome.values.action import Action, ActionKind
from glassdome.values.analysis import Analysis
from glassdome.values.auto_answer import ABSENCE, AnswerRule
from glassdome.values.job import Job, JobReason
from glassdome.values.message import Message
from glassdome.values.preferences import Preferences

if TYPE_CHECKING:
    from glassdome.store.answers import AnswerRules

__all__ = ["Answering", "may_answer"]

#: Mail that is analysed for the first time, or by the model that was away; old mail is never answered.
_FRESH: Final = frozenset((JobReason.NEW, JobReason.UPGRADE))


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Reads the owner's rules, and who got an answer lately; `sends` is False where no mail can be sent.

    `default_zone` is the time zone of owners who chose none; `addresses` knows their aliases.
    """

    rules: AnswerRules
    sends: bool
    default_zone: str
    addresses: OwnAddressBook | None = None

    async def plan(
        self, message: Message, analysis: Analysis, wishes: Preferences, job: Job, *, now: datetime
    ) -> tuple[Action, ...]:
        """Return the actions that answer a mail, if it is to be answered at all; raises StoreUnavailable."""
        verdict, received = analysis.verdict, analysis.received_at
        drafts = plan_reply(message, verdict, wishes, job.ref, received=received, now=now)
        rule = await self._rule(message, analysis, wishes, now) if self.sends and job.reason in _FRESH else None
        argument = "" if rule is None else rule.name if rule.name == ABSENCE else rule.argument
        return drafts + ((Action(ref=job.ref, kind=ActionKind.ANSWER, argument=argument),) if argument else ())

    async def _rule(
        self, message: Message, analysis: Analysis, wishes: Preferences, now: datetime
    ) -> AnswerRule | None:
        """Return the first rule that fits and that its sender got no answer by in the rule's period."""
        mailbox = analysis.ref.mailbox
        rules = await self.rules.of(mailbox)
        if not rules and not wishes.absence:
            return None
        away = is_away(wishes, now, await asyncio.to_thread(zone_of, wishes.timezone, self.default_zone))
        own = await self.addresses.of(mailbox) if self.addresses is not None else frozenset({mailbox})
        fit = fitting(rules, message, analysis.verdict.categories)
        for rule in (*([absence_rule(wishes)] if away else []), *fit):
            if not _refused(message, analysis, rule, now, own) and not await self.rules.answered_since(
                mailbox, rule.name, message.mail_from or "", now - timedelta(days=rule.days)
            ):
                return rule
        return None


def may_answer(message: Message, analysis: Analysis, rule: AnswerRule, now: datetime, own: Collection[str]) -> None:
    """Raise ActionForbidden where RFC 3834 wants no answer to this mail; `own` are the owner's addresses."""
    if why := _refused(message, analysis, rule, now, own):
        raise ActionForbidden(why)


def _refused(message: Message, analysis: Analysis, rule: AnswerRule, now: datetime, own: Collection[str]) -> str:
    """Return why there is no answer; the addresses that the rule declares are the owner's, too (RFC 5230 4.5)."""
    every = {address.lower() for address in (analysis.ref.mailbox, *own, *rule.recipients)}
    return why_no_answer(message, analysis.verdict, every, received=analysis.received_at, now=now)
