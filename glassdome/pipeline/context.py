"""Loads what the mailbox knows around a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.pipeline.owner_rules import OwnerRules
from glassdome.ports.store import HistoryStore, PreferenceStore
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.preferences import Preferences

__all__ = ["ContextLoader"]

#: Contacts of a mailbox are read again after this long, and so many mailboxes are remembered.
CONTACTS_AGE: Final = timedelta(minutes=1)
CONTACTS_MAILBOXES: Final = 500


@dataclass(kw_only=True)
class ContextLoader:
    """Makes the frozen `Context` of a message."""

    history: HistoryStore
    preferences: PreferenceStore
    clock: Clock
    settings: Callable[[], Settings]
    rules: OwnerRules | None = None
    _contacts: dict[str, tuple[datetime, frozenset[str]]] = field(default_factory=dict)

    async def load(self, mailbox: str, message: Message, wishes: Preferences) -> Context:
        """Read the sender's history and the contacts; raises StoreUnavailable."""
        now = self.clock.now()
        own = {mailbox.rpartition("@")[2].lower(), (self.settings().mailcow_domain or "").lower()}
        return Context(
            now=now,
            mailbox=mailbox,
            own_domains=frozenset(own - {""}),
            contacts=await self._contacts_of(mailbox, now),
            sender=await self.history.sender_history(mailbox, message.author.addr),
            preferences=wishes,
            known=True,
            rules=await self.rules.current() if self.rules is not None else (),
        )

    async def _contacts_of(self, mailbox: str, now: datetime) -> frozenset[str]:
        read_at, known = self._contacts.get(mailbox, (None, frozenset[str]()))
        if read_at is not None and now - read_at < CONTACTS_AGE:
            return known
        if len(self._contacts) >= CONTACTS_MAILBOXES:
            self._contacts.clear()
        fresh = await self.history.contacts(mailbox)
        self._contacts[mailbox] = (now, fresh)
        return fresh
