"""The agent's records of its own work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import SecretStr

from glassdome.values.action import Action, ActionState
from glassdome.values.credentials import Credentials
from glassdome.values.refs import MessageRef

__all__ = ["CommandRecord", "OutboxEntry", "OutboxState", "PerformedAction", "RegisteredMailbox"]


class OutboxState(StrEnum):
    """planned -> begun -> sent | failed | unknown; `unknown` is never sent again on its own."""

    PLANNED = "planned"
    BEGUN = "begun"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredMailbox:
    """A mailbox the agent may log in to; `login` is empty where its address logs in."""

    address: str
    password: SecretStr
    name: str = ""
    login: str = ""

    @property
    def credentials(self) -> Credentials:
        """The login for IMAP and submission."""
        return Credentials(user=self.login or self.address, password=self.password)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One mail of ours. `purpose` is a word of the sender's choice, such as `send`, `reply`, `auto_reply`."""

    message_id: str
    mailbox: str
    recipients: tuple[str, ...]
    subject: str
    created_at: datetime
    updated_at: datetime
    purpose: str = "send"
    state: OutboxState = OutboxState.PLANNED
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRecord:
    """One command that came by mail. `sender` is its authenticated author, `command` its name."""

    ref: MessageRef
    message_id: str
    sender: str
    command: str
    created_at: datetime
    updated_at: datetime
    state: ActionState = ActionState.BEGUN
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformedAction:
    """An action as the ledger has it.

    `moved_to` is where a moved message went and, once that was undone, where it lies since; None when not known. Of a draft it is where
    the draft lies, and `digest` the SHA-256 of its bytes, empty where it is its owner's by now.
    """

    id: int
    action: Action
    state: ActionState
    message_id: str
    planned_at: datetime
    updated_at: datetime
    detail: str = ""
    moved_to: MessageRef | None = None
    digest: str = ""
