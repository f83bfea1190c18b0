"""Learns the owner's way of writing from the newest sent mail of mailboxes that chose drafts and threads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError, MessageTooLarge, NotFound, StoreError
from glassdome.core.log import get_logger
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.parse import parse_message
from glassdome.ports.mail import MailObserver, MailSource
from glassdome.replies.learn import learn
from glassdome.values.message import Message
from glassdome.values.refs import MessageRef

if TYPE_CHECKING:
    from glassdome.store.preferences import PreferenceTable
    from glassdome.store.profiles import Profiles

__all__ = ["PROFILES_EVERY", "ProfileLearning"]

_log = get_logger(__name__)
#: Seconds between two rounds, the age from which a profile is learned anew, and the mails it is learned from.
PROFILES_EVERY: Final = 600.0
_STALE: Final = timedelta(days=1)
_MAILS: Final = 60
#: Larger mails carry files; greetings stand in the small ones too.
_MOST_BYTES: Final = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class ProfileLearning:
    """Reads without a trace; text is forgotten at once, only the profile is kept."""

    source: MailSource
    observer: MailObserver
    preferences: PreferenceTable
    profiles: Profiles
    backoff: MailboxBackoff
    clock: Clock

    async def poll(self) -> None:
        """Learn where a profile is missing or old; raises StoreError only."""
        for mailbox in await self.preferences.chosen_mailboxes():
            try:
                if await self._is_due(mailbox):
                    await self.learn(mailbox)
            except StoreError:
                raise
            except GlassdomeError as exc:
                _log.info("profile_not_learned", mailbox=mailbox, code=exc.code, problem=exc.public_message)

    async def learn(self, mailbox: str) -> None:
        """Learn one mailbox's profile from its newest sent mail; raises as the ports."""
        folder = await self.observer.special_folder(mailbox, "\\Sent")
        found = await self.source.older_uids(mailbox, folder, before=2**32, limit=_MAILS)
        validity, sent = found.cursor.uid_validity, list[Message]()
        for uid in found.uids:
            ref = MessageRef(mailbox=mailbox, folder=folder, uid_validity=validity, uid=uid)
            try:
                raw = await self.source.fetch(ref, max_bytes=_MOST_BYTES)
                sent.append(await asyncio.to_thread(parse_message, raw))
            except (NotFound, MessageTooLarge):
                continue
        learned = await asyncio.to_thread(learn, sent)
        await self.profiles.replace(mailbox, learned, now=self.clock.now())

    async def _is_due(self, mailbox: str) -> bool:
        wishes, now = await self.preferences.get_preferences(mailbox), self.clock.now()
        wanted = (wishes.drafts or wishes.follow_up_drafts) and wishes.threads
        if not wanted or not self.backoff.may_poll(mailbox, now=now):
            return False
        learned = await self.profiles.learned_at(mailbox)
        return learned is None or now - learned >= _STALE
