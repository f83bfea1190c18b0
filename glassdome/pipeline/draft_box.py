"""Puts the planned drafts where owners write. Implements `ports.agent.DraftSink`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import zone_of
from glassdome.core.errors import ActionForbidden
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.parse import parse_message
from glassdome.ports.mail import DraftStore, MailSource
from glassdome.replies.reply import ReplyText, answerable_id, reply_to
from glassdome.values.agent import PerformedAction
from glassdome.values.draft import ReplyDraft, StoredDraft
from glassdome.values.message import Message
from glassdome.values.outgoing import OutgoingMessage
from glassdome.values.profile import WritingProfile
from glassdome.values.refs import MessageRef

if TYPE_CHECKING:
    from glassdome.store.analyses import Analyses
    from glassdome.store.preferences import PreferenceTable
    from glassdome.store.profiles import Profiles

__all__ = ["DraftBox", "DraftWriter", "ReplyWriter"]

_OFF: Final = "Drafts are switched off for this mailbox."
#: Composes the draft of one action; raises ActionForbidden where there is none to write any more.
DraftWriter = Callable[[PerformedAction], Awaitable[OutgoingMessage]]


@dataclass(frozen=True, kw_only=True)
class DraftBox:
    """`writers` compose a draft by the argument of its action; `compose` makes the bytes."""

    store: DraftStore
    writers: Mapping[str, DraftWriter]
    compose: Callable[[OutgoingMessage], bytes]

    async def draft(self, item: PerformedAction) -> StoredDraft:
        """Write the draft and store it once; raises ActionForbidden where none is wanted, and as the ports."""
        writer = self.writers.get(item.action.argument)
        if writer is None:
            raise ActionForbidden("This version writes no such draft.")
        message = await writer(item)
        made = ReplyDraft(
            mailbox=item.action.ref.mailbox,
            message_id=message.message_id,
            answers=message.in_reply_to,
            raw=await asyncio.to_thread(self.compose, message),
            date=message.date,
            ref=item.action.ref,
        )
        return await self.store.append_once(made)

    async def withdraw(self, draft: StoredDraft) -> MessageRef | None:
        """Take an untouched draft away; raises NotFound, ActionForbidden."""
        return await self.store.withdraw(draft)


@dataclass(frozen=True, kw_only=True)
class ReplyWriter:
    """Writes the answer that an analysis suggests, in the words of the owner's profile.

    The draft depends on the mail, the analysis, the profile and the moment of planning alone, so that a second try writes
    the same.
    """

    source: MailSource
    analyses: Analyses
    preferences: PreferenceTable
    profiles: Profiles
    default_zone: str
    parse: Callable[[bytes], Message] = parse_message

    async def write(self, item: PerformedAction) -> OutgoingMessage:
        """Return the draft; raises ActionForbidden, NotFound, StoreUnavailable."""
        ref = item.action.ref
        wishes = await self.preferences.get_preferences(ref.mailbox)
        if not (wishes.chosen and wishes.drafts):
            raise ActionForbidden(_OFF)
        known = await self.analyses.get(ref)
        if known is None or not known.verdict.auto_reply_suggestion:
            raise ActionForbidden("The analysis suggests no answer any more.")
        raw = await self.source.fetch(ref, max_bytes=MAX_MESSAGE_BYTES)
        message = await asyncio.to_thread(self.parse, raw)
        if not answerable_id(message):
            raise ActionForbidden("The mail has no Message-ID that an answer could name.")
        return reply_to(
            message,
            ReplyText(
                text=known.verdict.auto_reply_suggestion,
                mailbox=ref.mailbox,
                language=known.verdict.language,
                date=item.planned_at,
                zone=await asyncio.to_thread(zone_of, wishes.timezone, self.default_zone),
                profile=await self._profile(ref.mailbox, known.verdict.language),
            ),
        )

    async def _profile(self, mailbox: str, language: str) -> WritingProfile | None:
        return (await self.profiles.of(mailbox)).get(language)
