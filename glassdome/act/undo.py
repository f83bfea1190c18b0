"""Takes performed actions back: one, or everything since an hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from glassdome.act.plan import JUNK
from glassdome.core.clock import Clock
from glassdome.core.errors import ActionForbidden, GlassdomeError
from glassdome.ports.agent import ActionLedger, SpamTeacher
from glassdome.ports.mail import FolderEditor, MailSource
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.agent import PerformedAction

__all__ = ["Undoer", "Undone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What a batch came to; `refused` pairs an action with the sentence why it could not be taken back."""

    done: tuple[PerformedAction, ...]
    refused: tuple[tuple[PerformedAction, str], ...]


class Undoer:
    """Takes back what can be taken back; an alert that was read cannot."""

    def __init__(
        self,
        ledger: ActionLedger,
        *,
        clock: Clock,
        editor: FolderEditor,
        source: MailSource,
        teacher: SpamTeacher | None = None,
    ) -> None:
        """`source` finds a moved message whose new place was never learned."""
        self._ledger, self._clock, self._editor = ledger, clock, editor
        self._source, self._teacher = source, teacher

    async def undo(self, item: PerformedAction) -> None:
        """Take one action back; raises ActionForbidden when it was not done or cannot be undone, else as the ports."""
        if item.state is not ActionState.DONE:
            raise ActionForbidden(f"Only what was done can be taken back; this is {item.state.value}.")
        await self._reverse(item)
        await self._ledger.finish(item.action, state=ActionState.UNDONE, now=self._clock.now())

    async def undo_since(
        self,
        since: datetime,
        *,
        mailboxes: Sequence[str] | None = None,
        kinds: Sequence[ActionKind] = (ActionKind.MOVE,),
    ) -> Undone:
        """Take back everything of these kinds done since then, newest first; one failure stops no other."""
        done, refused = [], []
        for item in await self._ledger.done_since(since, mailboxes=mailboxes):
            if item.action.kind not in kinds:
                continue
            try:
                await self.undo(item)
            except GlassdomeError as exc:
                refused.append((item, exc.sentence))
            else:
                done.append(item)
        return Undone(done=tuple(done), refused=tuple(refused))

    async def _reverse(self, item: PerformedAction) -> None:
        action = item.action
        match action.kind:
            case ActionKind.ADD_KEYWORD:
                await self._editor.remove_keywords(action.ref, [action.argument])
            case ActionKind.MOVE:
                await self._move_back(item)
            case ActionKind.LEARN if self._teacher is not None:
                await self._teacher.learn(action.ref, spam=action.argument != "spam")
            case _:
                raise ActionForbidden("This cannot be taken back.")

    async def _move_back(self, item: PerformedAction) -> None:
        ref = item.action.ref
        where = item.moved_to or await self._source.find(ref.mailbox, item.action.argument or JUNK, item.message_id)
        await self._editor.move(where, ref.folder)
