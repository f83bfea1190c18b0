"""Waits for a change in any of many mailboxes: IDLE if a connection is available for it, else a fixed time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Self

from glassdome.agents.stores import AgentStores
from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError, LoginRefused
from glassdome.core.limits import IMAP_IDLE_SECONDS, MAX_WATCHED_MAILBOXES
from glassdome.core.log import get_logger
from glassdome.integrations.mailcow_client import MailcowClient
from glassdome.values.refs import INBOX

__all__ = ["ChangeWaiter"]

_log = get_logger(__name__)
#: Seconds before the next try after a lost connection, and the longest such pause.
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0


class ChangeWaiter:
    """One connection in IDLE per mailbox; an async context manager, whose end closes them."""

    def __init__(self, client: MailcowClient, memory: AgentStores, *, clock: Clock) -> None:
        """Share the agent's client and memory."""
        self._client, self._memory, self._clock = client, memory, clock
        self._changed = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        """Return it; nothing is watched yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop watching."""
        await self.watch(())

    async def watch(self, mailboxes: Sequence[str]) -> None:
        """Watch these from now on, as many of them as `MAX_WATCHED_MAILBOXES`; the rest is left to the sweep."""
        # IDLE holds a connection: where a mailbox may have one only, it is left for polling.
        watched = MAX_WATCHED_MAILBOXES if self._client.sessions.max_per_mailbox > 1 else 0
        wanted = set(mailboxes[:watched])
        left = [self._tasks.pop(mailbox) for mailbox in self._tasks.keys() - wanted]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for mailbox in wanted - self._tasks.keys():
            self._tasks[mailbox] = asyncio.create_task(self._listen(mailbox))

    async def wait(self, seconds: float) -> bool:
        """Wait until a mailbox changed, at most `seconds`; say whether one did."""
        with contextlib.suppress(TimeoutError):
            # `wait_for` would swallow a cancellation that comes together with the change.
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        changed = self._changed.is_set()
        self._changed.clear()
        return changed

    async def _listen(self, mailbox: str) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                registered = await (await self._memory.stores()).mailboxes.get(mailbox)
                if registered is None:
                    return
                async with self._client.session(mailbox, registered.credentials) as session:
                    if "IDLE" not in session.capabilities:
                        return
                    await session.examine(INBOX)
                    # What arrived before IDLE began would ring no bell.
                    self._changed.set()
                    pause = _FIRST_PAUSE
                    while True:
                        if await session.idle(IMAP_IDLE_SECONDS):
                            self._changed.set()
            except GlassdomeError as exc:
                refused = isinstance(exc, LoginRefused)
                _log.warning("idle_interrupted", mailbox=mailbox, code=exc.code, problem=exc.sentence)
                await self._clock.sleep(_LONGEST_PAUSE if refused else pause)
                pause = min(_LONGEST_PAUSE, pause * 2)
