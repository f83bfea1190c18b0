"""The one rule for what is new in a folder: for the watcher, the monitor and the command mailbox alike."""

from __future__ import annotations

from glassdome.core.errors import ImapRefused
from glassdome.core.log import get_logger
from glassdome.ports.imap import ImapSession
from glassdome.values.folder import FolderStatus

__all__ = ["found_for_sure", "last_uid", "uids_after"]

_log = get_logger(__name__)


async def uids_after(session: ImapSession, folder: str, status: FolderStatus, last: int) -> tuple[int, ...]:
    """Return the UIDs above `last`, ascending; the folder is examined where anything may be new.

    Only UIDNEXT can say that nothing is. Without it, and where it says that something came, the folder is searched.
    """
    if status.uid_next is not None and status.uid_next <= last + 1:
        return ()
    status = await session.examine(folder)
    found = await _from(session, folder, status, last + 1)
    return tuple(uid for uid in found if uid > last)


async def last_uid(session: ImapSession, folder: str, status: FolderStatus) -> int:
    """Return the highest UID given out so far; a server without UIDNEXT is asked for its last message."""
    if status.uid_next is not None:
        return status.uid_next - 1
    status = await session.examine(folder)
    if status.uid_next is not None:
        return status.uid_next - 1
    return max(await _from(session, folder, status, 1, "*"), default=0)


async def found_for_sure(session: ImapSession, status: FolderStatus, criteria: str) -> tuple[int, ...]:
    """Search the open folder; `nothing` is believed of a server that finds the folder's messages at all.

    Raises a temporary ImapRefused where it does not: a server in trouble answers OK to everything, and nothing else.
    """
    found = await session.search(criteria)
    if not found and status.exists and not await session.search("ALL"):
        raise ImapRefused("The IMAP server finds no message in a folder that has some.", temporary=True, away=True)
    return found


async def _from(
    session: ImapSession, folder: str, status: FolderStatus, first: int, search: str = ""
) -> tuple[int, ...]:
    """Return UIDs from `first` on, and perhaps one below it.

    `n:*` matches the last message even where that is below n (RFC 9051 6.4.8), so that only an empty folder has an empty
    answer. Where a server answers so all the same (GNU Mailutils does), its FETCH is asked, then its whole list.
    """
    found = await session.search(f"UID {search or f'{first}:*'}")
    if found or not status.exists:
        return found
    found = await session.uids_from(first) or await session.search("ALL")
    if not found:
        _log.warning("folder_silent", folder=folder, messages=status.exists, effect="new mail there may go unnoticed")
    return found
