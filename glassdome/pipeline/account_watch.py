"""Ends the sessions of owners whose mailbox was switched off, or whose password changed, since they signed in."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.limits import WEB_IDLE_SECONDS
from glassdome.core.log import get_logger
from glassdome.ports.accounts import Accounts
from glassdome.values.person import AccountMark, KnownSession

if TYPE_CHECKING:
    from glassdome.store.history import History
    from glassdome.store.sessions import SessionTable

__all__ = ["ACCOUNTS_EVERY", "AccountWatch"]

_log = get_logger(__name__)
#: Seconds between two looks; each is two requests for every owner who is signed in.
ACCOUNTS_EVERY: Final = 60.0
_IDLE: Final = timedelta(seconds=WEB_IDLE_SECONDS)


class AccountWatch:
    """Stores each session's account as it was at the first look; no password is kept for that."""

    def __init__(self, accounts: Accounts, sessions: SessionTable, history: History, clock: Clock) -> None:
        """Accounts are looked at over `accounts`."""
        self._accounts, self._sessions, self._history, self._clock = accounts, sessions, history, clock

    async def check(self) -> int:
        """Look once at every owner who is signed in; return how many sessions ended. Raises as Accounts and the stores."""
        now = self._clock.now()
        live = await self._sessions.sessions_of_owners(now=now, idle_since=now - _IDLE)
        ended = 0
        for who, theirs in groupby(live, key=lambda session: session.person.name):
            mark = await self._accounts.mark(who)
            over = [session for session in theirs if await self._is_over(session, mark)]
            ended += len(over)
            await self._end(who, over)
        return ended

    async def _is_over(self, session: KnownSession, mark: AccountMark | None) -> bool:
        """Return whether a session outlived its account; a mailbox that was never listed is another server's."""
        before = session.account
        if mark is None:
            return before is not None
        if before is None:
            await self._sessions.note_account(session.id, mark)
        return not mark.active or (before is not None and not mark.continues(before))

    async def _end(self, who: str, sessions: list[KnownSession]) -> None:
        for session in sessions:
            await self._sessions.end_sessions(who, session=session.id)
            _log.info("session_ended", mailbox=who, why="the account changed")
            await self._history.audit(
                actor="mailcow", action="end_session", subject=who, facts={}, now=self._clock.now()
            )
