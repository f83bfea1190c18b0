"""The stream of events that open pages follow: which kind of thing happened, in which mailbox, and nothing of any mail."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response

from glassdome.desk.follow import Follower, StreamParameters, follow, while_vouched
from glassdome.desk.http import Wired, proxy_caller
from glassdome.desk.keys import Caller
from glassdome.desk.people import caller_of
from glassdome.desk.services import Services
from glassdome.desk.streams import Streams
from glassdome.values.event import Event
from glassdome.web.page import PageRoute
from glassdome.web.session import IDLE
from glassdome.web.visitor import Reads, Visitor

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
#: Seconds after which a browser that found no room may connect again.
_LATER: Final = "60"


@router.get("/events")
async def events(
    request: Request,
    services: Wired,
    visitor: Reads,
    wanted: Annotated[StreamParameters, Query()],
    last_event_id: Annotated[str, Header()] = "",
) -> Response:
    """Tell what happens in the mailboxes that the visitor may see; 503 where there are too many streams: pages then poll."""
    streams: Streams = request.app.state.streams
    caller = visitor.signed_in_by
    name = visitor.session.token if visitor.session is not None else caller.name
    vouched = proxy_caller(request, services)
    again = while_vouched(vouched, lasting=streams.heartbeat) if vouched else lambda: _caller(services, visitor)
    page = Follower(name=name, person=caller.person, caller=again, line=_line)
    stream = follow(services, streams, page, wanted, last_event_id)
    return stream or Response(status_code=503, headers={"Retry-After": _LATER})


async def _caller(services: Services, visitor: Visitor) -> Caller | None:
    """Return what the visitor may see at this moment; None once they are signed out, in whichever process."""
    if visitor.session is None:
        return None
    now = services.clock.now()
    known = await services.sessions.session_of(visitor.session.token, now=now, idle_since=now - IDLE)
    return None if known is None else caller_of(known.person, services.settings())


def _line(event: Event) -> tuple[str, bytes]:
    return "news", json.dumps({"kind": event.kind.value, "mailbox": event.mailbox}).encode()
