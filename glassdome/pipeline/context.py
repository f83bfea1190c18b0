"""Make the `Context` of a message: the only place that does, so that every entrance judges a mail alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.domains import organizational_domain
from glassdome.pipeline.owner_rules import OwnerRules
from glassdome.signals.host_lists import free_mail, known_domains
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.preferences import Preferences
from glassdome.values.rules import Rule

if TYPE_CHECKING:
    from glassdome.store.history import History
    from glassdome.store.owners import Owners
    from glassdome.store.preferences import PreferenceTable

__all__ = ["ContextLoader", "for_file", "for_scan", "own_domains"]

#: Contacts of a mailbox are read again after this long, and so many mailboxes are remembered.
CONTACTS_AGE: Final = timedelta(minutes=1)
CONTACTS_MAILBOXES: Final = 500


def own_domains(settings: Settings) -> frozenset[str]:
    """Return the domains that are ours by the settings: mailcow's, and the one that our mail server is named under.

    A server of a large provider (`mx.google.com`) names the provider, not the owner, and is left out.
    """
    servers = {organizational_domain(name) for name in settings.authserv_ids if "." in name}
    ours = {name for name in servers if name not in free_mail() and name not in known_domains()}
    return frozenset(ours | {(settings.mailcow_domain or "").lower()} - {""})


def for_file(*, now: datetime, ours: frozenset[str] = frozenset(), rules: tuple[Rule, ...] = ()) -> Context:
    """Return the context of a message that lies in no mailbox we know: a file, an upload, a forwarded mail."""
    return Context(now=now, own_domains=ours, rules=rules)


def for_scan(settings: Settings, *, now: datetime) -> Context:
    """Return the context of a message that is judged while the mail server still holds it."""
    return for_file(now=now, ours=own_domains(settings))


@dataclass(kw_only=True)
class ContextLoader:
    """Makes the frozen `Context` of a message in a mailbox."""

    history: History
    preferences: PreferenceTable
    clock: Clock
    settings: Callable[[], Settings]
    rules: OwnerRules | None = None
    owners: Owners | None = None
    _contacts: dict[str, tuple[datetime, frozenset[str]]] = field(default_factory=dict)

    async def for_mailbox(self, mailbox: str, message: Message, wishes: Preferences) -> Context:
        """Read the sender's history and the contacts; raises StoreUnavailable."""
        now = self.clock.now()
        ours = own_domains(self.settings()) | {mailbox.rpartition("@")[2].lower()} - {""}
        rules = await self.rules.current() if self.rules is not None else ()
        return replace(
            for_file(now=now, ours=ours, rules=rules),
            mailbox=mailbox,
            contacts=await self._contacts_of(mailbox, now),
            sender=await self.history.sender_history(mailbox, message.author.addr),
            preferences=wishes,
            known=True,
            standing=await self.owners.standing(mailbox, message.author.addr) if self.owners is not None else None,
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
