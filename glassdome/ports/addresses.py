"""The addresses of owners: their mailbox's, and its aliases."""

from __future__ import annotations

from typing import Protocol

from glassdome.values.listed import AliasBook

__all__ = ["AliasDirectory", "OwnAddressBook"]


class OwnAddressBook(Protocol):
    """Knows every owner's addresses."""

    async def of(self, mailbox: str) -> frozenset[str]:
        """Return an owner's addresses in lower case, the mailbox among them; raises nothing."""
        ...


class AliasDirectory(Protocol):
    """The mail server's own list of aliases."""

    async def alias_book(self) -> AliasBook:
        """Return every alias of one mailbox alone; raises GlassdomeError."""
        ...
