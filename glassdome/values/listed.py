"""A mailbox as the mail server's administration lists it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["AliasBook", "ListedMailbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMailbox:
    """An address with its own tags and attributes, and its domain's tags."""

    address: str
    active: bool = True
    tags: frozenset[str] = frozenset()
    domain_tags: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasBook:
    """Aliases by the one mailbox that they lead to, and other names of domains by the domain; all in lower case."""

    aliases: Mapping[str, frozenset[str]] = field(default_factory=dict)
    domains: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, mailbox: str) -> frozenset[str]:
        """Return the further addresses of a mailbox, under the other names of their domains, too."""
        own = {mailbox, *self.aliases.get(mailbox, ())}
        parts = [address.rpartition("@") for address in own]
        renamed = {f"{local}@{other}" for local, _, domain in parts for other in self.domains.get(domain, ())}
        return frozenset(own | renamed) - {mailbox}
