"""Outgoing mail: the message, its recipients, and the server's answer for each recipient."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from glassdome.values.message import Address

__all__ = [
    "Envelope",
    "OutgoingFile",
    "OutgoingMessage",
    "RecipientOutcome",
    "RecipientResult",
    "SendOutcome",
    "SendState",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """RFC 5321 sender and recipients; an empty `mail_from` is the null sender."""

    mail_from: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingFile:
    """An attachment; with a `content_id` it is an inline image that the HTML shows as `cid:<content_id>`."""

    filename: str
    content: bytes = field(repr=False)
    content_type: str = "application/octet-stream"
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message to be composed. `bcc` is for the envelope only.

    `message_id` has its angle brackets; `auto_submitted` is `auto-generated` or `auto-replied` for what no person
    wrote (RFC 3834 5), else empty; `headers` are further fields, one name and value each.
    `null_sender` wants the null sender in the envelope (RFC 3834 3.3).
    """

    sender: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    files: tuple[OutgoingFile, ...] = ()
    message_id: str
    date: datetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str = ""
    null_sender: bool = False
    headers: tuple[tuple[str, str], ...] = ()


class RecipientOutcome(StrEnum):
    """`deferred` is a 4xx refusal: later it may be accepted. `unknown`: the answer to the mail itself was lost."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"


class SendState(StrEnum):
    """The sum over all recipients; `unknown` must never be repeated blindly, the mail may be on its way."""

    SENT = "sent"
    PARTLY = "partly"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientResult:
    """The server's answer for one recipient: its three-digit code (0 if it gave none) and its words."""

    address: str
    outcome: RecipientOutcome
    reply_code: int = 0
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOutcome:
    """The result of sending one mail."""

    recipients: tuple[RecipientResult, ...]

    @property
    def state(self) -> SendState:
        """Sum up."""
        outcomes = {result.outcome for result in self.recipients}
        if RecipientOutcome.UNKNOWN in outcomes:
            return SendState.UNKNOWN
        if outcomes == {RecipientOutcome.ACCEPTED}:
            return SendState.SENT
        if RecipientOutcome.ACCEPTED in outcomes:
            return SendState.PARTLY
        return SendState.DEFERRED if RecipientOutcome.DEFERRED in outcomes else SendState.REFUSED

    def of(self, outcome: RecipientOutcome) -> tuple[str, ...]:
        """Return the addresses with that outcome."""
        return tuple(result.address for result in self.recipients if result.outcome is outcome)
