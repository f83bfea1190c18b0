"""Changes of many messages from the list, their undoing, and saved views."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Response
from pydantic import ValidationError

from glassdome.core.errors import Conflict, InputError
from glassdome.core.limits import MAX_VIEWS
from glassdome.desk.bulk import BulkChange, change_many, undo_change
from glassdome.desk.email_id import as_mailbox, parse_email_id
from glassdome.desk.http import Wired
from glassdome.values.owner import SavedView
from glassdome.values.refs import MessageRef
from glassdome.web.page import PageRoute, redirect
from glassdome.web.page_mail import MailParameters
from glassdome.web.tongue import gettext
from glassdome.web.visitor import SentForm, Written

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
#: The boxes of the list: each has a name of its own, since a form keeps one value of a name.
_BOX: Final = re.compile(r"m[0-9]{1,3}")
_MAX_NAME: Final = 60
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


@router.post("/bulk")
async def bulk(services: Wired, form: Written) -> Response:
    """Change the ticked messages; the list then offers to undo it."""
    if form["do"] not in list(BulkChange):
        raise InputError(gettext("Choose a change."))
    change = BulkChange(form["do"])
    outcome = await change_many(services, form.caller, change, _ticked(form))
    more = {"changed": outcome.changed, "left": outcome.refused or "", "undo": outcome.token}
    return redirect("", **_back(form), done=f"bulk_{change}", **more)


@router.post("/undo-many")
async def undo_many(services: Wired, form: Written) -> Response:
    """Put back what a change of many replaced."""
    outcome = await undo_change(services, form.caller, form["undo"])
    if outcome.refused:
        more = {"changed": outcome.changed, "left": outcome.refused, "undo": outcome.token}
        return redirect("", **_back(form), **more)
    return redirect("", **_back(form), done="bulk_undone")


@router.post("/views")
async def views(services: Wired, form: Written) -> Response:
    """Save the list as it is narrowed and sorted under a name, or delete a saved view."""
    name, kept = form["name"].strip(), _back(form)
    if not name or len(name) > _MAX_NAME or _CONTROL.search(name):
        raise InputError(gettext("The name of a view has 1 to %(most)s characters, on one line.", most=_MAX_NAME))
    if form["do"] == "delete":
        await services.owners.forget_view(form.caller.name, name)
        return redirect("", done="view_deleted")
    view = SavedView(name=name, query=urlencode(kept))
    if not await services.owners.save_view(form.caller.name, view, now=services.clock.now()):
        raise Conflict(
            gettext("You have %(number)s views already.", number=MAX_VIEWS), fix=gettext("Delete one first.")
        )
    return redirect("", **kept, done="view_saved")


def _ticked(form: SentForm) -> list[MessageRef]:
    refs = []
    for name, value in form.fields.items():
        if _BOX.fullmatch(name):
            mailbox, _, named = value.partition(" ")
            wanted = parse_email_id(named)
            if wanted.uid_validity is None:
                raise InputError(gettext("A selected message is not named as the list names it."))
            folder, validity, uid = wanted.folder, wanted.uid_validity, wanted.uid
            refs.append(MessageRef(mailbox=as_mailbox(mailbox), folder=folder, uid_validity=validity, uid=uid))
    return refs


def _back(form: SentForm) -> dict[str, str]:
    """Return the parameters of the list that the form came from, as far as the list knows them."""
    try:
        wanted = MailParameters(**dict(parse_qsl(form["back"], max_num_fields=20)))
    except (ValidationError, ValueError) as exc:
        raise InputError(gettext("The list that this form came from is not known.")) from exc
    return {name: value for name, value in wanted.model_dump(exclude={"cursor"}).items() if value}
