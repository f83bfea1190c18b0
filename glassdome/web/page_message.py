"""One message: its verdict with all reasons, its actions, and the buttons to undo and correct them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from glassdome.core.errors import GlassdomeError, InputError, NotFound, PolicyRefused
from glassdome.core.limits import MAX_EMAIL_ID_CHARS
from glassdome.desk.analyze import analysed, chosen_message
from glassdome.desk.calendar import CALENDAR_HEADERS, CALENDAR_TYPE, find_calendar
from glassdome.desk.email_id import EmailId, as_mailbox, parse_email_id
from glassdome.desk.erase import EraseRequest, erase
from glassdome.desk.feedback import FeedbackRequest
from glassdome.desk.feedback import correct as correct_verdict
from glassdome.desk.http import Wired
from glassdome.desk.lookup import find_analysis, find_document
from glassdome.desk.services import Services
from glassdome.desk.undo import take_back as take_back_all
from glassdome.shapes.action import action_shape
from glassdome.shapes.calendar import calendar_of
from glassdome.shapes.job import job_shape
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.analysis import Analysis
from glassdome.values.owner import OwnerMark, SenderStanding
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import GIVEN_LABELS, Label
from glassdome.web.page import PageRoute, redirect, refused, render
from glassdome.web.tongue import N_, gettext, refusal
from glassdome.web.visitor import Reads, SentForm, Written
from glassdome.web.words import sender

__all__ = ["Which", "router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
#: Seconds the page waits for a new verdict; after that it says that the message is in the queue.
_PATIENCE: Final = 5.0


class Which(BaseModel):
    """One message of one mailbox."""

    mailbox: str = ""
    id: Annotated[str, Field(max_length=MAX_EMAIL_ID_CHARS)] = ""


@router.get("/message")
async def message(request: Request, services: Wired, visitor: Reads, which: Annotated[Which, Query()]) -> Response:
    """Show the message's analysis, its job where that says more, and its actions."""
    mailbox = as_mailbox(which.mailbox)
    visitor.signed_in_by.must_see(mailbox)
    wanted = parse_email_id(which.id)
    document = await find_document(services.analyses, mailbox, wanted)
    found: dict[str, Any] | None = json.loads(document) if document else None
    ref = _ref(mailbox, wanted, found)
    job = await services.queue.get(ref) if ref else None
    if ref is None or (found is None and job is None):
        raise NotFound(
            gettext("Nothing is known of this message."),
            fix=gettext("It was never judged, or its analysis was deleted."),
        )
    actions = await services.actions.of(ref)
    return render(
        request,
        "message.html",
        visitor,
        which=which,
        message=found,
        files=_files(found) if found else [],
        facts=_other_facts(found) if found else [],
        mark=(await services.owners.marks_of([ref])).get(ref, OwnerMark()),
        own_categories=await services.owners.categories.names([mailbox]),
        standing=await _standing(services, mailbox, found),
        text_there=services.source is not None,
        has_dates=bool(found and calendar_of(found)),
        job=job_shape(job) if job else None,
        actions=[action_shape(item) for item in reversed(actions)],
        can_undo=services.undoer is not None,
        alert=ActionKind.ALERT,
        done=ActionState.DONE,
        labels={"ham": N_("Harmless"), "spam": N_("Spam"), "phish": N_("Phishing")},
    )


async def _standing(services: Services, mailbox: str, found: dict[str, Any] | None) -> SenderStanding | None:
    """Return the owner's word on the sender of the message."""
    address = sender(found["from"])[1] if found else ""
    return await services.owners.standing(mailbox, address) if "@" in address else None


