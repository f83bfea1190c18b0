"""An event as a request, and the time of its next try: both pure."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import SecretStr

from glassdome.core.signing import signatures
from glassdome.mailbox.backoff import Jitter
from glassdome.values.event import Event
from glassdome.values.webhook import Post

__all__ = ["GIVE_UP_AFTER", "again_at", "letter", "letter_body", "test_letter"]

#: How long an event is tried before it is a dead letter.
GIVE_UP_AFTER: Final = timedelta(days=1)
#: Seconds before the second try; each further one waits twice as long, up to the longest.
_FIRST: Final = 5.0
_LONGEST: Final = 3600.0


def letter(event: Event, *, url: str, secrets: Sequence[SecretStr], now: datetime) -> Post:
    """Return the signed request for an event; the body is the same at each try."""
    return _signed(event.name, event.kind.value, event.at, event.data, url=url, secrets=secrets, now=now)


def letter_body(event: Event) -> bytes:
    """Return an event as JSON on one line, as receivers get it."""
    return _body(event.kind.value, event.at, event.data)


def test_letter(name: str, *, url: str, secrets: Sequence[SecretStr], now: datetime) -> Post:
    """Return a request that says that it is a test."""
    return _signed(name, "test", now, {"test": True}, url=url, secrets=secrets, now=now)


def again_at(*, attempts: int, first_at: datetime, now: datetime, jitter: Jitter = random.uniform) -> datetime | None:
    """Say when to try again after the `attempts`-th failure; None when the day is over."""
    if now - first_at >= GIVE_UP_AFTER:
        return None
    pause = min(_LONGEST, _FIRST * 2 ** min(attempts - 1, 16))
    return now + timedelta(seconds=pause * jitter(0.75, 1.25))


def _signed(
    name: str,
    kind: str,
    at: datetime,
    data: Mapping[str, object],
    *,
    url: str,
    secrets: Sequence[SecretStr],
    now: datetime,
) -> Post:
    body = _body(kind, at, data)
    seconds = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Glassdome-Webhooks",
        "webhook-id": name,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signatures(secrets, name=name, at=seconds, body=body),
    }
    return Post(url=url, headers=headers, body=body)


def _body(kind: str, at: datetime, data: Mapping[str, object]) -> bytes:
    stamp = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return json.dumps({"type": kind, "timestamp": stamp, "data": dict(data)}, separators=(",", ":")).encode()
