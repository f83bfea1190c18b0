"""Detects what the words of a mail want from its reader, in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.signals.finding import Detector, evidence, hit
from glassdome.signals.phrases import SUBJECT_END, ScannedText, load_phrases, mixed_words
from glassdome.signals.plain_report import own_text
from glassdome.signals.unchanged import says_unchanged
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Evidence, Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "urgency": "the mail presses for time",
    "account_threat": "the mail threatens to close, block or lose an account",
    "credential_request": "the mail asks to log in, or to confirm a password or identity",
    "payment_change": "the mail announces new bank details or redirects a payment",
    "gift_cards": "the mail asks for gift cards or vouchers",
    "executive_request": "a short personal request of the kind impostors of a superior send",
    "invoice_pressure": "the mail presses for a payment or an unexpected invoice",
    "extortion": "the mail blackmails its reader",
    "advance_fee": "the mail promises money from a stranger",
    "lottery": "the mail announces a prize",
    "delivery_lure": "the mail says a parcel waits for a fee or an address",
    "mailbox_lure": "the mail says the mailbox is full, outdated, or holds messages back",
    "document_lure": "the mail offers a shared or secured document, voice message or fax",
    "refund_lure": "the mail offers a refund or tax return",
    "investment_lure": "the mail promises easy money or cryptocurrency",
    "login_alarm": "the mail reports a strange log-in or payment",
    "generic_greeting": "the mail addresses its reader by no name",
    "commercial": "the mail advertises the way bulk mailers do",
    "cold_offer": "an unsolicited offer of services, loans or wares",
    "obfuscated_words": "words are disguised with odd letters so that filters do not read them",
}
_BOOK = "phrases.toml"
#: What one, two and more different phrases of a group count.
_STRENGTHS = (0.65, 0.85, 1.0)
#: Letters in styles that plain text has no need of, and letters under piled-up accents.
_STYLED = re.compile("[\U0001d400-\U0001d7ff\uff21-\uff5a]{4,}|(?:[a-zA-Z][\u0300-\u036f\u0483-\u0489]+){4,}")
#: One of them stands in every such word.
_STYLE = re.compile("[\U0001d400-\U0001d7ff\uff21-\uff5a\u0300-\u036f\u0483-\u0489]")
#: Characters searched for disguised words.
_MAX_DISGUISED = 4_000


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report each group of phrases that occurs, with the words."""
    whole = message.subject + SUBJECT_END + own_text(message)
    found: dict[str, list[Evidence]] = {}
    for group, start, end in ScannedText.of(whole).told_by(load_phrases(_BOOK)):
        if group == "payment_change" and says_unchanged(whole, start, end):
            continue
        where = "header:Subject" if start < len(message.subject) else "text"
        found.setdefault(group, []).append(evidence(where, whole[start:end]))
    for group, places in found.items():
        strength = _STRENGTHS[min(len(places), len(_STRENGTHS)) - 1]
        shown = " … ".join(place.quote for place in places[:2])
        yield hit(group, f"{_SIGNALS[group]}: “{' '.join(shown.split())[:160]}”", *places, strength=strength)
    yield from _obfuscated(message)


def _obfuscated(message: Message) -> Iterator[Signal]:
    """Latin words with letters of other alphabets, in mathematical styles, or under piles of accents."""
    text = f"{message.subject}\n{message.text[:_MAX_DISGUISED]}"
    if text.isascii():
        return
    odd = mixed_words(text) + ([found.group() for found in _STYLED.finditer(text)] if _STYLE.search(text) else [])
    if odd:
        place = evidence("header:Subject" if odd[0] in message.subject else "text", odd[0])
        yield hit("obfuscated_words", f"{odd[0][:60]!r} is no plain word", place, strength=0.4 + 0.2 * len(odd))


DETECTOR = Detector(name="content", signals=_SIGNALS, run=detect)
