"""The one rule for what is new in a folder: for the watcher, the monitor and the command mailbox alike."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from glassdome.core.clock import Clock
from glassdome.core.log import get_logger
from glassdome.ports.imap import ImapSession
from glassdome.values.folder import FolderStatus

__all__ = ["last_uid", "settled", "uids_after"]

_log = get_logger(__name__)
#: Longer than the second in which a clock stands still.
_A_TICK: Final = 1.1
#: Courier leaves out the first thousand million seconds.
_EPOCH: Final = 1_000_000_000
_SKEW_SECONDS: Final = 5


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


async def settled(session: ImapSession, folder: str, *, known: int, clock: Clock) -> FolderStatus:
    """Examine a folder whose UIDVALIDITY is not the `known` one (0: none is), and return what it says for good.

    Courier's is the clock until somebody selects the folder for changes, so that every UID is void a second later
    (RFC 9051 2.3.1.1 wants it to persist). Then that is done once: it takes `\\Recent` from the messages, nothing else.
    """
    status = await session.examine(folder)
    if status.uid_validity == known or not (known or _is_the_clock(status.uid_validity, clock.now())):
        return status
    await clock.sleep(_A_TICK)
    if (again := await session.examine(folder)).uid_validity == status.uid_validity:
        return again
    _log.warning("uid_validity_moves", folder=folder, effect="it is selected once, so that the server keeps its UIDs")
    await session.select(folder)
    return await session.examine(folder)


def _is_the_clock(validity: int, now: datetime) -> bool:
    """Say whether it may be the time of day, as a number that servers derive from it."""
    behind = (int(now.timestamp()) - validity) % _EPOCH
    return min(behind, _EPOCH - behind) <= _SKEW_SECONDS


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
