"""One webhook as JSON, and its schema for OpenAPI; never its secret."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, Field

from glassdome.shapes.instants import rfc3339
from glassdome.values.event import EventKind
from glassdome.values.webhook import DeadLetter, Webhook, WebhookCounts

__all__ = ["WebhookShape", "webhook_shape"]


class DeadShape(BaseModel):
    """One delivery that was given up after a day."""

    id: int
    event: EventKind
    event_id: Annotated[str, Field(description="The header `webhook-id` of its requests")]
    mailbox: str
    at: str
    attempts: int
    given_up_at: str
    error: Annotated[str, Field(description="A code such as `timed_out`, `refused`, `redirected`")]
    status: Annotated[int | None, Field(description="The receiver's last HTTP status")]


class WebhookShape(BaseModel):
    """One receiver, and how it fares. The secret is answered once, where it is made."""

    id: int
    url: str
    events: list[EventKind]
    mailbox: Annotated[str, Field(description="Only events of this mailbox")]
    domain: Annotated[str, Field(description="Only events of this domain; both empty: all")]
    enabled: bool
    created_at: str
    failures: Annotated[int, Field(description="Failures in a row")]
    last_error: str
    last_status: int | None
    delivered_at: str | None
    waiting: int
    dead_count: int
    dead: Annotated[list[DeadShape], Field(description="Its newest dead letters, a hundred at most for all receivers")]


def webhook_shape(webhook: Webhook, counts: WebhookCounts, dead: Iterable[DeadLetter] = ()) -> dict[str, Any]:
    """Return the JSON object of a receiver."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": [str(kind) for kind in webhook.events],
        "mailbox": webhook.mailbox,
        "domain": webhook.domain,
        "enabled": webhook.enabled,
        "created_at": rfc3339(webhook.created_at),
        "failures": webhook.failures,
        "last_error": webhook.last_error,
        "last_status": webhook.last_status,
        "delivered_at": rfc3339(webhook.delivered_at) if webhook.delivered_at else None,
        "waiting": counts.waiting,
        "dead_count": counts.dead,
        "dead": [_dead(item) for item in dead if item.webhook_id == webhook.id],
    }


def _dead(item: DeadLetter) -> dict[str, Any]:
    return {
        "id": item.id,
        "event": str(item.event.kind),
        "event_id": item.event.name,
        "mailbox": item.event.mailbox,
        "at": rfc3339(item.event.at),
        "attempts": item.attempts,
        "given_up_at": rfc3339(item.given_up_at),
        "error": item.error,
        "status": item.status,
    }
