"""Webhooks: the receivers of events, how they fare, a test, and the letters that were given up."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from glassdome.core.errors import GlassdomeError, InputError, NotFound
from glassdome.core.places import without_places
from glassdome.desk.http import Wired
from glassdome.desk.services import Services
from glassdome.desk.webhooks import (
    WebhookEdit,
    WebhookTest,
    edit_webhook,
    last_deliveries,
    listed_webhooks,
    try_webhook,
)
from glassdome.values.event import EventKind
from glassdome.web.page import PageRoute, redirect, render
from glassdome.web.tongue import N_, gettext
from glassdome.web.visitor import Reads, SentForm, Visitor, Written

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
ABOUT: Final = {
    EventKind.ANALYSIS: N_("a message was judged, or judged again"),
    EventKind.PHISHING: N_("a message was found to be phishing"),
    EventKind.THREAD_WAITING: N_("somebody waits for an answer"),
    EventKind.ACTION: N_("a keyword, a move or a warning was done, failed or was undone"),
    EventKind.JOB_FAILED: N_("a message could not be judged"),
    EventKind.HEALTH: N_("a part of the service stopped, or works again (only for all mailboxes)"),
}


@router.get("/webhooks")
async def webhooks(request: Request, services: Wired, visitor: Reads) -> Response:
    """List the webhooks that the visitor may see."""
    return await _shown(request, services, visitor)


@router.post("/webhooks")
async def change(request: Request, services: Wired, form: Written) -> Response:
    """Add a webhook, try it, switch it, give it another secret, send its dead letters again, or remove it."""
    match form["do"]:
        case "add":
            return await _with_secret(request, services, form, _added(form))
        case "rotate":
            return await _with_secret(request, services, form, WebhookEdit(action="rotate", id=form.number("id")))
        case "test":
            return await _shown(request, services, form.visitor, tried=await _tried(services, form))
        case "on" | "off" as to:
            edit = WebhookEdit(action="change", id=form.number("id"), enabled=to == "on")
        case "remove":
            edit = WebhookEdit(action="remove", id=form.number("id"))
        case "resend":
            letter = form.number("letter")
            edit = WebhookEdit(action="resend", id=form.number("id"), ids=None if letter is None else [letter])
        case _:
            raise InputError(gettext("The form does not say what to do."))
    await edit_webhook(services, form.caller, edit)
    return redirect("webhooks", done=f"webhook_{form['do']}")


def _added(form: SentForm) -> WebhookEdit:
    scope = form["scope"].strip().lower()
    events = [kind for kind in EventKind if form[f"event {kind}"] == "on"]
    if not events:
        raise InputError(gettext("Choose at least one event."))
    return WebhookEdit(
        action="add",
        url=form["url"].strip(),
        events=events,
        mailbox=scope if "@" in scope else "",
        domain="" if "@" in scope else scope,
    )


async def _with_secret(request: Request, services: Services, form: SentForm, edit: WebhookEdit) -> Response:
    """Show the page with the new secret, this once."""
    answer = await _shown(request, services, form.visitor, made=await edit_webhook(services, form.caller, edit))
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _tried(services: Services, form: SentForm) -> dict[str, Any]:
    """Return what the test came to; a receiver that cannot be reached counts as one that refuses."""
    number = form.number("id")
    if number is None:
        raise InputError(gettext("Say which webhook."))
    try:
        done = await try_webhook(services, form.caller, WebhookTest(id=number))
    except NotFound:
        raise
    except GlassdomeError as exc:
        return {"id": number, "accepted": False, "text": without_places(exc.public_message)}
    return {
        "id": number,
        "accepted": done["accepted"],
        "text": gettext("The receiver answered %(status)s.", status=done["status"]),
    }


async def _shown(
    request: Request,
    services: Services,
    visitor: Visitor,
    *,
    made: dict[str, Any] | None = None,
    tried: dict[str, Any] | None = None,
) -> Response:
    caller = visitor.signed_in_by
    found = await listed_webhooks(services, caller)
    return render(
        request,
        "webhooks.html",
        visitor,
        webhooks=found,
        last=await last_deliveries(services, [one["id"] for one in found]),
        events=ABOUT,
        hosts=services.settings().webhook_hosts,
        whole_server=not caller.restricted,
        made=made,
        tried=tried,
    )
