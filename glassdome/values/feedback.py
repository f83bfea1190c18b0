"""A person's correction of a verdict."""

from __future__ import annotations

from dataclasses import dataclass

from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label

__all__ = ["Feedback"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A person's correction of a message's label; `actor` names its author (a key's fingerprint, a mailbox)."""

    ref: MessageRef
    label: Label
    actor: str
    note: str = ""
