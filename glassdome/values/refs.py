"""The identity of a message: mailbox, folder, UIDVALIDITY and UID (RFC 9051 2.3.1.1); and the reading position."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

__all__ = ["INBOX", "Cursor", "MessageRef", "NewUids"]

INBOX = "INBOX"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class MessageRef:
    """The identity of one stored message. Folder names compare exactly, save INBOX, which is upper case."""

    mailbox: str
    folder: str = INBOX
    uid_validity: int
    uid: int

    def __str__(self) -> str:
        """RFC 5092 form with the mailbox in front: `a@example.org/INBOX;UIDVALIDITY=1;UID=5`."""
        return f"{self.mailbox}/{self.folder};UIDVALIDITY={self.uid_validity};UID={self.uid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The place up to which a folder was read: every UID up to and including `last_uid`, under `uid_validity`.

    One that was made by `starting` names no UID yet: the folder is to be read from a moment on (UIDVALIDITY is never 0).
    """

    uid_validity: int
    last_uid: int

    @classmethod
    def starting(cls, at: datetime) -> Cursor:
        """Return the cursor of a folder that was not read yet, of which all that arrives from `at` on counts."""
        return cls(uid_validity=0, last_uid=int(at.timestamp()))

    @property
    def starts_at(self) -> datetime | None:
        """The moment, in whole seconds as servers date arrivals, where the folder was not read yet."""
        return datetime.fromtimestamp(self.last_uid, UTC) if self.uid_validity == 0 else None

    def moved_to(self, uid: int) -> Cursor:
        """Return the cursor moved forward to `uid`; it never moves back."""
        return replace(self, last_uid=max(self.last_uid, uid))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUids:
    """The messages that arrived since a cursor.

    `reset` says that UIDVALIDITY changed, so that every UID stored before is void. `cursor` is the one to store once
    `uids` are safe in the queue.
    """

    uids: tuple[int, ...]
    cursor: Cursor
    reset: bool = False
