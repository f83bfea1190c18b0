"""The stream of events for programs that follow along."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from glassdome.api.access import Reader, asked_again
from glassdome.api.errors import refusals
from glassdome.core.errors import RateLimited
from glassdome.desk.follow import Follower, StreamParameters, follow
from glassdome.desk.http import Wired
from glassdome.desk.streams import Streams
from glassdome.pipeline.webhook_letters import letter_body
from glassdome.values.event import Event

__all__ = ["router"]

router = APIRouter(tags=["webhooks"])


@router.get(
    "/api/v1/get/llm/events",
    summary="Events as they happen",
    responses={
        200: {"description": "Server-sent events, until the key is revoked", "content": {"text/event-stream": {}}},
        **refusals(),
    },
    response_class=StreamingResponse,
)
async def get_events(
    request: Request,
    services: Wired,
    caller: Reader,
    wanted: Annotated[StreamParameters, Query()],
    last_event_id: Annotated[str, Header(description="The last event that was seen; it counts before `after`")] = "",
) -> Response:
    """Tell what happens in the key's mailboxes: each event with its kind as name and the body of webhooks as data.

    A quiet stream says something every 20 seconds. A key has three streams at most, a person twelve by all
    their keys and sessions, further ones get 429.
    """
    streams: Streams = request.app.state.streams
    again = asked_again(request, services, lasting=streams.heartbeat)
    reader = Follower(name=caller.name, person=caller.person, caller=again, line=_line)
    stream = follow(services, streams, reader, wanted, last_event_id)
    if stream is None:
        raise RateLimited("There are too many open streams of events.", fix="Close one, or try again in a minute.")
    return stream


def _line(event: Event) -> tuple[str, bytes]:
    return event.kind.value, letter_body(event)
