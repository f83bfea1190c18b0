"""Takes performed actions back: one, several, or everything since an hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from glassdome.act.plan import JUNK
from glassdome.core.clock import Clock
from glassdome.core.errors import ActionForbidden, Conflict, GlassdomeError, NotFound, TransportError
from glassdome.ports.agent import ActionLedger, ActionQuery, DraftSink, SpamTeacher
from glassdome.ports.mail import FolderEditor, MailSource
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.draft import StoredDraft
from glassdome.values.refs import MessageRef

__all__ = ["Undoer", "Undone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """The result of an undo batch; `refused` pairs each action that could not be undone with its error.

    `next_cursor` leads to the rest; it is empty at the end.
    """

    done: tuple[PerformedAction, ...]
    refused: tuple[tuple[PerformedAction, GlassdomeError], ...]
    next_cursor: str = ""


class Undoer:
    """Takes back what can be taken back; an alert that was read, or an answer that was sent, cannot."""

    def __init__(
        self,
        ledger: ActionLedger,
        *,
        clock: Clock,
        editor: FolderEditor,
        source: MailSource,
        teacher: SpamTeacher | None = None,
        drafts: DraftSink | None = None,
    ) -> None:
        """`source` finds a moved message whose new place was never learned."""
        self._ledger, self._clock, self._editor = ledger, clock, editor
        self._source, self._teacher, self._drafts = source, teacher, drafts

    async def undo(self, item: PerformedAction) -> PerformedAction:
        """Take one action back and return it as it is then.

        Raises Conflict when it was not done or is undone already, ActionForbidden when its kind cannot be taken
        back, NotFound when its message is gone, else as the ports.
        """
        if item.state is not ActionState.DONE:
            raise Conflict(f"Only a completed action can be undone; this one is {item.state.value}.")
        moved_to = await self._reverse(item)
        now = self._clock.now()
        await self._ledger.finish(item.action, state=ActionState.UNDONE, now=now, moved_to=moved_to)
        return replace(item, state=ActionState.UNDONE, updated_at=now, moved_to=moved_to)

    async def undo_all(self, items: Sequence[PerformedAction]) -> Undone:
        """Take these back in their order; one failure stops no other, unless the mail server or the database is away."""
        done, refused = list[PerformedAction](), list[tuple[PerformedAction, GlassdomeError]]()
        away: GlassdomeError | None = None
        for item in items:
            try:
                if away is not None:
                    raise away
                done.append(await self.undo(item))
            except GlassdomeError as exc:
                refused.append((item, exc))
                away = exc if exc.temporary or isinstance(exc, TransportError) else away
        return Undone(done=tuple(done), refused=tuple(refused))

    async def undo_matching(self, query: ActionQuery) -> Undone:
        """Undo the matching actions, newest first, at most `query.limit`; raises InvalidQuery."""
        page = await self._ledger.list(replace(query, state=ActionState.DONE))
        return replace(await self.undo_all(page.items), next_cursor=page.next_cursor)

    async def _reverse(self, item: PerformedAction) -> MessageRef | None:
        """Do the opposite; return where the message is now, if it was moved for that."""
        action = item.action
        match action.kind:
            case ActionKind.ADD_KEYWORD:
                await self._editor.remove_keywords(await self._place(item), [action.argument])
            case ActionKind.MOVE:
                return await self._editor.move(await self._moved(item), action.ref.folder)
            case ActionKind.LEARN if self._teacher is not None:
                await self._teacher.learn(await self._place(item), spam=action.argument != "spam")
            case ActionKind.DRAFT if self._drafts is not None and item.moved_to is not None:
                return await self._drafts.withdraw(StoredDraft(ref=item.moved_to, digest=item.digest))
            case _:
                raise ActionForbidden("This kind of action cannot be undone.")
        return None

    async def _place(self, item: PerformedAction) -> MessageRef:
        """Return where our moves left the message: a UID ends with a move, and keywords go with the message."""
        for other in reversed(await self._ledger.of(item.action.ref)):
            if other.action.kind is ActionKind.MOVE and other.state in (ActionState.DONE, ActionState.UNDONE):
                return await self._moved(other)
        return item.action.ref

    async def _moved(self, move: PerformedAction) -> MessageRef:
        if move.moved_to is not None:
            return move.moved_to
        action, message_id = move.action, move.message_id.strip("<>")
        if not message_id:
            raise NotFound("Where the message was moved to was never learned, and it has no Message-ID to look for.")
        folder = action.argument or JUNK if move.state is ActionState.DONE else action.ref.folder
        # With its brackets, since a search finds parts of Message-IDs too.
        return await self._source.find(action.ref.mailbox, folder, f"<{message_id}>")
