"""Streams of events to pages and programs: how many there may be, the one look for news that serves them all, and their end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from glassdome.core.errors import GlassdomeError
from glassdome.core.limits import (
    MAX_STREAMS,
    MAX_STREAMS_PER_PERSON,
    MAX_STREAMS_PER_SESSION,
    STREAM_HEARTBEAT_SECONDS,
    STREAM_LOOK_SECONDS,
)
from glassdome.store.events import Events

__all__ = ["EventStream", "Streams"]

#: Neither a cache nor a proxy's buffer may keep events back; nginx heeds the last one (X-Accel-Buffering).
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Streams:
    """The open streams of this process, counted by session or key and by the person behind it."""

    def __init__(self, *, heartbeat: float = STREAM_HEARTBEAT_SECONDS, look: float = STREAM_LOOK_SECONDS) -> None:
        """A quiet stream says something each `heartbeat` seconds; news are looked for each `look` seconds."""
        self.heartbeat, self.stopping = heartbeat, False
        self._look = look
        self._open: Counter[str] = Counter()
        self._of_person: Counter[str] = Counter()
        self._bell = asyncio.Event()
        self._lookers = 0
        self._looking: asyncio.Task[None] | None = None

    def admit(self, owner: str, person: str) -> bool:
        """Count one more stream of a session or key; False where there are too many, or the service is being stopped.

        A person may have many sessions and keys: without a bound of theirs, one would take the streams of all.
        """
        mine = self._open[owner] >= MAX_STREAMS_PER_SESSION or self._of_person[person] >= MAX_STREAMS_PER_PERSON
        if mine or self._open.total() >= MAX_STREAMS or self.stopping:
            return False
        self._open[owner] += 1
        self._of_person[person] += 1
        return True

    def release(self, owner: str, person: str) -> None:
        """Count one less."""
        self._open[owner] -= 1
        self._of_person[person] -= 1
        self._open += Counter()  # names at zero go
        self._of_person += Counter()

    def ring(self) -> None:
        """Have every stream look for its own news, and whether its reader is still let in."""
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()

    def stop(self) -> None:
        """End all streams: they would hold up the stop of the server."""
        self.stopping = True
        self.ring()

    async def news(self, bell: asyncio.Event) -> bool:
        """Wait until that bell rings; False where nothing happened for a heartbeat."""
        try:
            async with asyncio.timeout(self.heartbeat):
                await bell.wait()
        except TimeoutError:
            return False
        return True

    @property
    def bell(self) -> asyncio.Event:
        """The bell that rings next: take it before looking for news, so that none is missed."""
        return self._bell

    @asynccontextmanager
    async def looking(self, events: Events) -> AsyncIterator[None]:
        """Look for news while anyone needs it: one query for all streams together."""
        self._lookers += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._watch(events))
        try:
            yield
        finally:
            self._lookers -= 1
            if not self._lookers and self._looking is not None:
                # The next stream may come before the task has ended, and must not take it for one that still looks.
                self._looking.cancel()
                self._looking = None

    async def _watch(self, events: Events) -> None:
        seen = -1
        while True:
            with suppress(GlassdomeError):  # the database is away for a moment
                newest = await events.newest_id()
                if newest != seen:
                    seen = newest
                    self.ring()
            await asyncio.sleep(self._look)


class EventStream(StreamingResponse):
    """An answer of events; `ended` is called when it is over, however it ends."""

    def __init__(self, content: AsyncIterator[bytes], ended: Callable[[], None]) -> None:
        """`content` is encoded as `text/event-stream` wants it."""
        super().__init__(content, media_type="text/event-stream", headers=_HEADERS)
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended()
