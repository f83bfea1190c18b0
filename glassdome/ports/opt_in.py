"""The mailboxes that want analysis: the mail server's own list, and the last known opt-in of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from glassdome.values.listed import ListedMailbox

__all__ = [
    "Directory",
]


class Directory(Protocol):
    """The mail server's own list of mailboxes."""

    async def listed(self) -> Sequence[ListedMailbox]:
        """Return every mailbox; raises GlassdomeError."""
        ...
