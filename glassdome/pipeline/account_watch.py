"""Ends the sessions of owners whose mailbox was switched off, or whose password changed, and the keys of the first."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.limits import WEB_IDLE_SECONDS
from glassdome.core.log import get_logger
from glassdome.ports.accounts import Accounts
from glassdome.values.person import AccountMark, KnownSession, MadeKey, SignedInBy

if TYPE_CHECKING:
    from glassdome.store.api_keys import ApiKeyTable
    from glassdome.store.history import History
    from glassdome.store.sessions import SessionTable

__all__ = ["ACCOUNTS_EVERY", "AccountWatch"]

_log = get_logger(__name__)
#: Seconds between two looks; each is two requests for every owner who is signed in or has a key.
ACCOUNTS_EVERY: Final = 60.0
_IDLE: Final = timedelta(seconds=WEB_IDLE_SECONDS)


class AccountWatch:
    """Stores each session's account as it was at the first look; no password is kept for that."""

    def __init__(
        self, accounts: Accounts, sessions: SessionTable, keys: ApiKeyTable, history: History, clock: Clock
    ) -> None:
        """Accounts are looked at over `accounts`."""
        self._accounts, self._sessions, self._keys = accounts, sessions, keys
        self._history, self._clock = history, clock
        #: Owners with keys whose mailboxes mailcow has, or had.
        self._listed: set[str] = set()

    async def check(self) -> int:
        """Look once at every owner who is signed in or has a key; return how many sessions and keys ended.

        Raises as Accounts and the stores.
        """
        return await self._check_sessions() + await self._check_keys()

    async def _check_keys(self) -> int:
        keys = [key for key in await self._keys.keys_of(None, now=self._clock.now()) if _is_owners(key)]
        ended = 0
        for who in sorted({key.owner.name for key in keys}):
            mark = await self._accounts.mark(who)
            if mark is not None:
                self._listed.add(who)
            # A mailbox that was never listed is another server's.
            if who not in self._listed or (mark is not None and mark.active):
                continue
            for key in (key for key in keys if key.owner.name == who):
                ended += await self._keys.revoke_key(key.id, owner=who)
            await self._say(who, "revoke_keys")
        return ended

    async def _check_sessions(self) -> int:
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
            await self._say(who, "end_session")

    async def _say(self, who: str, action: str) -> None:
        await self._history.audit(actor="mailcow", action=action, subject=who, facts={}, now=self._clock.now())


def _is_owners(key: MadeKey) -> bool:
    """Return whether a key was made by the owner of a mailbox."""
    return "@" in key.owner.name and key.owner.by in (SignedInBy.MAILBOX, SignedInBy.PROVIDER)
