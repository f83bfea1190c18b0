"""Lists the mailboxes offered to a visitor by name, with their analysis mode and the figures of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from glassdome.core.limits import MAX_OFFERED_MAILBOXES
from glassdome.desk.keys import Caller
from glassdome.desk.services import Services
from glassdome.values.preferences import EngineAccess

__all__ = ["AnalysisMode", "narrowed_to", "offered", "reading"]


class AnalysisMode(StrEnum):
    """The mail that is analysed: new mail, only what somebody asks for, or none."""

    ON = "on"
    WHEN_ASKED = "when_asked"
    NOT_CHOSEN = "not_chosen"


async def offered(services: Services, caller: Caller) -> list[str]:
    """Return the mailboxes that the key names and those it covers which have preferences, sorted, at most so many.

    Those that are switched off are among them: their mail is still there, and somebody may want to switch them on.
    """
    on = await services.preferences.chosen_mailboxes()
    known = await services.preferences.mailboxes_with(tuple(EngineAccess))
    seen = [*(caller.mailboxes or ()), *(mailbox for mailbox in (*on, *known) if caller.may_see(mailbox))]
    return sorted([*dict.fromkeys(seen)][:MAX_OFFERED_MAILBOXES])


async def reading(services: Services, caller: Caller, known: Sequence[str]) -> AnalysisMode:
    """Return whether new mail of any mailbox that the key covers is read."""
    if any(caller.may_see(mailbox) for mailbox in await services.preferences.chosen_mailboxes()):
        return AnalysisMode.ON
    for mailbox in known:
        if (await services.preferences.get_preferences(mailbox)).chosen:
            return AnalysisMode.WHEN_ASKED
    return AnalysisMode.NOT_CHOSEN


def narrowed_to(caller: Caller, mailbox: str) -> Caller:
    """Return the caller as one who may see only that mailbox of theirs; the same caller where none is named."""
    return replace(caller, mailboxes=(mailbox,), domains=None) if mailbox else caller
