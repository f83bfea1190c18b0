"""The actions planned for a message after its verdict, and their outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from glassdome.values.refs import MessageRef

__all__ = ["Action", "ActionKind", "ActionState"]


class ActionKind(StrEnum):
    """Effects outside the database."""

    ADD_KEYWORD = "add_keyword"
    REMOVE_KEYWORD = "remove_keyword"
    MOVE = "move"
    ALERT = "alert"
    LEARN = "learn"
    DRAFT = "draft"
    ANSWER = "answer"


class ActionState(StrEnum):
    """`unknown`: it was begun and its outcome was never learned; it is shown to a person, never blindly repeated."""

    PLANNED = "planned"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One planned effect. `argument`: the keyword, the target folder, the alert's reason, `spam` or `ham`, the kind of
    draft, the automatic answer.
    """

    ref: MessageRef
    kind: ActionKind
    argument: str

    @property
    def key(self) -> str:
        """The idempotency key: the same effect on the same message has the same key."""
        return f"{self.ref}|{self.kind}|{self.argument}"
