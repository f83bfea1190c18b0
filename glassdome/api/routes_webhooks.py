"""Webhooks: the receivers of events, and what could not be delivered."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request, Response

from glassdome.api.access import Reader, Writer
from glassdome.api.answers import Element, answer, success
from glassdome.api.errors import refusals
from glassdome.api.lists import UNCHANGED, tagged
from glassdome.desk.http import Wired
from glassdome.desk.webhooks import WebhookEdit, WebhookTest, edit_webhook, listed_webhooks, try_webhook
from glassdome.shapes.webhook import WebhookShape

__all__ = ["router"]

router = APIRouter(tags=["webhooks"])


@router.get(
    "/api/v1/get/llm/webhooks",
    summary="Webhooks",
    response_model=list[WebhookShape],
    responses={**UNCHANGED, **refusals()},
)
async def get_webhooks(request: Request, services: Wired, caller: Reader) -> Response:
    """Answer the webhooks of the key's mailboxes and domains, how they fare, and their dead letters."""
    return tagged(request, json.dumps(await listed_webhooks(services, caller)))


@router.post(
    "/api/v1/edit/llm/webhooks",
    summary="Add, change or remove a webhook",
    response_model=list[Element],
    responses=refusals(403, 404),
)
async def edit_webhooks(services: Wired, caller: Writer, body: WebhookEdit) -> Response:
    """Change one webhook, or send its dead letters again. Audited.

    `data` is the webhook; with `add` and `rotate` it has the `secret`, which is answered only there. A rotated secret
    signs for one more day. A key of some mailboxes adds webhooks for these.
    """
    data = await edit_webhook(services, caller, body)
    request = body.model_dump(mode="json", exclude_defaults=True)
    return answer(success("edit", "webhooks", msg=["webhook_modified", str(data["id"])], data=data, request=request))


@router.post(
    "/api/v1/add/llm/webhook_test",
    summary="Try a webhook",
    response_model=list[Element],
    responses=refusals(403, 404, 503),
)
async def test_webhook(services: Wired, caller: Writer, body: WebhookTest) -> Response:
    """Send an event of type `test` at once; `data.status` is the receiver's HTTP status, `data.accepted` whether it took it."""
    data = await try_webhook(services, caller, body)
    message = ["webhook_tried", str(data["status"])]
    return answer(success("add", "webhook_test", msg=message, data=data, request=body.model_dump()))
