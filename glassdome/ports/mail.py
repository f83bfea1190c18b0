"""Reading mail, and acting on stored mail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from glassdome.values.draft import ReplyDraft, StoredDraft
from glassdome.values.folder import FetchedMessage
from glassdome.values.refs import Cursor, MessageRef, NewUids

__all__ = ["DraftStore", "FolderEditor", "MailObserver", "MailSource"]


class MailSource(Protocol):
    """Reads mailboxes without leaving a trace: EXAMINE and BODY.PEEK[] only.

    Every method raises TransportError when the server cannot be reached (the next call connects again),
    LoginRefused when it refuses the login, NotFound for a folder or message that is not there.
    """

    async def folders(self, mailbox: str) -> tuple[str, ...]:
        """List the mailbox's folders, decoded (RFC 9051 5.1), INBOX first."""
        ...

    async def new_uids(self, mailbox: str, folder: str, cursor: Cursor | None) -> NewUids:
        """Find messages that arrived since `cursor`; with None, start at now: no UIDs, only the cursor.

        A changed UIDVALIDITY voids every stored UID (RFC 9051 2.3.1.1): the answer then holds all UIDs that arrived
        within the last day, with `reset=True`.
        """
        ...

    async def older_uids(self, mailbox: str, folder: str, *, before: int, limit: int) -> NewUids:
        """Return at most `limit` UIDs below `before`, newest first, for backfill."""
        ...

    async def fetch(self, ref: MessageRef, *, max_bytes: int) -> bytes:
        """Return the raw message.

        Raises NotFound when it was expunged, UidValidityChanged when the folder was rebuilt, MessageTooLarge before
        anything is transferred when RFC822.SIZE exceeds `max_bytes`.
        """
        ...

    async def find(self, mailbox: str, folder: str, message_id: str) -> MessageRef:
        """Return the newest message with that Message-ID; `\\\\Junk` is the folder with that use; raises NotFound."""
        ...

    async def resolve(self, mailbox: str, folder: str, uid: int) -> MessageRef:
        """Complete a UID with the folder's present UIDVALIDITY; raises NotFound when there is no such message."""
        ...

    def watch(self, mailbox: str, folder: str) -> AsyncIterator[None]:
        """Yield whenever the folder may have changed (IDLE, RFC 9051 6.3.13); raises like the rest on a lost server."""
        ...

    async def aclose(self) -> None:
        """Log out everywhere."""
        ...


class MailObserver(Protocol):
    """Sees what an owner did with stored mail, and leaves no trace. Raises as MailSource."""

    async def special_folder(self, mailbox: str, use: str) -> str:
        """Return the folder with that special use (`\\\\Junk`; RFC 6154), or of that name; raises NotFound."""
        ...

    async def folders(self, mailbox: str) -> Mapping[str, str]:
        """Return the use of each folder that can be opened, such as `\\\\Sent` (RFC 6154); empty for most."""
        ...

    async def headers(self, mailbox: str, folder: str, uids: Sequence[int]) -> Mapping[int, bytes]:
        """Return the header sections, each cut at its bound, of those messages that are still there."""
        ...

    async def facts(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, FetchedMessage]:
        """Return flags and INTERNALDATE of those of `refs`, all of one folder, that are still there.

        A moved message keeps its INTERNALDATE (RFC 9051 6.4.7). Raises UidValidityChanged.
        """
        ...


class FolderEditor(Protocol):
    """Changes stored messages; each method is idempotent."""

    async def add_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        """Set keywords such as `$Phishing` (RFC 9051 2.3.2)."""
        ...

    async def remove_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        """Unset keywords."""
        ...

    async def move(self, ref: MessageRef, folder: str) -> MessageRef:
        """Move the message (RFC 6851) and return where it is now; `\\\\Junk` and the like name special-use folders."""
        ...

    async def find_moved(self, ref: MessageRef, folder: str, message_id: str) -> MessageRef | None:
        """Return where a message is that was moved out of its place; None where its Message-ID does not tell."""
        ...

    async def append(self, mailbox: str, folder: str, raw: bytes, *, flags: Sequence[str], date: datetime) -> None:
        """Store a message, for instance in the folder with special use `\\\\Sent`."""
        ...


class DraftStore(Protocol):
    """The folder with special use `\\\\Drafts`, where owners write. Raises as MailSource."""

    async def append_once(self, draft: ReplyDraft) -> StoredDraft:
        """Store the draft, once however often it is asked.

        Raises ActionForbidden where the owner has begun an answer to the same mail or sent one, FolderMissing.
        """
        ...

    async def is_answered(self, answers: str, ref: MessageRef) -> bool:
        """Return whether the owner answered the mail at `ref`, whose Message-ID is `answers` in angle brackets."""
        ...

    async def is_untouched(self, draft: StoredDraft) -> bool:
        """Return whether the draft is as it was stored; raises NotFound where it is gone."""
        ...

    async def withdraw(self, draft: StoredDraft) -> MessageRef | None:
        """Take an untouched draft away and return where it is now; None where that is not known.

        Raises NotFound for one that is gone, ActionForbidden for one that its owner changed.
        """
        ...
