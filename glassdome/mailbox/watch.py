"""Watches mailboxes for changes: one connection in IDLE a mailbox, however many listen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, Self

from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError
from glassdome.core.limits import MAX_WATCHED_MAILBOXES
from glassdome.core.log import get_logger
from glassdome.core.unexpected import wrap_unexpected
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.ports.mail import MailSource
from glassdome.values.refs import INBOX

__all__ = ["ChangeWaiter", "InboxWatch", "Listener"]

_log = get_logger(__name__)


class InboxWatch:
    """The connections that wait for changes of an INBOX. All its methods belong to one event loop."""

    def __init__(
        self, source: MailSource, backoff: MailboxBackoff, *, clock: Clock, most: int = MAX_WATCHED_MAILBOXES
    ) -> None:
        """Watch `most` mailboxes at most: the others are left to polling."""
        self._source, self._backoff, self._clock, self.most = source, backoff, clock, most
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._listeners: dict[str, list[Listener]] = {}

    def changed(self, mailbox: str) -> None:
        """Tell everybody who listens to the mailbox that it may have changed."""
        for listener in self._listeners.get(mailbox, ()):
            listener.on_change(mailbox)

    def begin(self, mailbox: str, listener: Listener) -> bool:
        """Add a listener; False where too many mailboxes are watched already."""
        task = self._tasks.get(mailbox)
        if task is None and len(self._tasks) >= self.most:
            return False
        self._listeners.setdefault(mailbox, []).append(listener)
        if task is None or task.cancelled():
            self._tasks[mailbox] = asyncio.create_task(self._watch(mailbox))
        else:
            # The others have heard of earlier mail already.
            listener.on_change(mailbox)
        return True

    async def end(self, mailboxes: Iterable[str], listener: Listener) -> None:
        """Remove a listener; a mailbox without listeners is watched no more."""
        left = []
        for mailbox in mailboxes:
            self._listeners[mailbox].remove(listener)
            if not self._listeners[mailbox]:
                del self._listeners[mailbox]
                left.append(self._tasks.pop(mailbox))
                left[-1].cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _watch(self, mailbox: str) -> None:
        while True:
            if (again_at := self._backoff.again_at(mailbox)) is not None:
                await self._clock.sleep(max(0.0, (again_at - self._clock.now()).total_seconds()))
            try:
                await wrap_unexpected(f"The watch of {mailbox}", partial(self._listen, mailbox))
                return  # a source that cannot watch leaves it to polling
            except GlassdomeError as exc:
                state = self._backoff.record_failure(mailbox, exc, now=self._clock.now())
                _log.warning(
                    "watch_lost",
                    mailbox=mailbox,
                    code=exc.code,
                    problem=exc.public_message,
                    again_at=str(state.again_at),
                )

    async def _listen(self, mailbox: str) -> None:
        async for _ in self._source.watch(mailbox, INBOX):
            self._backoff.recovered(mailbox, now=self._clock.now())
            self.changed(mailbox)


class Listener:
    """A subscriber to changes; `watching` are the mailboxes watched for it."""

    def __init__(self, watch: InboxWatch, on_change: Callable[[str], None]) -> None:
        """`on_change` is called with the mailbox, and must return at once."""
        self._watch, self.on_change = watch, on_change
        self.watching: Final = set[str]()

    async def follow(self, mailboxes: Sequence[str]) -> None:
        """Listen to these mailboxes from now on, as far as they can be watched, and to no others."""
        wanted = mailboxes[: self._watch.most]
        gone = self.watching - set(wanted)
        self.watching.difference_update(gone)
        await self._watch.end(gone, self)
        for mailbox in wanted:
            if mailbox not in self.watching and self._watch.begin(mailbox, self):
                self.watching.add(mailbox)


class ChangeWaiter(Listener):
    """Waits for a change of any mailbox it follows; an async context manager, whose end stops listening."""

    def __init__(self, watch: InboxWatch) -> None:
        """Nothing is watched yet."""
        self._changed = asyncio.Event()
        super().__init__(watch, lambda _: self._changed.set())

    async def __aenter__(self) -> Self:
        """Return it."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop watching."""
        await self.follow(())

    async def wait(self, seconds: float) -> bool:
        """Wait until a mailbox changed, at most `seconds`; return whether one did."""
        with contextlib.suppress(TimeoutError):
            # `wait_for` would swallow a cancellation that comes together with the change.
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        changed = self._changed.is_set()
        self._changed.clear()
        return changed
