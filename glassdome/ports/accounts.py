"""The accounts of owners on their mail server."""

from __future__ import annotations

from typing import Protocol

from glassdome.values.person import AccountMark

__all__ = ["Accounts"]


class Accounts(Protocol):
    """Tells when a mailbox was switched off, or its passwords changed."""

    async def mark(self, mailbox: str) -> AccountMark | None:
        """Return the state of a mailbox's account, None where there is no such mailbox; raises GlassdomeError."""
        ...
