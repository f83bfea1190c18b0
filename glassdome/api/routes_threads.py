"""Threads: who owes whom an answer."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from glassdome.api.access import Reader
from glassdome.api.errors import refusals
from glassdome.api.lists import UNCHANGED, next_page, tagged
from glassdome.desk.http import Wired
from glassdome.desk.threads import ThreadName, ThreadParameters, list_threads, thread_of
from glassdome.shapes.thread import ThreadShape, WholeThreadShape, thread_shape, whole_thread_shape

__all__ = ["router"]

router = APIRouter(tags=["threads"])


@router.get(
    "/api/v1/get/llm/threads",
    summary="Threads, newest mail first",
    response_model=list[ThreadShape],
    responses={**UNCHANGED, **refusals()},
)
async def get_threads(
    request: Request, services: Wired, caller: Reader, parameters: Annotated[ThreadParameters, Query()]
) -> Response:
    """Answer the threads of mailboxes with the preference `threads`, with their states and what these rest on.

    The next page's address is in the headers `Link` and `X-Next-Cursor`; on the last page they are missing.
    """
    page = await list_threads(services, caller, parameters)
    return tagged(request, _text([thread_shape(item) for item in page.items]), next_page(request, page.next_cursor))


@router.get(
    "/api/v1/get/llm/thread",
    summary="One thread with its mails",
    response_model=WholeThreadShape,
    responses={**UNCHANGED, **refusals(404)},
)
async def get_thread(
    request: Request, services: Wired, caller: Reader, name: Annotated[ThreadName, Query()]
) -> Response:
    """Answer one thread with what each of its mails asks, promises or settles, oldest first."""
    return tagged(request, _text(whole_thread_shape(*await thread_of(services, caller, name))))


def _text(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))
