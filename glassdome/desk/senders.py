"""An owner's words on senders: listed, and taken back."""

from __future__ import annotations

from glassdome.core.errors import NotFound
from glassdome.desk.keys import Caller
from glassdome.desk.services import Services
from glassdome.values.owner import SenderRule

__all__ = ["forget_sender", "senders_of"]


async def senders_of(services: Services, caller: Caller, mailbox: str) -> tuple[SenderRule, ...]:
    """Return the blocked and trusted senders of a mailbox, by address; raises AccessDenied."""
    caller.must_see(mailbox)
    return await services.owners.senders(mailbox)


async def forget_sender(services: Services, caller: Caller, mailbox: str, addr: str) -> None:
    """Let a sender's next mail be judged like any other; raises AccessDenied, NotFound. Audited."""
    if addr not in {rule.addr for rule in await senders_of(services, caller, mailbox)}:
        raise NotFound("That sender is neither blocked nor trusted.")
    await services.owners.forget_sender(mailbox, addr)
    now, facts = services.clock.now(), {"sender": addr}
    await services.history.audit(actor=caller.name, action="forget_sender", subject=mailbox, facts=facts, now=now)
