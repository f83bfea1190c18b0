"""Sees by IMAP what an owner did with stored mail. Implements `ports.mail.MailObserver`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glassdome.core.errors import UidValidityChanged
from glassdome.mailbox.source import with_retry
from glassdome.mailbox.special_use import folder_for, uses_of
from glassdome.ports.imap import ImapSession, ImapSessions
from glassdome.values.folder import FetchedMessage
from glassdome.values.refs import MessageRef

__all__ = ["ImapObserver"]


class ImapObserver:
    """Folders are only examined; shares its sessions with the source."""

    def __init__(self, sessions: ImapSessions) -> None:
        """`sessions` stays its owner's: the observer never closes it."""
        self._sessions = sessions

    async def special_folder(self, mailbox: str, use: str) -> str:
        """Return the folder with that special use; raises NotFound."""
        return await with_retry(self._sessions, mailbox, lambda session: folder_for(session, use))

    async def folders(self, mailbox: str) -> Mapping[str, str]:
        """Return the use of each folder that can be opened, empty for most."""
        return await with_retry(self._sessions, mailbox, uses_of)

    async def headers(self, mailbox: str, folder: str, uids: Sequence[int]) -> Mapping[int, bytes]:
        """Return the header sections of those that are still there."""

        async def ask(session: ImapSession) -> Mapping[int, bytes]:
            await session.examine(folder)
            return await session.headers(uids)

        return await with_retry(self._sessions, mailbox, ask) if uids else {}

    async def facts(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, FetchedMessage]:
        """Return what the server says of those that are still there; raises UidValidityChanged when the folder was rebuilt."""
        if not refs:
            return {}
        first, by_uid = refs[0], {ref.uid: ref for ref in refs}

        async def ask(session: ImapSession) -> Mapping[MessageRef, FetchedMessage]:
            status = await session.examine(first.folder)
            if status.uid_validity != first.uid_validity:
                raise UidValidityChanged(f"{first.folder} of {first.mailbox} was rebuilt.")
            return {by_uid[found.uid]: found for found in await session.facts(sorted(by_uid))}

        return await with_retry(self._sessions, first.mailbox, ask)
