"""API keys: `key:scope[:restriction]`, kept as hashes, compared in constant time."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from glassdome.core.errors import AccessDenied, ConfigError

__all__ = ["ApiKey", "Caller", "Scope", "find_caller", "parse_keys"]


class Scope(StrEnum):
    """The scope of a key: read, or read and write."""

    RO = "ro"
    RW = "rw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The caller of a request. `name` is safe to log; with `mailboxes` or `domains` not None, nothing else is visible.

    `maker` is the person who made the key for themselves, empty for any other caller.
    """

    name: str
    scope: Scope
    mailboxes: tuple[str, ...] | None = None
    domains: tuple[str, ...] | None = None
    maker: str = ""

    @property
    def person(self) -> str:
        """Return the person behind the caller, as far as one is known: else the caller's own name."""
        return self.maker or self.name

    @property
    def restricted(self) -> bool:
        """Return whether the key sees only some mailboxes."""
        return self.mailboxes is not None or self.domains is not None

    def may_see(self, mailbox: str) -> bool:
        """Return whether the mailbox is within the key's restriction."""
        if not self.restricted:
            return True
        return mailbox in (self.mailboxes or ()) or mailbox.rpartition("@")[2] in (self.domains or ())

    def must_see(self, mailbox: str) -> None:
        """Raise AccessDenied where `may_see` is False; the same answer whether or not the mailbox exists."""
        if not self.may_see(mailbox):
            raise AccessDenied("This key does not cover that mailbox.")

    def must_be_unrestricted(self) -> None:
        """Raise AccessDenied for a key that covers only some mailboxes: the whole server's affairs are not its."""
        if self.restricted:
            raise AccessDenied("This needs a key that is not limited to mailboxes or domains.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key: SHA-256 of its text, and whom it makes of the one who has it."""

    digest: bytes
    caller: Caller


@lru_cache(maxsize=8)
def parse_keys(text: str) -> tuple[ApiKey, ...]:
    """Parse `key:rw,key:ro:example.org|a@b.org`; raises ConfigError naming the entry by number, never by its text."""
    entries = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(_parse_entry(entry, number) for number, entry in enumerate(entries, 1))


def _parse_entry(entry: str, number: int) -> ApiKey:
    key, _, rest = entry.partition(":")
    scope, limited, restriction = rest.partition(":")
    # `key:ro:` with nothing behind it was meant to be limited: it must not become a key for everything.
    if not key or scope not in list(Scope) or (limited and not restriction.strip("| ")):
        raise ConfigError(
            f"Entry {number} of GLASSDOME_API_KEYS is not key:ro or key:rw.",
            fix="Write for example: GLASSDOME_API_KEYS=longrandomtext:rw,othertext:ro:example.org",
        )
    digest = sha256(key.encode()).digest()
    parts = tuple(dict.fromkeys(part.strip().lower() for part in restriction.split("|") if part.strip()))
    return ApiKey(
        digest=digest,
        caller=Caller(
            name=f"key-{digest.hex()[:8]}",
            scope=Scope(scope),
            mailboxes=tuple(p for p in parts if "@" in p) if parts else None,
            domains=tuple(p for p in parts if "@" not in p) if parts else None,
        ),
    )


def find_caller(presented: str, keys: tuple[ApiKey, ...]) -> Caller | None:
    """Return whose key this is; every key is compared, so that the time taken says nothing."""
    digest = sha256(presented.encode("utf-8", "surrogateescape")).digest()
    found = None
    for key in keys:
        if hmac.compare_digest(digest, key.digest):
            found = key.caller
    return found
