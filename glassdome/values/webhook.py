"""A receiver of events, and the deliveries to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import SecretStr

from glassdome.values.event import Event, EventKind

__all__ = [
    "DeadLetter",
    "Delivery",
    "DeliveryState",
    "LastDelivery",
    "Post",
    "Webhook",
    "WebhookCounts",
    "WebhookFigures",
]


class DeliveryState(StrEnum):
    """waiting -> delivered | dead; dead -> waiting when a person sends it again."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A URL that receives events. `mailbox` or `domain` limit it; both empty: the whole service.

    `secrets` sign each delivery, the newest first; the older one counts until its receiver had time to change.
    `failures` are those in a row, and `rests_until` is when it is tried again after several.
    """

    id: int
    url: str
    events: tuple[EventKind, ...]
    mailbox: str = ""
    domain: str = ""
    enabled: bool = True
    secrets: tuple[SecretStr, ...] = ()
    created_at: datetime
    failures: int = 0
    rests_until: datetime | None = None
    last_error: str = ""
    last_status: int | None = None
    delivered_at: datetime | None = None

    def wants(self, kind: EventKind, mailbox: str) -> bool:
        """Return whether it receives an event of that kind in that mailbox."""
        whole = not self.mailbox and not self.domain
        mine = mailbox in ("", self.mailbox) if self.mailbox else mailbox.rpartition("@")[2] == self.domain
        return kind in self.events and (whole or (bool(mailbox) and mine))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one receiver, claimed under `token`. `first_at` is its first attempt."""

    id: int
    webhook: Webhook
    event: Event
    attempts: int
    first_at: datetime
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A request as it goes out."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A delivery that was given up: `error` is a code of ours, `status` the receiver's last answer."""

    id: int
    webhook_id: int
    event: Event
    attempts: int
    given_up_at: datetime
    error: str
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDelivery:
    """A delivery as it stands: `error` is a code of ours, empty where there was none."""

    webhook_id: int
    event: Event
    state: DeliveryState
    attempts: int
    error: str
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookCounts:
    """The deliveries of one receiver."""

    waiting: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookFigures:
    """The deliveries of all receivers; `oldest` is the event that has waited longest."""

    waiting: int = 0
    dead: int = 0
    oldest: datetime | None = None
