"""Takes back the keywords that ask for attention once they no longer hold: answered, done, or corrected."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from glassdome.act.plan import FIRST_CONTACT, NOW
from glassdome.act.undo import Undoer
from glassdome.core.clock import Clock
from glassdome.core.errors import GlassdomeError, NotFound, StoreError, UidValidityChanged
from glassdome.core.log import get_logger
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.ports.agent import ActionQuery
from glassdome.ports.mail import MailObserver
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.folder import FetchedMessage
from glassdome.values.refs import MessageRef

if TYPE_CHECKING:
    from glassdome.store import Database

__all__ = ["KEYWORDS_EVERY", "KeywordWatch", "is_over"]

_log = get_logger(__name__)
#: Seconds between two rounds.
KEYWORDS_EVERY: Final = 120.0
#: Keywords that are older are left as they are, and actions of one page of the ledger.
_WATCHED: Final = timedelta(days=30)
_PAGE: Final = 500
_ANSWERED: Final = "\\answered"


def is_over(keyword: str, flags: Collection[str], *, answered: bool, done: bool, corrected: bool) -> bool:
    """Return whether a keyword no longer holds: its mail was answered or corrected, or the owner is done with it.

    A first contact is one until the owner answers: being done with the mail makes its sender no acquaintance.
    """
    replied = answered or _ANSWERED in {flag.lower() for flag in flags}
    return replied or corrected or (done and keyword == NOW)


@dataclass(frozen=True, kw_only=True)
class KeywordWatch:
    """Undoes through the ledger, so that a keyword is taken away once and never set again on that mail."""

    stores: Database
    observer: MailObserver
    undoer: Undoer
    backoff: MailboxBackoff
    clock: Clock

    async def poll(self) -> None:
        """Follow each such keyword once; raises StoreError only."""
        now = self.clock.now()
        for mailbox, items in groupby(sorted(await self._held(), key=_place), key=lambda item: item.action.ref.mailbox):
            if self.backoff.may_poll(mailbox, now=now):
                await self._of_one(mailbox, list(items))

    async def _held(self) -> list[PerformedAction]:
        """Return the keywords that are set, a page of the ledger after the other."""
        kinds, since = (ActionKind.ADD_KEYWORD,), self.clock.now() - _WATCHED
        found, cursor = list[PerformedAction](), ""
        while True:
            query = ActionQuery(kinds=kinds, state=ActionState.DONE, since=since, limit=_PAGE, cursor=cursor)
            page = await self.stores.actions.list(query)
            found += [item for item in page.items if item.action.argument in (NOW, FIRST_CONTACT)]
            if not (cursor := page.next_cursor):
                return found

    async def _of_one(self, mailbox: str, items: Sequence[PerformedAction]) -> None:
        try:
            for _, there in groupby(items, key=lambda item: (item.action.ref.folder, item.action.ref.uid_validity)):
                await self._of_folder(list(there))
        except StoreError:
            raise
        except GlassdomeError as exc:
            _log.info("keywords_not_followed", mailbox=mailbox, code=exc.code, problem=exc.public_message)

    async def _of_folder(self, items: Sequence[PerformedAction]) -> None:
        refs = sorted({item.action.ref for item in items})
        try:
            facts = await self.observer.facts(refs)
        except (NotFound, UidValidityChanged):
            return
        marks = await self.stores.owners.marks_of(refs)
        for item in items:
            ref = item.action.ref
            mark = marks.get(ref)
            # A mail that its owner moved or threw away keeps the keyword: it is theirs to see there.
            if ref in facts and await self._is_over(
                item, facts[ref], done=mark is not None and mark.done_at is not None
            ):
                await self.undoer.undo(item)

    async def _is_over(self, item: PerformedAction, there: FetchedMessage, *, done: bool) -> bool:
        ref = item.action.ref
        corrected = await self.stores.history.correction(ref) is not None
        answered = await self._is_answered(ref, item.message_id)
        return is_over(item.action.argument, there.flags, answered=answered, done=done, corrected=corrected)

    async def _is_answered(self, ref: MessageRef, message_id: str) -> bool:
        """Return whether the owner wrote in the thread after that mail, from whichever device; False without threads."""
        found = await self.stores.threads.get(ref.mailbox, message_id.strip("<>")) if message_id else None
        if found is None:
            return False
        turns = found[1]
        came = [turn.at for turn in turns if turn.message_id == message_id.strip("<>")]
        return any(turn.mine and turn.at > at for at in came for turn in turns)


def _place(item: PerformedAction) -> MessageRef:
    return item.action.ref
