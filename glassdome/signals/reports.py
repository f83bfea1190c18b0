"""Delivery reports, read receipts and complaints: told apart from a phish that is dressed as one."""

from __future__ import annotations

from collections.abc import Iterator

from glassdome.signals.ask_words import asking_words
from glassdome.signals.finding import Detector, evidence, hit
from glassdome.signals.plain_report import plainness
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "delivery_report": "a mail server's report on a mail that was sent, and no lure in it",
    "returned_link": "the mail that the report returns holds links",
    "false_report": "dressed as a mail server's report, it asks the reader to sign in, which no mail server does",
}
#: Asks that no mail server has.
_NEVER_ASKED = ("sign_in", "password")
_KINDS = {
    "bounce": "it says that a mail was not delivered",
    "delay": "it says that a mail is late",
    "success": "it says that a mail arrived",
    "receipt": "it says that a mail was shown",
    "complaint": "it says that somebody called a mail spam",
}


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report what says it is a report, and what it returns."""
    report = message.report
    if report is None:
        return
    places = [n for n, link in enumerate(message.links) if link.place == "returned"]
    if places:
        quotes = (evidence(f"link:{n}", message.links[n].url) for n in places)
        yield hit("returned_link", f"{len(places)} links stand in the returned mail", *quotes)
    if strength := plainness(message, context):
        yield hit("delivery_report", _KINDS[report.kind], strength=strength)
    elif asks := [place for group in _NEVER_ASKED for place in asking_words(message).get(group, ())]:
        yield hit("false_report", "the report asks to sign in", *asks)


DETECTOR = Detector(name="reports", signals=_SIGNALS, run=detect)
