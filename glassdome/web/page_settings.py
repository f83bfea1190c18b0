"""Settings of a mailbox: what its owner wants done with its mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from glassdome.core.errors import InputError
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.http import Wired
from glassdome.desk.preferences import PreferencesEdit, change_preferences
from glassdome.desk.senders import forget_sender, senders_of
from glassdome.values.auto_answer import AnswerRule
from glassdome.values.owner import SenderRule
from glassdome.values.preferences import DigestEvery, EngineAccess
from glassdome.web.mailboxes import offered
from glassdome.web.page import PageRoute, redirect, render
from glassdome.web.tongue import N_, gettext
from glassdome.web.visitor import Reads, Written

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One yes-or-no preference."""

    name: str
    title: str
    about: str


#: Groups of switches in the order of the page.
SWITCHES: Final[dict[str, tuple[Switch, ...]]] = {
    N_("Reading"): (
        Switch(
            name="chosen",
            title=N_("Glassdome may read this mailbox"),
            about=N_("Nothing is read before this is on. Reading starts with mail that arrives from then on."),
        ),
        Switch(
            name="auto_analysis",
            title=N_("Judge new mail"),
            about=N_("Off: new mail is not read unless somebody asks."),
        ),
        Switch(name="summary_enabled", title=N_("Write summaries"), about=N_("One or two sentences of each message.")),
        Switch(
            name="auto_categorize",
            title=N_("Sort into categories"),
            about=N_("Such as invoice, meeting or newsletter."),
        ),
        Switch(
            name="drafts",
            title=N_("Draft replies"),
            about=N_("A draft for mail from people that wants an answer lies in your Drafts folder. It is never sent."),
        ),
    ),
    N_("Actions on mail"): (
        Switch(
            name="phishing_alerts", title=N_("Warn of phishing"), about=N_("The owner is told of each phishing mail.")
        ),
        Switch(
            name="flag_phishing",
            title=N_("Mark phishing"),
            about=N_(
                "Sets the keyword $Phishing, which mail programs can show and rules can use, and marks first contacts."
            ),
        ),
        Switch(
            name="flag_categories",
            title=N_("Mark categories"),
            about=N_("Sets a keyword such as glassdome-invoice for each category, and glassdome-now."),
        ),
        Switch(
            name="move_to_junk",
            title=N_("Move phishing and spam to Junk"),
            about=N_("Never on a verdict made without the configured model. Every move can be undone."),
        ),
    ),
    N_("Threads"): (
        Switch(
            name="threads",
            title=N_("Say who owes an answer"),
            about=N_(
                "Sent mail and all folders are read for this, and nothing of them is judged. Off: all of it is erased."
            ),
        ),
        Switch(
            name="flag_threads",
            title=N_("Mark threads"),
            about=N_(
                "Sets glassdome-answer on mail that waits for you and glassdome-waiting on yours that waits for others."
            ),
        ),
        Switch(
            name="follow_up_drafts",
            title=N_("Draft reminders"),
            about=N_("One lies in your Drafts folder where your request was not answered in time. It is never sent."),
        ),
    ),
}
_NAMES: Final = tuple(switch.name for group in SWITCHES.values() for switch in group)
DIGESTS: Final = {
    DigestEvery.OFF: N_("No digest"),
    DigestEvery.DAILY: N_("Every day"),
    DigestEvery.WEEKLY: N_("On Mondays"),
}
ACCESS: Final = {
    EngineAccess.FULL: N_("All of it, cut to the configured length"),
    EngineAccess.REDACTED: N_("All of it, with account numbers, keys and the like masked"),
    EngineAccess.HEADERS: N_("Only sender, subject and other header fields"),
    EngineAccess.NEVER: N_("Nothing: the built-in engine judges alone"),
}


@router.get("/settings")
async def settings(request: Request, services: Wired, visitor: Reads, mailbox: str = "") -> Response:
    """Show the preferences of one mailbox, or ask which."""
    caller = visitor.signed_in_by
    known = await offered(services, caller)
    if not mailbox.strip() and len(known) == 1:
        mailbox = known[0]
    preferences = older = None
    senders: tuple[SenderRule, ...] = ()
    rules: tuple[AnswerRule, ...] = ()
    waiting = 0
    if mailbox.strip():
        address = as_mailbox(mailbox.strip())
        caller.must_see(address)
        preferences = await services.preferences.get_preferences(address)
        senders = await senders_of(services, caller, address)
        rules = await services.answer_rules.of(address)
        if services.backfills is not None and preferences.chosen and preferences.auto_analysis:
            older = await services.backfills.state(address)
            depth = await services.queue.depth(now=services.clock.now(), mailboxes=(address,))
            waiting = depth.pending + depth.leased
    return render(
        request,
        "settings.html",
        visitor,
        preferences=preferences,
        mailboxes=known,
        switches=SWITCHES,
        senders=senders,
        rules=rules,
        answers_sent=bool(services.settings().smtp_host),
        older=older,
        waiting=waiting,
        per_hour=services.settings().backfill_per_hour,
        warnings_sent=services.settings().alert_mailbox is not None,
        access=ACCESS,
        digests=DIGESTS,
        whole_server=not caller.restricted,
    )


@router.post("/settings")
async def save(services: Wired, form: Written) -> Response:
    """Store all of a mailbox's preferences; a box that is not ticked is not sent."""
    if form["engine_access"] not in list(EngineAccess):
        raise InputError(gettext("Choose what a language model may see."))
    if form["digest"] not in ("", *DigestEvery):
        raise InputError(gettext("Choose how often a digest comes."))
    edit = PreferencesEdit(
        username=form["mailbox"],
        engine_access=EngineAccess(form["engine_access"]),
        summary_language=form["summary_language"].strip(),
        timezone=form["timezone"].strip(),
        digest=DigestEvery(form["digest"]) if form["digest"] else None,
        digest_hour=form.number("digest_hour"),
        follow_up_days=form.number("follow_up_days"),
        model=form["no_model"] != "on",
        **{name: form[name] == "on" for name in _NAMES},
    )
    await change_preferences(services, form.caller, edit)
    return redirect("settings", mailbox=form["mailbox"], done="preferences")


@router.post("/forget-sender")
async def forget(services: Wired, form: Written) -> Response:
    """Take back that a sender is blocked or trusted."""
    await forget_sender(services, form.caller, as_mailbox(form["mailbox"]), form["sender"])
    return redirect("settings", mailbox=form["mailbox"], done="sender_forgotten")
