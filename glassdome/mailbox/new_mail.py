"""The one rule for new mail in a folder, for every reader of it."""

from __future__ import annotations

from dataclasses import dataclass

from glassdome.core.errors import ImapRefused
from glassdome.core.log import get_logger
from glassdome.mailbox.settling import Settling
from glassdome.ports.imap import ImapSession
from glassdome.values.folder import FolderStatus
from glassdome.values.refs import INBOX, Cursor, NewUids

__all__ = ["Compared", "UnreadFirst", "compare", "found_for_sure", "last_uid", "uids_after"]

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A folder compared with a cursor: the UIDs behind it, ascending.

    Where the cursor says nothing about the folder (none yet, or UIDVALIDITY changed, which voids every stored UID:
    RFC 9051 2.3.1.1), `end` is the highest UID given out so far, and it is the reader's rule which of these count.
    """

    status: FolderStatus
    uids: tuple[int, ...] = ()
    end: int | None = None


async def compare(
    session: ImapSession, settling: Settling, mailbox: str, folder: str, cursor: Cursor | None
) -> Compared:
    """Compare a folder with a cursor: one STATUS if nothing is new; the folder is open if anything may be."""
    status = await session.status(folder)
    known = cursor.uid_validity if cursor is not None else 0
    if known != status.uid_validity:
        status = await settling.examine(session, mailbox, folder, known=known)
    if cursor is not None and cursor.uid_validity == status.uid_validity:
        return Compared(status=status, uids=await uids_after(session, folder, status, cursor.last_uid))
    # First, so that what arrives meanwhile is behind it.
    return Compared(status=status, end=await last_uid(session, folder, status))


class UnreadFirst:
    """The rule of agents and commands: the first poll of an INBOX, or of one that was rebuilt, takes unread mail."""

    def __init__(self, settling: Settling) -> None:
        """`settling` is shared by all readers."""
        self._settling = settling
        self._backlog: dict[tuple[str, str], int] = {}

    async def new(
        self, session: ImapSession, mailbox: str, cursor: Cursor | None, *, reader: str, limit: int
    ) -> NewUids:
        """Return at most `limit` new UIDs, oldest first, with the cursor behind them; INBOX is open if there are any.

        Mail marked as deleted is left out, and so is mail that was read before `reader` first polled the mailbox.
        """
        found, key = await compare(session, self._settling, mailbox, INBOX, cursor), (reader, mailbox)
        uids = found.uids
        if found.end is not None:
            self._backlog[key] = found.end
            uids = await uids_after(session, INBOX, found.status, 0)
            cursor = Cursor(uid_validity=found.status.uid_validity, last_uid=0)
        assert cursor is not None
        backlog = self._backlog.get(key, 0)
        wanted = await _wanted(session, uids, read_to=backlog)
        reached = wanted[limit - 1] if len(wanted) > limit else max(uids, default=0)
        cursor = cursor.moved_to(reached)
        if cursor.last_uid >= backlog:
            self._backlog.pop(key, None)
        return NewUids(uids=wanted[:limit], cursor=cursor, reset=found.end is not None)

    def forget(self, mailbox: str) -> None:
        """Drop the state of a mailbox."""
        self._backlog = {key: end for key, end in self._backlog.items() if key[1] != mailbox}


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


async def _wanted(session: ImapSession, uids: tuple[int, ...], *, read_to: int) -> tuple[int, ...]:
    if not uids:
        return ()
    # The search is for the mail to leave out: a server that stays silent hides nothing.
    left_out = set(await session.search(f"DELETED UID {uids[0]}:{uids[-1]}"))
    if uids[0] <= read_to:
        left_out.update(await session.search(f"SEEN UID {uids[0]}:{min(uids[-1], read_to)}"))
    return tuple(uid for uid in uids if uid not in left_out)


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
