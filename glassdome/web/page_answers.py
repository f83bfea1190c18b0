"""The forms of automatic answers on a mailbox's settings: the absence notice, and the rules."""

from __future__ import annotations

from fastapi import APIRouter, Response

from glassdome.core.config.field import parts_of
from glassdome.core.errors import InputError
from glassdome.desk.answer_edits import put_rule, set_absence, switch_rule
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.http import Wired
from glassdome.web.page import PageRoute, redirect
from glassdome.web.tongue import gettext
from glassdome.web.visitor import SentForm, Written

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_LISTS = ("categories", "sender_domains", "subject_words", "recipients")


@router.post("/absence")
async def absence(services: Wired, form: Written) -> Response:
    """Store the absence notice; an empty text ends it."""
    await set_absence(
        services,
        form.caller,
        as_mailbox(form["mailbox"]),
        form["text"],
        since=form["from"],
        until=form["until"],
        subject=form["subject"],
    )
    return redirect("settings", mailbox=form["mailbox"], done="absence" if form["text"].strip() else "no_absence")


@router.post("/answer-rule")
async def rule(services: Wired, form: Written) -> Response:
    """Store a rule, switch one on or off, or remove it."""
    mailbox, do = as_mailbox(form["mailbox"]), form["do"]
    match do:
        case "put":
            await put_rule(services, form.caller, mailbox, _rule(form))
        case "on" | "off" | "removed":
            await switch_rule(services, form.caller, mailbox, form["name"], do)
        case _:
            raise InputError(gettext("The form does not say what to do."))
    return redirect("settings", mailbox=form["mailbox"], done=f"rule_{do}")


def _rule(form: SentForm) -> dict[str, object]:
    days = form.number("days")
    words = {name: form[name].strip() for name in ("name", "text", "subject")}
    return words | {name: list(parts_of(form[name])) for name in _LISTS} | {"days": 7 if days is None else days}
