"""MIME that was broken in ways no mail program breaks it."""

from __future__ import annotations

from collections.abc import Iterator

from glassdome.signals.finding import Detector, evidence, hit
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "repeated_header": "a header field that may stand once stands several times, and programs show different ones",
    "malformed": "the structure is broken in ways that make programs read it differently",
    "unreadable": "the message, or a part of its text, could not be read: nothing is known of what it says",
}
_ONCE = ("From", "Subject", "Reply-To", "Sender", "To", "Date")
_HOSTILE = frozenset(
    {
        "too_many_parts",
        "too_deep",
        "too_many_headers",
        "too_many_boundaries",
        "too_many_parameters",
        "header_value_too_long",
    }
)
#: Defects that leave a part of the text unread.
_UNREAD = frozenset(
    {"text_too_long", "unknown_transfer_encoding", "hostile_html", "too_deep", "too_many_parts", "damaged_smime"}
)
_WHY = {
    "encrypted": "the message is encrypted",
    "damaged": "the text of the message is damaged",
    "empty": "the message has no words",
}


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report what makes two programs see two mails."""
    repeated = [name for name in _ONCE if len(set(message.header_all(name))) > 1]
    if repeated:
        places = (evidence(f"header:{name}", message.header_all(name)[1]) for name in repeated)
        yield hit("repeated_header", f"several different fields: {', '.join(repeated)}", *places)
    hostile = sorted({defect.what for defect in message.defects} & _HOSTILE)
    if hostile:
        yield hit("malformed", f"defects: {', '.join(hostile)}")
    unread = sorted({defect.what for defect in message.defects} & _UNREAD)
    if message.readable != "yes" or unread:
        yield hit("unreadable", _WHY.get(message.readable, f"a part was not read: {', '.join(unread)}"))


DETECTOR = Detector(name="defects", signals=_SIGNALS, run=detect)
