"""The links of digests: each undoes one move of one owner, once, without a sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from glassdome.agents.digest import moved_line, shown_line
from glassdome.core.errors import Conflict, GlassdomeError, NotFound
from glassdome.core.undo_links import UndoLink, UndoLinks
from glassdome.desk.keys import Caller, Scope
from glassdome.desk.services import Services
from glassdome.desk.undo import take_back
from glassdome.ports.agent import ActionQuery
from glassdome.values.action import ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.digest import DigestTopic

__all__ = ["LinkedMove", "linked_move", "undo_by_link"]

_NOT_OURS: Final = "This link is not one of ours, or the record of the move was deleted."
_BY_HAND: Final = "Move the message back in your mail program, or sign in and open the message here."


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedMove:
    """The move that a link undoes, in the words that the digest had."""

    item: PerformedAction
    head: str
    folder: str


async def linked_move(services: Services, links: UndoLinks, text: str) -> LinkedMove:
    """Return the move of a link that may be used, and change nothing.

    Raises NotFound for a forged link, Conflict for one that expired, was used, or whose move is undone already.
    """
    link, item = await _genuine(services, links, text)
    if link.until <= services.clock.now():
        raise Conflict("This link has expired.", fix=_BY_HAND)
    if await services.commands.was_used(_name(text)):
        raise Conflict("This link was used already: the message was moved back.")
    if item.state is ActionState.UNDONE:
        raise Conflict("This move was undone already.")
    head, folder = shown_line(await moved_line(item, services.analyses), DigestTopic.MOVED)
    return LinkedMove(item=item, head=head, folder=folder)


async def undo_by_link(services: Services, links: UndoLinks, text: str) -> LinkedMove:
    """Undo the move as its page does, and return it; raises as `linked_move`, and what keeps it from being undone.

    The link counts as used once the move is undone: while the mail server is away it stays good.
    """
    move = await linked_move(services, links, text)
    mailbox, now = move.item.action.ref.mailbox, services.clock.now()
    owner = Caller(name=f"digest link of {mailbox}", scope=Scope.RW, mailboxes=(mailbox,))
    outcome = (await take_back(services, owner, [move.item.id]))[move.item.id]
    if isinstance(outcome, GlassdomeError):
        raise outcome
    link = links.read(text)
    assert link is not None
    await services.commands.use_nonce(_name(text), expires=link.until, now=now)
    return move


async def _genuine(services: Services, links: UndoLinks, text: str) -> tuple[UndoLink, PerformedAction]:
    link = links.read(text)
    if link is None:
        raise NotFound(_NOT_OURS, fix=_BY_HAND)
    found = (await services.actions.list(ActionQuery(ids=(link.action,), limit=1))).items
    # The same is said of an action that is not there: a stranger learns nothing by trying numbers.
    if not found or not links.genuine_for(link, str(found[0].action.ref)):
        raise NotFound(_NOT_OURS, fix=_BY_HAND)
    return link, found[0]


def _name(text: str) -> str:
    return f"undo link {text}"