def _files(found: dict[str, Any]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Return the attached files, each with the facts that stand in it."""
    return [(file, [fact for fact in found["facts"] if _is_in(fact, file)]) for file in found["attachments"]]


def _other_facts(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the facts that stand in no listed file."""
    rest = [fact for fact in found["facts"] if not any(_is_in(fact, file) for file in found["attachments"])]
    return [fact for fact in rest if fact["type"] != "file"]


def _is_in(fact: dict[str, Any], file: dict[str, Any]) -> bool:
    name, where = file["name"], fact["where"]
    return bool(name) and (where == name or where.startswith(f"{name}, "))


@router.get("/mail.ics")
async def calendar(services: Wired, visitor: Reads, which: Annotated[Which, Query()]) -> Response:
    """Hand out the dates of the message as a calendar file."""
    mailbox = as_mailbox(which.mailbox)
    visitor.signed_in_by.must_see(mailbox)
    text = await find_calendar(services, mailbox, parse_email_id(which.id))
    return Response(text, media_type=CALENDAR_TYPE, headers=dict(CALENDAR_HEADERS))


def _ref(mailbox: str, wanted: EmailId, found: dict[str, Any] | None) -> MessageRef | None:
    if found is not None:
        place = {"folder": found["folder"], "uid_validity": found["uid_validity"], "uid": int(found["email_id"])}
        return MessageRef(mailbox=mailbox, **place)
    if wanted.uid_validity is None:
        return None
    return MessageRef(mailbox=mailbox, folder=wanted.folder, uid_validity=wanted.uid_validity, uid=wanted.uid)


@router.post("/analyse")
async def analyse_again(request: Request, services: Wired, form: Written) -> Response:
    """Judge the message again, and wait a moment for it; in a mailbox that is not enabled, say where to enable it."""
    mailbox = as_mailbox(form["mailbox"])
    form.caller.must_see(mailbox)
    if not (await services.preferences.get_preferences(mailbox)).chosen:
        sentence = gettext("%(mailbox)s is not enabled for analysis, so its mail is not read.", mailbox=mailbox)
        return refused(request, form.visitor, sentence, status=PolicyRefused.status, settings_of=mailbox)
    ref = await chosen_message(services, form.caller, mailbox, parse_email_id(form["id"]))
    found = await analysed(services, ref, force=True, wait=_PATIENCE)
    return _shown(form, "judged" if isinstance(found, Analysis) else "queued")


@router.post("/correct")
async def correct(services: Wired, form: Written) -> Response:
    """Store what a person says that the message is."""
    if form["label"] not in GIVEN_LABELS:
        raise InputError(gettext("Choose what the message is."))
    body = FeedbackRequest(mailbox=form["mailbox"], email_id=form["id"], label=form["label"], note=form["note"].strip())
    await correct_verdict(services, form.caller, body)
    return _shown(form, "corrected")


@router.post("/harmless")
async def harmless(services: Wired, form: Written) -> Response:
    """Correct the verdict to harmless, and undo the actions on the message."""
    mailbox = as_mailbox(form["mailbox"])
    form.caller.must_see(mailbox)
    found = await find_analysis(services.analyses, mailbox, parse_email_id(form["id"]))
    done = [] if found is None else _undoable(await services.actions.of(found.ref))
    body = FeedbackRequest(mailbox=mailbox, email_id=form["id"], label=Label.HAM)
    await correct_verdict(services, form.caller, body)
    if not done:
        return _shown(form, "corrected")
    if services.undoer is None:
        return _shown(form, "harmless_only")
    came_to = await take_back_all(services, form.caller, done)
    whole = not any(isinstance(outcome, GlassdomeError) for outcome in came_to.values())
    return _shown(form, "harmless" if whole else "harmless_only")


def _undoable(actions: Sequence[PerformedAction]) -> list[int]:
    """Return the actions that can be undone, newest first: a move changes the place of the keywords before it."""
    kinds = (ActionKind.MOVE, ActionKind.ADD_KEYWORD)
    done = [item for item in actions if item.state is ActionState.DONE and item.action.kind in kinds]
    return [item.id for item in reversed(done)]


@router.post("/delete")
async def delete(services: Wired, form: Written) -> Response:
    """Delete the analysis."""
    await erase(services, form.caller, EraseRequest(mailbox=form["mailbox"], email_id=form["id"]))
    return redirect("", done="deleted")


@router.post("/undo")
async def take_back(request: Request, services: Wired, form: Written) -> Response:
    """Take one action back."""
    action = form.number("action")
    if action is None:
        raise InputError(gettext("There is no such action."))
    came_to = (await take_back_all(services, form.caller, [action]))[action]
    if isinstance(came_to, GlassdomeError):
        return refused(request, form.visitor, " ".join(refusal(came_to)).strip(), status=came_to.status)
    return _shown(form, "undone")


def _shown(form: SentForm, done: str) -> Response:
    return redirect("message", mailbox=form["mailbox"], id=form["id"], done=done)
