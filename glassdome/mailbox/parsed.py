"""Parses each message once for all who read it at about the same time."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from glassdome.core.limits import KEPT_MAIL_SECONDS, MAX_KEPT_PARSED_BYTES
from glassdome.core.recent import Recent
from glassdome.parse import parse_message
from glassdome.values.message import Message

__all__ = ["ParsedMail"]


class ParsedMail:
    """`parse_message` with a memory of the messages parsed last. May be called from any thread."""

    def __init__(
        self, *, most_bytes: int = MAX_KEPT_PARSED_BYTES, parse: Callable[..., Message] = parse_message
    ) -> None:
        """`most_bytes` are bytes of source."""
        self._parse = parse
        self._kept = Recent[Message](most_bytes=most_bytes, seconds=KEPT_MAIL_SECONDS)

    def __call__(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        """Return the message; raises as `parse_message`."""
        key = (sha256(raw).digest(), authserv_ids)
        if (message := self._kept.get(key)) is None:
            message = self._parse(raw, authserv_ids=authserv_ids)
            self._kept.put(key, message, len(raw))
        return message
