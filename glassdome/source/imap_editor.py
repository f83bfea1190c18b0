"""Changes stored messages by IMAP. Implements `ports.mail.FolderEditor`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from glassdome.core.errors import NotFound, UidValidityChanged
from glassdome.ports.imap import ImapSession, ImapSessions
from glassdome.source.search import quoted
from glassdome.source.special_use import folder_for
from glassdome.values.refs import MessageRef

__all__ = ["ImapEditor"]


class ImapEditor:
    """Keywords, moves and copies; shares its sessions with the source."""

    def __init__(self, sessions: ImapSessions) -> None:
        """`sessions` stays its owner's: the editor never closes it."""
        self._sessions = sessions

    async def add_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        """Set keywords; raises NotFound when the message is gone, UidValidityChanged when the folder was rebuilt."""
        await self._store(ref, keywords, add=True)

    async def remove_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        """Unset keywords; raises as `add_keywords`."""
        await self._store(ref, keywords, add=False)

    async def move(self, ref: MessageRef, folder: str) -> MessageRef:
        """Move the message and return where it is now; raises NotFound when it or the folder is not there.

        Asked again after a success whose answer was lost, it finds the message gone: NotFound, never a second copy.
        """
        async with self._sessions.session(ref.mailbox) as session:
            target = await folder_for(session, folder)
            await _open(session, ref)
            if not await session.search(f"UID {ref.uid}"):
                raise NotFound(f"{ref} is not there any more.")
            told = await session.move(ref.uid, target)
            if told is None:
                told = await _newest(session, target)
        return MessageRef(mailbox=ref.mailbox, folder=target, uid_validity=told[0], uid=told[1])

    async def append(self, mailbox: str, folder: str, raw: bytes, *, flags: Sequence[str], date: datetime) -> None:
        """Store a message, unless the folder has one of that Message-ID already."""
        async with self._sessions.session(mailbox) as session:
            target = await folder_for(session, folder)
            message_id = _message_id(raw)
            if message_id:
                await session.examine(target)
                if await session.search(f"HEADER Message-ID {quoted(message_id)}"):
                    return
            await session.append(target, raw, flags=flags, date=date)

    async def _store(self, ref: MessageRef, keywords: Sequence[str], *, add: bool) -> None:
        async with self._sessions.session(ref.mailbox) as session:
            await _open(session, ref)
            if not await session.search(f"UID {ref.uid}"):
                raise NotFound(f"{ref} is not there any more.")
            await session.store([ref.uid], keywords, add=add)


async def _open(session: ImapSession, ref: MessageRef) -> None:
    status = await session.select(ref.folder)
    if status.uid_validity != ref.uid_validity:
        raise UidValidityChanged(f"{ref.folder} of {ref.mailbox} was rebuilt: {ref} names nothing any more.")


async def _newest(session: ImapSession, folder: str) -> tuple[int, int]:
    status = await session.status(folder)
    return status.uid_validity, status.uid_next - 1


def _message_id(raw: bytes) -> str:
    header = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for line in header.split(b"\n"):
        if line.lower().startswith(b"message-id:"):
            value = line[11:].strip().decode("ascii", "replace")
            return value if value.isascii() and value.isprintable() else ""
    return ""
