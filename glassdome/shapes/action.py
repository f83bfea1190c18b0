"""One action as JSON, and its schema for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from glassdome.shapes.examples import example
from glassdome.shapes.instants import rfc3339
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.refs import MessageRef

__all__ = ["ActionShape", "action_shape"]


class PlaceShape(BaseModel):
    """The place of a message."""

    folder: str
    uid_validity: int
    email_id: str


class ActionShape(BaseModel):
    """One action; `argument` is the keyword, the target folder, the alert's reason, or `spam` or `ham`."""

    model_config = ConfigDict(json_schema_extra={"example": example("action")})

    id: int
    mailbox: str
    email_id: str
    folder: str
    uid_validity: int
    message_id: str
    kind: ActionKind
    argument: str
    state: ActionState
    detail: Annotated[str, Field(description="Why it failed")]
    moved_to: Annotated[
        PlaceShape | None, Field(description="Where a move put the message; once undone, where it lies since")
    ]
    planned_at: str
    updated_at: str


def action_shape(item: PerformedAction) -> dict[str, Any]:
    """Return the JSON object of an action."""
    ref, moved = item.action.ref, item.moved_to
    return {
        "id": item.id,
        "mailbox": ref.mailbox,
        **_place(ref),
        "message_id": item.message_id,
        "kind": str(item.action.kind),
        "argument": item.action.argument,
        "state": str(item.state),
        "detail": item.detail,
        "moved_to": _place(moved) if moved is not None else None,
        "planned_at": rfc3339(item.planned_at),
        "updated_at": rfc3339(item.updated_at),
    }


def _place(ref: MessageRef) -> dict[str, Any]:
    return {"email_id": str(ref.uid), "folder": ref.folder, "uid_validity": ref.uid_validity}
