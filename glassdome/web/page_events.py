"""The stream of events that open pages follow: which kind of thing happened, in which mailbox, and nothing of any mail."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from glassdome.core.errors import GlassdomeError
from glassdome.core.log import get_logger
from glassdome.desk.http import Wired
from glassdome.desk.keys import Caller
from glassdome.desk.people import caller_of
from glassdome.desk.services import Services
from glassdome.values.event import Event
from glassdome.web.page import PageRoute
from glassdome.web.session import IDLE
from glassdome.web.streams import EventStream, Streams
from glassdome.web.visitor import Reads, Visitor

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_log = get_logger(__name__)
#: Events of one read; a page needs to know that something happened, and asks again for the rest.
_READ: Final = 100
#: Milliseconds after which a browser connects again, and seconds after which one that found no room may.
_RETRY: Final = b"retry: 5000\n\n"
_LATER: Final = "60"
_BEAT: Final = b": still here\n\n"
_MOST: Final = 2**63 - 1


class StreamParameters(BaseModel):
    """The event behind which to begin, the newest where none is named; without `follow` the stream ends with the newest."""

    after: Annotated[int | None, Field(ge=0, le=_MOST)] = None
    follow: bool = True


@router.get("/events")
async def events(
    request: Request,
    services: Wired,
    visitor: Reads,
    wanted: Annotated[StreamParameters, Query()],
    last_event_id: Annotated[str, Header()] = "",
) -> Response:
    """Tell what happens in the mailboxes that the visitor may see; 503 where there are too many streams: pages then poll."""
    after = _seen(last_event_id, wanted.after)
    streams: Streams = request.app.state.web.streams
    name = visitor.session.token if visitor.session is not None else visitor.signed_in_by.name
    if not streams.admit(name):
        return Response(status_code=503, headers={"Retry-After": _LATER})
    told = _told(services, visitor, streams, after, follow=wanted.follow)
    return EventStream(told, lambda: streams.release(name))


def _seen(last_event_id: str, wanted: int | None) -> int | None:
    """Return the event behind which to begin: the browser's word counts before the address."""
    if not (last_event_id.isascii() and last_event_id.isdigit()):
        return wanted
    return int(last_event_id) if len(last_event_id) <= len(str(_MOST)) else None


async def _told(
    services: Services, visitor: Visitor, streams: Streams, after: int | None, *, follow: bool
) -> AsyncIterator[bytes]:
    yield _RETRY
    try:
        reached = await services.events.newest_id() if after is None or after > _MOST else after
        async with streams.looking(services.events):
            while not streams.stopping:
                bell = streams.bell
                caller = await _caller(services, visitor)
                if caller is None:
                    return
                found = await _after(services, caller, reached)
                for event in found:
                    reached = event.id
                    yield _line(event)
                if len(found) == _READ:
                    continue
                if not follow:
                    return
                if not await streams.news(bell):
                    yield _BEAT
    except GlassdomeError as exc:  # the browser connects again
        _log.info("stream_ended", code=exc.code)


async def _after(services: Services, caller: Caller, reached: int) -> tuple[Event, ...]:
    return await services.events.after(reached, mailboxes=caller.mailboxes, domains=caller.domains, limit=_READ)


async def _caller(services: Services, visitor: Visitor) -> Caller | None:
    """Return what the visitor may see at this moment; None once they are signed out, in whichever process."""
    if visitor.session is None:
        return visitor.caller
    now = services.clock.now()
    known = await services.sessions.session_of(visitor.session.token, now=now, idle_since=now - IDLE)
    return None if known is None else caller_of(known.person, services.settings())


def _line(event: Event) -> bytes:
    data = json.dumps({"kind": event.kind.value, "mailbox": event.mailbox})
    return f"id: {event.id}\nevent: news\ndata: {data}\n\n".encode()
