"""Actions for one mailbox, apart from its preferences: judge its older mail, try a warning."""

from __future__ import annotations

from fastapi import APIRouter, Response

from glassdome.core.errors import ActionForbidden, InputError, PolicyRefused
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.http import Wired
from glassdome.desk.services import Services
from glassdome.pipeline.alerts import NO_ALERT_MAILBOX
from glassdome.web.page import PageRoute, redirect
from glassdome.web.tongue import gettext
from glassdome.web.visitor import SentForm, Written

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)


@router.post("/older")
async def older(services: Wired, form: Written) -> Response:
    """Begin to queue the inbox's older mail, or stop where it is."""
    mailbox, wanted = _mailbox(form), form["do"]
    if wanted not in ("begin", "end"):
        raise InputError(gettext("Choose whether to begin or to end."))
    if services.backfills is None:
        raise PolicyRefused(
            gettext("No mail server is set."), fix=gettext("Set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL.")
        )
    if wanted == "begin":
        await _must_be_read(services, mailbox)
        await services.backfills.ask(mailbox)
    else:
        await services.backfills.end(mailbox)
    await _audit(services, form, f"{wanted}_backfill", mailbox)
    return redirect("settings", mailbox=mailbox, done=f"older_{wanted}")


@router.post("/try-warning")
async def try_warning(services: Wired, form: Written) -> Response:
    """Send a warning that says it is a test, the way warnings of phishing go."""
    mailbox = _mailbox(form)
    if services.try_warning is None:
        raise PolicyRefused(NO_ALERT_MAILBOX, fix=gettext("Set GLASSDOME_OVERSEER_MAILBOX and its password."))
    await services.try_warning(mailbox)
    await _audit(services, form, "try_warning", mailbox)
    return redirect("settings", mailbox=mailbox, done="warned")


def _mailbox(form: SentForm) -> str:
    mailbox = as_mailbox(form["mailbox"])
    form.caller.must_see(mailbox)
    return mailbox


async def _must_be_read(services: Services, mailbox: str) -> None:
    preferences = await services.preferences.get_preferences(mailbox)
    if not (preferences.chosen and preferences.auto_analysis):
        raise ActionForbidden(
            gettext("%(mailbox)s is not read.", mailbox=mailbox),
            fix=gettext("Tick the first two boxes of its preferences first."),
        )


async def _audit(services: Services, form: SentForm, action: str, mailbox: str) -> None:
    now = services.clock.now()
    await services.history.audit(actor=form.caller.name, action=action, subject=mailbox, facts={}, now=now)
