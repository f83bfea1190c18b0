"""What the agent remembers: its mailboxes, what it sent, which commands it ran; and what was done to messages.

Every method raises StoreUnavailable when the database cannot be reached.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from pydantic import SecretStr

from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.agent import CommandRecord, OutboxEntry, OutboxState, PerformedAction, RegisteredMailbox
from glassdome.values.feedback import Feedback
from glassdome.values.refs import MessageRef

__all__ = [
    "UNKNOWN_OUTCOME",
    "ActionLedger",
    "ActionPage",
    "ActionQuery",
    "AlertSink",
    "CommandLedger",
    "FeedbackStore",
    "MailboxRegistry",
    "Outbox",
    "SpamTeacher",
]
#: The reason of a Conflict: it may have been done or not, since nobody heard how it ended.
UNKNOWN_OUTCOME: Final = "unknown_outcome"


class MailboxRegistry(Protocol):
    """The mailboxes the agent may log in to; passwords are stored encrypted."""

    async def add(self, address: str, password: SecretStr, *, now: datetime, name: str = "", login: str = "") -> None:
        """Register a mailbox, or replace name, login and password of a registered one; no `login`: the address."""
        ...

    async def get(self, address: str) -> RegisteredMailbox | None:
        """Return the mailbox with its password; raises ConfigError when another key encrypted it."""
        ...

    async def list(self) -> tuple[str, ...]:
        """Return the addresses, sorted."""
        ...

    async def all(self) -> tuple[RegisteredMailbox, ...]:
        """Return every mailbox with its password, sorted, by one query; raises ConfigError as `get` does."""
        ...

    async def forget(self, address: str) -> bool:
        """Remove a mailbox; say whether it was there."""
        ...


class Outbox(Protocol):
    """Everything sent, by Message-ID: at most once, and an outcome that was never learned stays visible."""

    async def plan(self, entry: OutboxEntry) -> bool:
        """Store an entry in state `planned`; False when its Message-ID is already there."""
        ...

    async def begin(self, message_id: str, *, now: datetime) -> bool:
        """Take the right to send it (planned or failed -> begun); False when another has it or it went out."""
        ...

    async def finish(self, message_id: str, *, state: OutboxState, now: datetime, detail: str = "") -> None:
        """Record the outcome of a begun entry: sent, failed or unknown."""
        ...

    async def get(self, message_id: str) -> OutboxEntry | None:
        """Return one entry."""
        ...

    async def list(
        self, *, mailbox: str = "", state: OutboxState | None = None, limit: int = 100
    ) -> tuple[OutboxEntry, ...]:
        """Return entries, newest first."""
        ...

    async def count(self, *, mailbox: str, since: datetime, recipient: str = "", purpose: str = "") -> int:
        """Count what was planned since then and did not fail, for rate limits (RFC 3834 2)."""
        ...

    async def abandon(self, *, begun_before: datetime, now: datetime) -> int:
        """Turn entries begun before then into `unknown` (their process died); return how many."""
        ...


class CommandLedger(Protocol):
    """Commands in mail run once: keyed by MessageRef and by Message-ID, whichever is seen first."""

    async def begin(self, record: CommandRecord) -> bool:
        """Record a command as begun; False when its message or its Message-ID was seen before."""
        ...

    async def finish(self, ref: MessageRef, *, state: ActionState, detail: str, now: datetime) -> None:
        """Record the outcome."""
        ...

    async def get(self, ref: MessageRef) -> CommandRecord | None:
        """Return what is known of one message's command."""
        ...

    async def list(
        self, *, mailbox: str = "", state: ActionState | None = None, limit: int = 100
    ) -> tuple[CommandRecord, ...]:
        """Return commands, newest first, all or those in a state."""
        ...

    async def use_nonce(self, nonce: str, *, expires: datetime, now: datetime) -> bool:
        """Use up a one-time value; False when it was used before. Values past `expires` are forgotten."""
        ...


class FeedbackStore(Protocol):
    """What people said of verdicts; `HistoryStore.record_feedback` writes it."""

    async def get(self, ref: MessageRef) -> Feedback | None:
        """Return the correction of one message."""
        ...

    async def list(self, *, mailbox: str = "", limit: int = 100) -> tuple[Feedback, ...]:
        """Return corrections, newest first."""
        ...


class AlertSink(Protocol):
    """Tells a person."""

    async def alert(self, ref: MessageRef, reason: str) -> None:
        """Tell the mailbox's owner of a message, once however often it is asked.

        Raises Conflict with the reason UNKNOWN_OUTCOME when nobody knows whether it was told, GlassdomeError when it
        could not be.
        """
        ...


class SpamTeacher(Protocol):
    """Our own spam filter, which learns from corrections."""

    async def learn(self, ref: MessageRef, *, spam: bool) -> None:
        """Teach one message; teaching it twice changes nothing. Raises GlassdomeError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionQuery:
    """Filters of a list of actions; None or empty means any.

    `mailboxes` and `domains` restrict to what a key may see, as in `ports.store.AnalysisQuery`. `since` and `until` are
    about the last change: for what is done, when it was done. `message_id` has no angle brackets.
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
    """Planned effects and what became of them; planning is part of `JobQueue.complete`."""

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
        self, action: Action, *, state: ActionState, now: datetime, detail: str = "", moved_to: MessageRef | None = None
    ) -> None:
        """Record the outcome; `moved_to` says where a moved message is now."""
        ...

    async def list(self, query: ActionQuery) -> ActionPage:
        """Return one page, last changed first; raises InvalidQuery for a cursor that is not ours."""
        ...

    async def put_back(self, ref: MessageRef, *, since: datetime) -> bool:
        """Say whether the message is here because a move of it was taken back, since then."""
        ...

    async def done_since(
        self, since: datetime, *, mailboxes: Sequence[str] | None = None
    ) -> tuple[PerformedAction, ...]:
        """Return what was done since then and not undone, newest first."""
        ...
