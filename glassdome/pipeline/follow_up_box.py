"""Writes the reminders that threads plan, and says when one is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import zone_of
from glassdome.core.errors import ActionForbidden
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.parse import parse_message
from glassdome.ports.mail import MailSource
from glassdome.replies.follow_up import REMINDERS, language_of, last_of_mine, reminder_to, waits_for_others
from glassdome.replies.reply import ReplyText, answerable_id
from glassdome.values.agent import PerformedAction
from glassdome.values.message import Message
from glassdome.values.outgoing import OutgoingMessage
from glassdome.values.thread import Turn

if TYPE_CHECKING:
    from glassdome.store.preferences import PreferenceTable
    from glassdome.store.profiles import Profiles
    from glassdome.store.threads import Threads

__all__ = ["FollowUpWriter"]

_OVER: Final = "The thread needs no reminder any more."


@dataclass(frozen=True, kw_only=True)
class FollowUpWriter:
    """Depends on the mail, the thread, the profile and the moment of planning alone: a second try writes the same."""

    source: MailSource
    threads: Threads
    preferences: PreferenceTable
    profiles: Profiles
    default_zone: str
    parse: Callable[[bytes], Message] = parse_message

    async def write(self, item: PerformedAction) -> OutgoingMessage:
        """Return the draft; raises ActionForbidden, NotFound, StoreUnavailable."""
        ref = item.action.ref
        wishes = await self.preferences.get_preferences(ref.mailbox)
        if not (wishes.chosen and wishes.threads and wishes.follow_up_drafts):
            raise ActionForbidden("Reminders are switched off for this mailbox.")
        turns = await self._waiting(item)
        language = language_of(turns)
        if not turns or language not in REMINDERS:
            raise ActionForbidden(_OVER)
        message = await asyncio.to_thread(self.parse, await self.source.fetch(ref, max_bytes=MAX_MESSAGE_BYTES))
        if not answerable_id(message) or not message.to:
            raise ActionForbidden("The mail has no Message-ID or no recipient that a reminder could name.")
        return reminder_to(
            message,
            ReplyText(
                text="",
                mailbox=ref.mailbox,
                language=language,
                date=item.planned_at,
                zone=await asyncio.to_thread(zone_of, wishes.timezone, self.default_zone),
                profile=(await self.profiles.of(ref.mailbox)).get(language),
            ),
        )

    async def is_over(self, item: PerformedAction) -> bool:
        """Return whether somebody answered meanwhile, or the owner wrote again."""
        return not await self._waiting(item)

    async def _waiting(self, item: PerformedAction) -> tuple[Turn, ...]:
        """Return the mails of the thread while its last one of the owner still waits for others; else none."""
        found = await self.threads.get(item.action.ref.mailbox, item.message_id)
        if found is None:
            return ()
        stored, turns = found
        mine = last_of_mine(turns)
        still = waits_for_others(stored.thread) and mine is not None and mine.message_id == item.message_id
        return turns if still else ()
