"""Takes back the drafts of mails that their owners answered by themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import ActionForbidden, GlassdomeError, NotFound, StoreError, UidValidityChanged
from glassdome.core.log import get_logger
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.ports.agent import ActionQuery
from glassdome.ports.mail import DraftStore
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.draft import StoredDraft

if TYPE_CHECKING:
    from glassdome.store.actions import Actions

__all__ = ["DRAFTS_EVERY", "DraftWatch"]

_log = get_logger(__name__)
#: Seconds between two rounds.
DRAFTS_EVERY: Final = 120.0
#: Drafts that lie longer are left to their owners, and those of one round.
_WATCHED: Final = timedelta(days=30)
_MOST: Final = 200


@dataclass(frozen=True, kw_only=True)
class DraftWatch:
    """Follows the drafts that we put and their owners left as they are; any other draft is never touched.

    `over` says of a kind of draft, by the argument of its actions, when it is of no use any more besides.
    """

    ledger: Actions
    store: DraftStore
    backoff: MailboxBackoff
    clock: Clock
    over: Mapping[str, Callable[[PerformedAction], Awaitable[bool]]] = field(default_factory=dict)

    async def poll(self) -> None:
        """Look at each draft once; raises StoreError only."""
        now = self.clock.now()
        query = ActionQuery(kinds=(ActionKind.DRAFT,), state=ActionState.DONE, since=now - _WATCHED, limit=_MOST)
        found = [item for item in (await self.ledger.list(query)).items if item.digest and item.moved_to]
        for mailbox, items in groupby(sorted(found, key=_mailbox), key=_mailbox):
            if self.backoff.may_poll(mailbox, now=now):
                await self._of_one(mailbox, list(items))

    async def _of_one(self, mailbox: str, items: list[PerformedAction]) -> None:
        for item in items:
            try:
                await self._one(item)
            except StoreError:
                raise
            except GlassdomeError as exc:
                _log.info("draft_not_followed", mailbox=mailbox, code=exc.code, problem=exc.public_message)
                return

    async def _one(self, item: PerformedAction) -> None:
        assert item.moved_to is not None
        draft = StoredDraft(ref=item.moved_to, digest=item.digest)
        try:
            if not await self.store.is_untouched(draft):
                await self._leave(item, "The owner wrote on.")
            elif await self.store.is_answered(f"<{item.message_id.strip('<>')}>", item.action.ref):
                await self._withdraw(item, draft, "The owner answered.")
            elif (over := self.over.get(item.action.argument)) is not None and await over(item):
                await self._withdraw(item, draft, "The thread went on.")
        except (NotFound, UidValidityChanged, ActionForbidden):
            await self._leave(item, "The owner used it or threw it away.")

    async def _withdraw(self, item: PerformedAction, draft: StoredDraft, why: str) -> None:
        place, now = await self.store.withdraw(draft), self.clock.now()
        await self.ledger.finish(item.action, state=ActionState.UNDONE, now=now, detail=why, moved_to=place)

    async def _leave(self, item: PerformedAction, why: str) -> None:
        """Follow it no more."""
        await self.ledger.finish(item.action, state=ActionState.DONE, now=self.clock.now(), detail=why, digest="")


def _mailbox(item: PerformedAction) -> str:
    return item.action.ref.mailbox
