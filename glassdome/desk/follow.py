"""The content of a stream: each event that its reader may see, behind the last one that they saw."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.errors import GlassdomeError
from glassdome.core.log import get_logger
from glassdome.desk.keys import Caller
from glassdome.desk.services import Services
from glassdome.desk.streams import EventStream, Streams
from glassdome.values.event import Event

__all__ = ["Follower", "StreamParameters", "follow", "while_vouched"]

_log = get_logger(__name__)
#: Events of one read; the next read gets the rest.
_READ: Final = 100
_BEAT: Final = b": still here\n\n"
_MOST: Final = 2**63 - 1


class StreamParameters(BaseModel):
    """The event behind which to begin, the newest where none is named; without `follow` the stream ends with the newest."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[
        int | None,
        Field(ge=0, le=_MOST, description="Begin behind the event of this id, 0: with the oldest; else with the next"),
    ] = None
    follow: Annotated[bool, Field(description="Wait for what comes; false: end with the newest")] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """The reader of a stream: `name` counts the streams of a session or key, `person` those of its owner.

    `caller` returns what they may see at this moment, None once they are let in no more, and `line` makes the name and the
    data of an event for this reader.
    """

    name: str
    person: str
    caller: Callable[[], Awaitable[Caller | None]]
    line: Callable[[Event], tuple[str, bytes]]


def follow(
    services: Services, streams: Streams, follower: Follower, wanted: StreamParameters, last_event_id: str
) -> EventStream | None:
    """Return the stream; None where there are too many. What the header `Last-Event-ID` names counts before `wanted`."""
    if not streams.admit(follower.name, follower.person):
        return None
    told = _told(services, streams, follower, _seen(last_event_id, wanted.after), lasting=wanted.follow)
    return EventStream(told, lambda: streams.release(follower.name, follower.person))


def while_vouched(caller: Caller, *, lasting: float) -> Callable[[], Awaitable[Caller | None]]:
    """Return what finds a proxy's visitor again, for `lasting` seconds: a proxy checks them when a request comes."""
    loop = asyncio.get_running_loop()
    until = loop.time() + lasting

    async def again() -> Caller | None:
        return caller if loop.time() < until else None

    return again


def _seen(last_event_id: str, wanted: int | None) -> int | None:
    if not (last_event_id.isascii() and last_event_id.isdigit()):
        return wanted
    return int(last_event_id) if len(last_event_id) <= len(str(_MOST)) else None


async def _told(
    services: Services, streams: Streams, follower: Follower, after: int | None, *, lasting: bool
) -> AsyncIterator[bytes]:
    try:
        newest = await services.events.newest_id()
        # A database that was restored, or erased from, has fewer events than its reader saw.
        reached = newest if after is None else min(after, newest)
        # A reader who is cut off before the first event names this id, and misses nothing.
        yield f"retry: 5000\nid: {reached}\n\n".encode()
        async with streams.looking(services.events):
            while not streams.stopping:
                bell = streams.bell
                caller = await follower.caller()
                if caller is None:
                    return
                found = await _after(services, caller, reached)
                for event in found:
                    reached = event.id
                    yield _block(event, follower)
                if len(found) == _READ:
                    continue
                if not lasting:
                    return
                if not await streams.news(bell):
                    yield _BEAT
    except GlassdomeError as exc:  # the reader connects again
        _log.info("stream_ended", code=exc.code)


async def _after(services: Services, caller: Caller, reached: int) -> tuple[Event, ...]:
    return await services.events.after(reached, mailboxes=caller.mailboxes, domains=caller.domains, limit=_READ)


def _block(event: Event, follower: Follower) -> bytes:
    name, data = follower.line(event)
    return f"id: {event.id}\nevent: {name}\ndata: ".encode() + data + b"\n\n"
