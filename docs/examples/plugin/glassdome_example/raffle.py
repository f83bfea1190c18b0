"""A detector: reports mail that speaks of the number of a raffle ticket."""

import re
from collections.abc import Iterator

from glassdome.signals.finding import Detector, evidence, hit
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

# Linear in the text: no repeat stands inside another one.
_TICKET = re.compile(r"\bticket (?:number|no\.?) (\d{4,12})\b", re.IGNORECASE)


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Yield a hit that quotes the number. It is pure: no I/O, no clock; the time is `context.now`."""
    if found := _TICKET.search(message.text):
        yield hit("raffle_ticket", f"it names the raffle ticket {found[1]}", evidence("text", found[0]))


# Every signal begins with the name of the entry point.
DETECTOR = Detector(
    name="raffle", signals={"raffle_ticket": "The text names the number of a raffle ticket."}, run=detect
)
