"""Who wants analysis: the mail server's own list of mailboxes, and what was last said of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from glassdome.values.listed import ListedMailbox

__all__ = ["Directory", "OptInStore"]


class OptInStore(Protocol):
    """What was last said of each mailbox's opt-in, by mailcow and by the settings."""

    async def opt_ins(self, *, by_settings: bool = False) -> Mapping[str, bool]:
        """Return mailbox -> the last word of one of the two."""
        ...

    async def set_opt_in(self, mailbox: str, *, wanted: bool, now: datetime, by_settings: bool = False) -> None:
        """Store the word."""
        ...


class Directory(Protocol):
    """The mail server's own list of mailboxes."""

    async def listed(self) -> Sequence[ListedMailbox]:
        """Return every mailbox; raises GlassdomeError."""
        ...
