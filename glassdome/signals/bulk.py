"""List, bulk and automatic mail, by its own word and as far as our server verified it."""

from __future__ import annotations

from collections.abc import Iterator

from glassdome.signals.finding import Detector, evidence, hit
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "list_mail": "list or bulk mail by its own word",
    "list_verified": "list mail with a way to unsubscribe whose sender our server verified",
    "automatic_mail": "a program sent it, by its own word",
}


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report what kind of mass mail it is; only a verified sender makes it evidence of anything."""
    facts = message.lists
    if facts.is_list:
        header, value = ("List-Id", facts.list_id) if facts.list_id else ("Precedence", facts.precedence)
        place = evidence(f"header:{header}", value) if value else evidence("header:List-Unsubscribe")
        yield hit("list_mail", "list or bulk mail by its own word", place)
        if facts.unsubscribe and message.authenticity:
            detail = f"{message.author.domain} is verified and offers to unsubscribe"
            yield hit("list_verified", detail, evidence("header:List-Unsubscribe"))
    if facts.is_automatic:
        said = facts.auto_submitted not in ("", "no")
        place = (
            evidence("header:Auto-Submitted", facts.auto_submitted)
            if said
            else evidence(f"header:{facts.automation or 'Precedence'}")
        )
        yield hit("automatic_mail", "a program sent it, by its own word", place)


DETECTOR = Detector(name="bulk", signals=_SIGNALS, run=detect)
