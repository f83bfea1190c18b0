"""Makes the kept part of a mail in its thread: its turn, without sensitive values, and the names that link it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from glassdome.core.errors import GlassdomeError
from glassdome.core.log import get_logger
from glassdome.core.unexpected import wrap_unexpected
from glassdome.pipeline.process import Judged
from glassdome.ports.addresses import OwnAddressBook
from glassdome.signals.host_lists import free_mail
from glassdome.values.masking import Masker
from glassdome.values.message import Message
from glassdome.values.refs import MessageRef
from glassdome.values.signal import SensitiveFinding
from glassdome.values.thread import Debt, Owner, Thread, Turn
from glassdome.values.thread_mail import ThreadMail
from glassdome.values.verdict import Label

if TYPE_CHECKING:
    from glassdome.store.threads import Threads

__all__ = ["SUSPECTED", "ThreadRules", "TurnMaker"]

_log = get_logger(__name__)
#: Verdicts on mail that asks nothing of anybody.
SUSPECTED = frozenset({Label.PHISH, Label.SPAM})


@dataclass(frozen=True, kw_only=True)
class ThreadRules:
    """The rules by which mails are read as turns, and turns as a thread; see `glassdome.threads`."""

    turn_of: Callable[..., Turn]
    thread_of: Callable[..., Thread]
    base_subject: Callable[[str], tuple[str, bool]]


@dataclass(frozen=True, kw_only=True)
class TurnMaker:
    """Makes turns for the mailboxes of one database."""

    threads: Threads
    rules: ThreadRules
    addresses: OwnAddressBook | None = None

    async def of_judged(self, judged: Judged, *, wanted: bool, now: datetime) -> ThreadMail | None:
        """Return the mail of an analysis; None where it cannot be read as a turn, which costs no analysis."""
        verdict, ref = judged.analysis.verdict, judged.analysis.ref
        suspected = verdict.label in SUSPECTED and not wanted
        try:
            return await wrap_unexpected(
                "Reading a mail as a turn",
                lambda: self.of(judged.message, ref, suspected=suspected, sensitive=verdict.sensitive, now=now),
            )
        except GlassdomeError as exc:
            _log.warning("turn_not_read", mailbox=ref.mailbox, folder=ref.folder, uid=ref.uid, code=exc.code)
            return None

    async def of(
        self,
        message: Message,
        ref: MessageRef,
        *,
        sent: bool = False,
        suspected: bool = False,
        sensitive: Iterable[SensitiveFinding] = (),
        now: datetime,
    ) -> ThreadMail:
        """Return the kept part of a message; `sent` says that it lies in a folder of sent mail, so that its owner wrote it."""
        owner = await self.owner(ref.mailbox)
        mine, forged = sent or owner.is_me(message.author.addr.lower()), not sent and _is_forged(message, owner)
        # In a thread: the rules read their words from files at first, and a long mail takes a while.
        turn = await asyncio.to_thread(
            self.rules.turn_of,
            message,
            ref=ref,
            owner=owner,
            mine=mine and not forged,
            at=now,
            suspected=suspected or forged,
        )
        masker = Masker.of(message, sensitive)
        subject, reply = self.rules.base_subject(message.subject)
        references = (*message.references, *(one for one in message.in_reply_to if one not in message.references))
        turn = replace(_masked(turn, masker), at=min(turn.at, now))
        return ThreadMail(turn=turn, references=references, subject=masker.text(subject), reply=reply)

    async def owner(self, mailbox: str) -> Owner:
        """Return the owner as known from sent mail and aliases; people of the same domain are colleagues, unless anybody may be there."""
        domain = mailbox.rpartition("@")[2].lower()
        known = await self.threads.owner(mailbox)
        own = await self.addresses.of(mailbox) if self.addresses is not None else frozenset()
        return replace(known, addresses=known.addresses | own, domains=frozenset({domain} - free_mail()))


def _is_forged(message: Message, owner: Owner) -> bool:
    """Return whether a mail under the owner's name came from outside without proof.

    A copy that a mail program filed itself was never delivered: it has no Received field.
    """
    named = owner.is_me(message.author.addr.lower())
    return named and message.received is not None and not message.authenticity


def _masked(turn: Turn, masker: Masker) -> Turn:
    if not masker:
        return turn
    return replace(
        turn,
        subject=masker.text(turn.subject),
        requests=_debts(turn.requests, masker),
        promises=_debts(turn.promises, masker),
        leaves=tuple((masker.text(sentence), name) for sentence, name in turn.leaves),
        decisions=tuple(map(masker.text, turn.decisions)),
        gist=masker.text(turn.gist),
    )


def _debts(debts: Iterable[Debt], masker: Masker) -> tuple[Debt, ...]:
    return tuple(replace(debt, quote=masker.text(debt.quote)) for debt in debts)
