"""A person's correction of a verdict."""

from __future__ import annotations

from dataclasses import dataclass

from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label

__all__ = ["Feedback"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a person says the message is; `actor` names who said it (a key's fingerprint, a mailbox)."""

    ref: MessageRef
    label: Label
    actor: str
    note: str = ""
