"""Loads what the mailbox knows around a message, and the model's opinion of an exact repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.ports.model import Engine
from glassdome.ports.store import AnalysisStore, HistoryStore, PreferenceStore
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion
from glassdome.values.preferences import EngineAccess, Preferences

__all__ = ["ContextLoader", "Repeats"]

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


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """The policy `repeat`: the same content, model and instructions need no second call."""

    analyses: AnalysisStore

    async def find(self, message: Message, engine: Engine, context: Context) -> Opinion | None:
        """Return the stored opinion; None where the owner's wishes made that prompt differ from this one."""
        wishes = context.preferences
        if wishes.engine_access is not EngineAccess.FULL or wishes.summary_language:
            return None
        found = await self.analyses.by_content(
            message.content_hash, engine=engine.name, model=engine.model, prompt_version=engine.prompt_version
        )
        return found.opinion if found is not None else None
