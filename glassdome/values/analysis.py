"""The stored record: verdict, facts of the message and facts of the run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from glassdome.values.fact import Fact
from glassdome.values.message import Address, Read
from glassdome.values.opinion import Opinion
from glassdome.values.refs import MessageRef
from glassdome.values.signal import Signal
from glassdome.values.verdict import Verdict

__all__ = ["Analysis", "AttachedFile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """One attachment in an analysis: its name and size, what it is, how far it could be read, and a line on its content."""

    name: str
    type: str
    bytes: int
    read: Read = "yes"
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One message's analysis. `processing_time` is seconds of wall time, `date` the message's own Date.

    `received_at` is when the mail arrived, as the last server wrote it, and never later than `analyzed_at`: a list is
    ordered by it, so that no sender can set a mail's place by its Date.

    `signals` are all that were reported; a store keeps the reportable ones.
    `facts` are what the mail and its files say of invoices, bookings, parcels and events, with their places.
    `opinion` is what the language model said, kept so that an exact repeat needs no second call; None without one.
    """

    ref: MessageRef
    message_id: str
    thread_id: str
    subject: str
    header_from: Address
    date: datetime | None
    content_hash: str
    verdict: Verdict
    signals: tuple[Signal, ...]
    processing_time: float
    analyzed_at: datetime
    received_at: datetime
    opinion: Opinion | None = None
    attachments: tuple[AttachedFile, ...] = ()
    facts: tuple[Fact, ...] = ()
