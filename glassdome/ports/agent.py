"""The ledger of actions, alerts, and the lessons of the spam filter.

Every method raises StoreUnavailable when the database cannot be reached.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.draft import StoredDraft
from glassdome.values.refs import MessageRef

__all__ = [
    "UNKNOWN_OUTCOME",
    "ActionLedger",
    "ActionPage",
    "ActionQuery",
    "AlertSink",
    "AnswerSink",
    "DraftSink",
    "SpamTeacher",
]
#: The reason of a Conflict: the outcome is unknown, because no answer arrived.
UNKNOWN_OUTCOME: Final = "unknown_outcome"


class AlertSink(Protocol):
    """Tells a person."""

    async def alert(self, ref: MessageRef, reason: str) -> None:
        """Tell the mailbox's owner of a message, once however often it is asked.

        Raises Conflict with the reason UNKNOWN_OUTCOME when it may or may not have been sent, GlassdomeError when it
        could not be.
        """
        ...


class SpamTeacher(Protocol):
    """Our own spam filter, which learns from corrections."""

    async def learn(self, ref: MessageRef, *, spam: bool) -> None:
        """Teach one message; teaching it twice changes nothing. Raises GlassdomeError."""
        ...


class DraftSink(Protocol):
    """Writes drafts where the owner of a mailbox writes."""

    async def draft(self, item: PerformedAction) -> StoredDraft:
        """Put the draft of an action there, once however often it is asked.

        Raises ActionForbidden where none is wanted, GlassdomeError when it could not be stored.
        """
        ...

    async def withdraw(self, draft: StoredDraft) -> MessageRef | None:
        """Take an untouched draft away and return where it is; raises NotFound, ActionForbidden for a changed one."""
        ...


class AnswerSink(Protocol):
    """Sends automatic answers."""

    async def answer(self, ref: MessageRef, argument: str) -> None:
        """Answer a mail with the notice or by the rule that `argument` names, once however often it is asked.

        Raises ActionForbidden where RFC 3834 wants no answer, Conflict with the reason UNKNOWN_OUTCOME, GlassdomeError.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionQuery:
    """Filters of a list of actions; None or empty means any.

    `mailboxes` and `domains` restrict to what a key may see, as in `ports.store.AnalysisQuery`. `since` and `until` are
    about the last change: for a finished one, when it was done. `message_id` has no angle brackets.
    """

    ids: tuple[int, ...] | None = None
    ref: MessageRef | None = None
    message_id: str = ""
    mailbox: str = ""
    mailboxes: tuple[str, ...] | None = None
    domains: tuple[str, ...] | None = None
    kinds: tuple[ActionKind, ...] = ()
    state: ActionState | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPage:
    """One page, last changed first; `next_cursor` is empty on the last. Only that one may tell that there is nothing."""

    items: tuple[PerformedAction, ...]
    next_cursor: str = ""


class ActionLedger(Protocol):
    """Planned effects and what became of them; planning is part of `store.queue.Queue.complete`."""

    async def due(self, *, limit: int, begun_before: datetime) -> tuple[PerformedAction, ...]:
        """Return planned actions, and those begun before then whose process died, longest untouched first.

        Of each message only what no earlier action of it holds up.
        """
        ...

    async def of(self, ref: MessageRef) -> tuple[PerformedAction, ...]:
        """Return one message's actions in the order of their planning."""
        ...

    async def unsent(self, refs: Collection[MessageRef]) -> frozenset[MessageRef]:
        """Return those of a few messages of which a warning could not be sent."""
        ...

    async def begin(self, action: PerformedAction, *, now: datetime) -> bool:
        """Take the right to perform it.

        False when another took it since `action` was read, or an earlier action of its message has not ended.
        """
        ...

    async def finish(
        self,
        action: Action,
        *,
        state: ActionState,
        now: datetime,
        detail: str = "",
        moved_to: MessageRef | None = None,
        digest: str | None = None,
    ) -> None:
        """Record the outcome; `moved_to` says where a moved message or a draft is now, `digest` how the draft reads."""
        ...

    async def list(self, query: ActionQuery) -> ActionPage:
        """Return one page, last changed first; raises InvalidQuery for a cursor that is not ours."""
        ...

    async def put_back(self, ref: MessageRef, *, since: datetime) -> bool:
        """Return whether the message is here because a move of it was taken back, since then."""
        ...

    async def done_since(
        self, since: datetime, *, mailboxes: Sequence[str] | None = None
    ) -> tuple[PerformedAction, ...]:
        """Return the actions done since then and not undone, newest first."""
        ...
