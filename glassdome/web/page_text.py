"""The words of one message, fetched while somebody waits: a page of its own, which script takes into the message's page."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from glassdome.core.errors import GlassdomeError, NotFound
from glassdome.core.log import get_logger
from glassdome.desk.email_id import as_mailbox, parse_email_id
from glassdome.desk.http import Wired
from glassdome.desk.lookup import find_analysis
from glassdome.desk.message_text import MessageText, TextReader
from glassdome.values.refs import MessageRef
from glassdome.web.page import PageRoute, render
from glassdome.web.page_message import Which
from glassdome.web.tongue import N_, gettext, refusal
from glassdome.web.visitor import Reads

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_log = get_logger(__name__)
#: How text is kept from a reader, in the order of the box.
_HOW: Final = {
    "css": N_("Hidden by its style"),
    "size": N_("In letters too small to read"),
    "color": N_("In the colour of its ground"),
    "offscreen": N_("Outside the window"),
    "tag_chars": N_("In characters that are not drawn"),
    "zero_width": N_("Words broken by characters without width"),
    "bidi": N_("Turned around on the screen"),
    "comment": N_("In a comment of the source"),
    "preheader": N_("In the preview line of a list"),
}


@router.get("/text")
async def text(request: Request, services: Wired, visitor: Reads, which: Annotated[Which, Query()]) -> Response:
    """Show the words of the message, what it hides, and where its links lead; or say why they cannot be had."""
    caller = visitor.signed_in_by
    mailbox, wanted = as_mailbox(which.mailbox), parse_email_id(which.id)
    caller.must_see(mailbox)
    analysis = await find_analysis(services.analyses, mailbox, wanted)
    if analysis is not None:
        ref = analysis.ref
    elif wanted.uid_validity is not None:
        ref = MessageRef(mailbox=mailbox, folder=wanted.folder, uid_validity=wanted.uid_validity, uid=wanted.uid)
    else:
        raise NotFound(gettext("Nothing is known of this message."))
    reader: TextReader = request.app.state.web.texts
    found: MessageText | None = None
    problem, fix = "", ""
    try:
        found = await reader.read(services, caller, ref, analysis)
    except GlassdomeError as exc:
        _log.info("text_not_shown", code=exc.code, msg=exc.public_message)
        problem, fix = refusal(exc) if exc.status < 500 else (gettext("The mailbox cannot be read at present."), "")
    return render(
        request,
        "text.html",
        visitor,
        which=which,
        found=found,
        problem=problem,
        fix=fix,
        moved=found.place.folder if found is not None and found.place != ref else "",
        pieces=[(piece.text, piece.host) for piece in found.pieces] if found is not None else [],
        how=_HOW,
    )
