"""A session with an IMAP server (RFC 9051): what `mailbox` needs of the wire client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from glassdome.values.credentials import Credentials
from glassdome.values.folder import FetchedMessage, FolderInfo, FolderStatus

__all__ = ["ImapSession", "ImapSessions", "MailboxLogins"]


class MailboxLogins(Protocol):
    """Knows how to log in as a mailbox."""

    async def login_for(self, mailbox: str) -> Credentials:
        """Return the login; raises LoginRefused when none is known."""
        ...


class ImapSession(Protocol):
    """One authenticated connection, used by one task at a time.

    Folder names are decoded. Methods raise TransportError on a lost server (the session is then of no more use),
    ImapRefused when the server says NO, NotFound for a folder that is not there.
    """

    capabilities: frozenset[str]

    async def folders(self) -> tuple[FolderInfo, ...]:
        """LIST every folder with its special use."""
        ...

    async def status(self, folder: str) -> FolderStatus:
        """STATUS, without selecting."""
        ...

    async def examine(self, folder: str) -> FolderStatus:
        """Select read-only: no flag of any message changes, not even \\Recent."""
        ...

    async def select(self, folder: str) -> FolderStatus:
        """Select for changes (takes \\Recent off what it sees)."""
        ...

    async def noop(self) -> bool:
        """Let the server report; True when it reported a change of the selected folder."""
        ...

    async def search(self, criteria: str) -> tuple[int, ...]:
        """UID SEARCH with ASCII criteria; return UIDs in ascending order."""
        ...

    async def uids_from(self, first: int) -> tuple[int, ...]:
        """FETCH the UIDs of `first` and above, and always that of the last message."""
        ...

    async def facts(self, uids: Sequence[int]) -> tuple[FetchedMessage, ...]:
        """Fetch size, flags and INTERNALDATE of those UIDs that are still there."""
        ...

    async def body(self, uid: int, *, max_bytes: int) -> bytes | None:
        """Fetch BODY.PEEK[]; None when the message is gone. Raises MessageTooLarge past `max_bytes`."""
        ...

    async def headers(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """Fetch the (bounded) header sections of those UIDs that are still there."""
        ...

    async def store(self, uids: Sequence[int], flags: Sequence[str], *, add: bool) -> None:
        """Add or remove flags and keywords."""
        ...

    async def move(self, uid: int, folder: str, *, copied: bool = False) -> tuple[int, int] | None:
        """Move (RFC 6851, or COPY, unless that was done before, and UID EXPUNGE); return UIDVALIDITY and UID over there."""
        ...

    async def expunge(self, uid: int) -> None:
        """UID EXPUNGE one message of the folder that is open for changes (RFC 4315)."""
        ...

    async def append(self, folder: str, raw: bytes, *, flags: Sequence[str], date: datetime) -> int | None:
        """Store a message; return its UID where the server tells (RFC 4315)."""
        ...

    async def create(self, folder: str) -> None:
        """CREATE a folder; one that is there is no error."""
        ...

    async def idle(self, seconds: float) -> bool:
        """Wait in IDLE at most `seconds`; True as soon as the selected folder changed."""
        ...


class ImapSessions(Protocol):
    """Lends sessions, keeps them warm and bounds their number."""

    max_per_mailbox: int
    logins: MailboxLogins

    def session(
        self, mailbox: str, login: Credentials | None = None, *, fresh: bool = False
    ) -> AbstractAsyncContextManager[ImapSession]:
        """Lend a session of that mailbox to one task, for a given login or the known one; `fresh` logs in anew.

        Raises as ImapSession, and LoginRefused.
        """
        ...

    async def aclose(self) -> None:
        """Log out everywhere."""
        ...
