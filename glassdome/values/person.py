"""People who are signed in to the web UI, their sessions, and the API keys that they made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["AccountMark", "KnownSession", "MadeKey", "Person", "SignedInBy"]


class SignedInBy(StrEnum):
    """The proof with which a person signed in."""

    KEY = "key"
    MAILBOX = "mailbox"
    PROVIDER = "provider"
    #: An API key of mailcow: one that may write, and one that may only read.
    MAILCOW = "mailcow"
    MAILCOW_READ = "mailcow_ro"

    @property
    def by_mailcow(self) -> bool:
        """An API key of mailcow was the proof."""
        return self in (SignedInBy.MAILCOW, SignedInBy.MAILCOW_READ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person who proved who they are; `name` is their mailbox, or the name of their key.

    `everything` and `domains` are what an identity provider granted beyond the mailbox.
    """

    by: SignedInBy
    name: str
    everything: bool = False
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMark:
    """The state of a mailbox's account: whether it may sign in, when its password changed, its app passwords by id."""

    active: bool
    changed: str
    app_passwords: frozenset[str] = frozenset()

    def continues(self, before: AccountMark) -> bool:
        """Return whether every password that was right before still is."""
        return self.changed == before.changed and before.app_passwords <= self.app_passwords


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSession:
    """One session of a person; `id` names it without opening it, `browser` is what the browser calls itself.

    `account` is the state of the mailbox's account at the first look after the sign-in, None before.
    """

    id: str
    person: Person
    browser: str
    begun_at: datetime
    used_at: datetime
    expires_at: datetime
    account: AccountMark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeKey:
    """An API key that a person made on the page; with `mailboxes` and `domains` None it covers everything."""

    digest: str
    label: str
    writes: bool
    mailboxes: tuple[str, ...] | None
    domains: tuple[str, ...] | None
    owner: Person
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    id: int = 0
