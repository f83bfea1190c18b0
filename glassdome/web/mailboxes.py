"""Which mailboxes a visitor is offered by name, and what is counted for one of them."""

from __future__ import annotations

from dataclasses import replace

from glassdome.api.keys import Caller
from glassdome.api.services import Services
from glassdome.core.limits import MAX_OFFERED_MAILBOXES

__all__ = ["offered", "within"]


async def offered(services: Services, caller: Caller) -> list[str]:
    """Return the mailboxes that the key names and the chosen ones it covers, sorted, at most so many."""
    chosen = await services.preferences.chosen_mailboxes()
    seen = {mailbox for mailbox in chosen if caller.may_see(mailbox)} | set(caller.mailboxes or ())
    return sorted(seen)[:MAX_OFFERED_MAILBOXES]


def within(caller: Caller, mailbox: str) -> Caller:
    """Return the caller as one who may see only that mailbox of theirs; the same caller where none is named."""
    return replace(caller, mailboxes=(mailbox,), domains=None) if mailbox else caller
