"""Performs planned actions, each once; an action that was begun and never finished is repeated only if that is harmless."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, TypeVar

from glassdome.core.clock import Clock
from glassdome.core.errors import (
    FolderMissing,
    GlassdomeError,
    KeywordsUnsupported,
    NotFound,
    PolicyRefused,
    TransportError,
)
from glassdome.core.log import get_logger
from glassdome.ports.agent import UNKNOWN_OUTCOME, ActionLedger, AlertSink, AnswerSink, DraftSink, SpamTeacher
from glassdome.ports.mail import FolderEditor
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.draft import StoredDraft
from glassdome.values.refs import MessageRef

__all__ = ["GIVE_UP_AFTER", "STALE", "Performer"]

_log = get_logger(__name__)
#: After this long a begun action's process is dead: no single effect takes longer than its client's time limit. It is begun
#: again then, which every kind bears: keywords and moves end alike, the outbox knows the alerts and answers that were sent,
#: and a draft is looked for by its Message-ID.
STALE: Final = timedelta(minutes=5)
#: How long an action whose server is away stays planned; a flag set days later would only surprise.
GIVE_UP_AFTER: Final = timedelta(days=1)
#: The longest an action that was put back waits for its next try.
LONGEST_REST: Final = timedelta(minutes=15)
_BATCH: Final = 100
T = TypeVar("T")


class Performer:
    """Does what the ledger says is due."""

    def __init__(
        self,
        ledger: ActionLedger,
        *,
        clock: Clock,
        editor: FolderEditor | None = None,
        alerts: AlertSink | None = None,
        teacher: SpamTeacher | None = None,
        drafts: DraftSink | None = None,
        answers: AnswerSink | None = None,
        stale: timedelta = STALE,
    ) -> None:
        """A part that is None makes its kind of action fail with a reason."""
        self._stale = stale
        self._ledger, self._clock = ledger, clock
        self._editor, self._alerts, self._teacher = editor, alerts, teacher
        self._drafts, self._answers = drafts, answers

    async def perform(self, ref: MessageRef) -> None:
        """Perform the planned actions of one message in order, up to the first that must wait or that another process holds.

        A move that went on alone would take the UID from under the keywords before it. An alert ends no turn.
        """
        for item in await self._ledger.of(ref):
            if item.state is ActionState.PLANNED and not await self._one(item) and _blocks_later_actions(item.action):
                return

    async def perform_due(self) -> int:
        """Finish the actions of crashed or interrupted runs; return how many were due."""
        now = self._clock.now()
        due = await self._ledger.due(limit=_BATCH, begun_before=now - self._stale)
        for item in due:
            if _rests(item, now):
                continue
            if await self._one(item):
                await self.perform(item.action.ref)
        return len(due)

    async def _one(self, item: PerformedAction) -> bool:
        """Perform one action; return False when it is another's or should be tried again later."""
        action, again = item.action, item.state is ActionState.BEGUN
        if not await self._ledger.begin(item, now=self._clock.now()):
            return False
        # Whatever ends the process each time must not hold up the message's later actions for ever.
        worn = item.updated_at - item.planned_at >= GIVE_UP_AFTER
        if again and worn:
            await self._finish(action, ActionState.UNKNOWN, "The process ended while this was under way.")
            return True
        try:
            effect = await self._do(item)
        except (FolderMissing, KeywordsUnsupported) as exc:
            # The message is not at fault: the editor and the doctor report it once, not once per mail.
            await self._finish(action, ActionState.FAILED, exc.public_message)
        except NotFound:
            gone = "The message had been moved already." if again else "The message is not there any more."
            done = again and action.kind is ActionKind.MOVE
            moved_to = await self._moved(item) if done else None
            await self._finish(action, ActionState.DONE if done else ActionState.FAILED, gone, moved_to)
        except GlassdomeError as exc:
            _log.warning("action_failed", kind=action.kind.value, code=exc.code, temporary=exc.temporary)
            later = (
                exc.temporary or isinstance(exc, TransportError)
            ) and self._clock.now() - item.planned_at < GIVE_UP_AFTER
            await self._finish(action, _state_after(exc, later=later), exc.public_message)
            return not later
        else:
            await self._finish(action, ActionState.DONE, "", effect)
        return True

    async def _moved(self, item: PerformedAction) -> MessageRef | None:
        """Find the message after a move whose new place was not recorded, so that the move can be undone."""
        try:
            editor = _connected(self._editor, "mail server")
            return await editor.find_moved(item.action.ref, item.action.argument, item.message_id)
        except GlassdomeError:
            return None

    async def _finish(
        self, action: Action, state: ActionState, detail: str, effect: MessageRef | StoredDraft | None = None
    ) -> None:
        place, digest = (effect.ref, effect.digest) if isinstance(effect, StoredDraft) else (effect, None)
        now = self._clock.now()
        await self._ledger.finish(action, state=state, now=now, detail=detail, moved_to=place, digest=digest)

    async def _do(self, item: PerformedAction) -> MessageRef | StoredDraft | None:
        action = item.action
        match action.kind:
            case ActionKind.ADD_KEYWORD:
                await _connected(self._editor, "mail server").add_keywords(action.ref, [action.argument])
            case ActionKind.REMOVE_KEYWORD:
                await _connected(self._editor, "mail server").remove_keywords(action.ref, [action.argument])
            case ActionKind.MOVE:
                return await _connected(self._editor, "mail server").move(action.ref, action.argument)
            case ActionKind.ALERT:
                await _connected(self._alerts, "alerts").alert(action.ref, action.argument)
            case ActionKind.DRAFT:
                return await _connected(self._drafts, "mail server").draft(item)
            case ActionKind.ANSWER:
                await _connected(self._answers, "way to send mail").answer(action.ref, action.argument)
            case ActionKind.LEARN:
                await _connected(self._teacher, "spam filter").learn(action.ref, spam=action.argument == "spam")
        return None


def _rests(item: PerformedAction, now: datetime) -> bool:
    """Return whether an action that was put back waits on: as long again as it has waited already, so that the tries thin out."""
    tried_after = item.updated_at - item.planned_at
    return item.state is ActionState.PLANNED and now - item.updated_at < min(tried_after, LONGEST_REST)


def _state_after(exc: GlassdomeError, *, later: bool) -> ActionState:
    if exc.facts.get("reason") == UNKNOWN_OUTCOME:
        return ActionState.UNKNOWN
    return ActionState.PLANNED if later else ActionState.FAILED


def _blocks_later_actions(action: Action) -> bool:
    """Return whether the later actions on the same message wait for this one; the ledger enforces it."""
    return action.kind is not ActionKind.ALERT


def _connected(part: T | None, name: str) -> T:
    if part is None:
        raise PolicyRefused(f"No {name} is connected for this.")
    return part
