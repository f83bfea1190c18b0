"""Sends the automatic answers that owners wrote: RFC 3834 and RFC 5230, each at most once.

Implements `ports.agent.AnswerSink`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.agents.tasks import SendEmail
from glassdome.core.clock import Clock, zone_of
from glassdome.core.errors import ActionForbidden, Conflict, RateLimited
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.pipeline.answering import may_answer
from glassdome.ports.addresses import OwnAddressBook
from glassdome.ports.agent import UNKNOWN_OUTCOME
from glassdome.ports.mail import MailSource
from glassdome.replies.automatic import absence_rule, answer_subject, is_away
from glassdome.replies.reply import answerable_id, references_of
from glassdome.store import Database
from glassdome.values.auto_answer import ABSENCE, AnswerRule
from glassdome.values.credentials import Credentials
from glassdome.values.message import Message
from glassdome.values.refs import MessageRef

__all__ = ["AutoAnswers"]

_PURPOSE: Final = "auto_answer"
#: Automatic answers of one mailbox in an hour: a wave of mail is no reason for a wave of answers.
_PER_HOUR: Final = 30


@dataclass(frozen=True, kw_only=True)
class AutoAnswers:
    """`login` returns the mailbox's own login: a master user reads mail and may not send it."""

    agent: MailcowAgent
    login: Callable[[str], Awaitable[Credentials]]
    source: MailSource
    stores: Database
    clock: Clock
    default_zone: str
    addresses: OwnAddressBook
    parse: Callable[[bytes], Message]

    async def answer(self, ref: MessageRef, argument: str) -> None:
        """Answer one mail; raises ActionForbidden with the reason where none is to be sent, RateLimited, Conflict."""
        now, rule = self.clock.now(), await self._rule(ref.mailbox, argument)
        known = await self.stores.analyses.get(ref)
        raw = await self.source.fetch(ref, max_bytes=MAX_MESSAGE_BYTES)
        message = await asyncio.to_thread(self.parse, raw)
        if known is None:
            raise ActionForbidden("The analysis of the mail was erased.")
        may_answer(message, known, rule, now, await self.addresses.of(ref.mailbox))
        await self._must_be_no_answer_to_ours(message)
        login = await self.login(ref.mailbox)
        await self._keep_rate(ref.mailbox)
        person, mail = message.mail_from or "", answerable_id(message) or str(ref)
        since = now - timedelta(days=rule.days)
        if not await self.stores.answer_rules.reserve(ref.mailbox, rule.name, person, mail, since=since, now=now):
            raise ActionForbidden("The sender got this answer lately (RFC 3834 2).")
        await self._send(self._mail(ref, rule, message, login, mail))

    async def _rule(self, mailbox: str, argument: str) -> AnswerRule:
        wishes = await self.stores.preferences.get_preferences(mailbox)
        if not wishes.chosen:
            raise ActionForbidden("The mailbox is not enabled any more.")
        if argument == ABSENCE:
            zone = await asyncio.to_thread(zone_of, wishes.timezone, self.default_zone)
            if is_away(wishes, self.clock.now(), zone):
                return absence_rule(wishes)
        for rule in await self.stores.answer_rules.of(mailbox):
            if rule.argument == argument and rule.enabled:
                return rule
        raise ActionForbidden("The owner switched this answer off.")

    async def _must_be_no_answer_to_ours(self, message: Message) -> None:
        for answered in message.in_reply_to[:3]:
            entry = await self.stores.outbox.get(f"<{answered}>")
            if entry is not None and entry.purpose == _PURPOSE:
                raise ActionForbidden("It answers an automatic answer of ours.")

    async def _keep_rate(self, mailbox: str) -> None:
        since = self.clock.now() - timedelta(hours=1)
        sent = await self.stores.outbox.count(mailbox=mailbox, since=since, purpose=_PURPOSE)
        if sent >= _PER_HOUR:
            raise RateLimited(f"{mailbox} sent {sent} automatic answers within an hour.")

    async def _send(self, mail: SendEmail) -> None:
        try:
            await self.agent.send(mail)
        except Conflict as exc:
            if exc.facts.get("reason") == UNKNOWN_OUTCOME:
                raise
            # By another process, or by one that died: after a while the outbox knows.
            raise RateLimited("The answer is being sent by another process.") from exc

    def _mail(self, ref: MessageRef, rule: AnswerRule, message: Message, login: Credentials, mail: str) -> SendEmail:
        """Return the answer: to the return path, in the mail's thread, marked as automatic (RFC 3834 3.1, 4)."""
        return SendEmail(
            mailbox=ref.mailbox,
            password=login.password,
            login=login.user,
            to_addresses=[message.mail_from or ""],
            subject=answer_subject(rule.subject, message.subject),
            body=rule.text,
            in_reply_to=answerable_id(message),
            references=list(references_of(message)),
            auto_submitted="auto-replied",
            null_sender=True,
            purpose=_PURPOSE,
            idempotency_key=f"{_PURPOSE}:{rule.argument}:{mail}",
            allow_sensitive=True,
            save_copy=False,
        )
