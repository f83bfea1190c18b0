"""Opens folders whose UIDVALIDITY does not stand still as RFC 9051 2.3.1.1 wants it to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from glassdome.core.clock import Clock
from glassdome.core.log import get_logger
from glassdome.ports.imap import ImapSession
from glassdome.values.folder import FolderStatus

__all__ = ["Settling"]

_log = get_logger(__name__)
#: Longer than the second in which a clock stands still.
_A_TICK: Final = 1.1
#: Courier leaves out the first thousand million seconds.
_EPOCH: Final = 1_000_000_000
_SKEW_SECONDS: Final = 5
#: How long a folder whose UIDVALIDITY moves is taken to go on so.
_MOVES_ON: Final = timedelta(hours=1)


class Settling:
    """Examines folders, and remembers which of them have a UIDVALIDITY that moves.

    Courier's is the clock until somebody selects the folder for changes, so that every UID is void a second later. Then
    that is done once: it takes `\\Recent` from the messages, nothing else. Where it moves on all the same (GNU Mailutils),
    it says nothing, and the UIDs are taken at their word.
    """

    def __init__(self, clock: Clock) -> None:
        """`clock` waits for the next second."""
        self._clock = clock
        self._moving: dict[tuple[str, str], datetime] = {}
        self._stood: dict[tuple[str, str], int] = {}

    async def examine(self, session: ImapSession, mailbox: str, folder: str, *, known: int) -> FolderStatus:
        """Examine the folder; `known` is the UIDVALIDITY it had, 0 where none is known."""
        status, key = await session.examine(folder), (mailbox, folder)
        if status.uid_validity in (known, self._stood.get(key)):
            return status
        if not self._moves(key):
            if not known and not _is_the_clock(status.uid_validity, self._clock.now()):
                return status
            if (settled := await self._settled(session, key, status)) is not None:
                self._stood[key] = settled.uid_validity
                return settled
            if not self._moves(key):  # others may have found out at the same time
                effect = "its UIDs are taken at their word, though the server may give them to other messages"
                _log.warning("uid_validity_never_stands", mailbox=mailbox, folder=folder, effect=effect)
            self._moving[key] = self._clock.now()
        return replace(status, uid_validity=known or status.uid_validity)

    async def _settled(self, session: ImapSession, key: tuple[str, str], status: FolderStatus) -> FolderStatus | None:
        """Return the status once its UIDVALIDITY stands still, after a SELECT at the latest; None where it never does."""
        if stands := await self._next(session, key[1], status):
            return stands
        effect = "the folder is selected once, so that the server keeps its UIDs"
        _log.warning("uid_validity_moves", mailbox=key[0], folder=key[1], effect=effect)
        await session.select(key[1])
        return await self._next(session, key[1], await session.examine(key[1]))

    async def _next(self, session: ImapSession, folder: str, status: FolderStatus) -> FolderStatus | None:
        await self._clock.sleep(_A_TICK)
        again = await session.examine(folder)
        return again if again.uid_validity == status.uid_validity else None

    def _moves(self, key: tuple[str, str]) -> bool:
        since = self._moving.get(key)
        return since is not None and self._clock.now() - since < _MOVES_ON


def _is_the_clock(validity: int, now: datetime) -> bool:
    """Return whether it may be the time of day, as a number that servers derive from it."""
    behind = (int(now.timestamp()) - validity) % _EPOCH
    return min(behind, _EPOCH - behind) <= _SKEW_SECONDS
