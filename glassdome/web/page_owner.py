"""The owner's own words on one message, from its page: a category, and whether its sender is blocked or trusted."""

from __future__ import annotations

from fastapi import APIRouter, Response

from glassdome.core.errors import InputError, NotFound
from glassdome.desk.bulk import BulkChange, change_many
from glassdome.desk.email_id import as_mailbox, parse_email_id
from glassdome.desk.http import Wired
from glassdome.desk.lookup import find_analysis
from glassdome.desk.own_category import categorize
from glassdome.desk.senders import forget_sender
from glassdome.web.page import PageRoute, redirect
from glassdome.web.tongue import gettext
from glassdome.web.visitor import Written

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_STANDINGS = {"block": BulkChange.BLOCK, "trust": BulkChange.TRUST}


@router.post("/sender")
async def sender(services: Wired, form: Written) -> Response:
    """Block or trust the sender of the message, or judge their mail like any other again."""
    mailbox, wanted = as_mailbox(form["mailbox"]), form["do"]
    form.caller.must_see(mailbox)
    found = await find_analysis(services.analyses, mailbox, parse_email_id(form["id"]))
    if found is None:
        raise NotFound(gettext("There is no analysis of this message."))
    if wanted in _STANDINGS:
        outcome = await change_many(services, form.caller, _STANDINGS[wanted], [found.ref])
        if outcome.refused:
            raise InputError(gettext("This message names no sender."))
    elif wanted == "forget":
        await forget_sender(services, form.caller, mailbox, found.header_from.addr.lower())
    else:
        raise InputError(gettext("Choose whether to block or to trust the sender."))
    done = {"block": "bulk_block", "trust": "bulk_trust", "forget": "sender_forgotten"}[wanted]
    return redirect("message", mailbox=mailbox, id=form["id"], done=done)


@router.post("/category")
async def category(services: Wired, form: Written) -> Response:
    """Give the message a category of the owner's own, or none."""
    mailbox = as_mailbox(form["mailbox"])
    await categorize(services, form.caller, mailbox, parse_email_id(form["id"]), form["category"])
    return redirect("message", mailbox=mailbox, id=form["id"], done="categorized")
