"""Checks reply drafts: one that reveals or requests anything that neither mail nor owner gave is not shown."""

from __future__ import annotations

import re

from glassdome.core.disguised import undisguised
from glassdome.core.limits import MAX_REPLY_CHARS
from glassdome.values.context import Context
from glassdome.values.message import Message

__all__ = ["may_be_answered", "safe_draft"]

_URL = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{0,20}://|www\.)[^\s<>\"')\]]+|\b(?:[a-z0-9-]{1,63}\.){1,10}(?:[a-z]{2,24})/[^\s<>\"')\]]+",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")
#: IBANs, cards, accounts, phone numbers: five digits or more in one run, groups allowed.
_NUMBER = re.compile(r"(?<!\w)(?:[A-Z]{2}\d{2}[ ]?)?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}(?!\w)|\+?\d(?:[ ./-]?\d){4,}")
_SEPARATORS = re.compile(r"[\s./-]+")


#: From these probabilities on nothing is answered, whatever the label: an answer says that the mailbox is read.
_MOST_SUSPECT = 0.15
_MOST_SPAM = 0.5


def may_be_answered(phishing: float, spam: float) -> bool:
    """Return whether a mail of these probabilities may have a reply draft."""
    return phishing < _MOST_SUSPECT and spam < _MOST_SPAM


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", text).lower()


def _given(message: Message, context: Context) -> str:
    people = (*message.header_from, *message.reply_to, *message.recipients)
    links = (part for link in message.links for part in (link.url, link.shown))
    return "\n".join(
        (message.subject, message.text, message.other_text, context.mailbox, *(p.addr for p in people), *links)
    ).lower()


def safe_draft(draft: str | None, message: Message, context: Context) -> str | None:
    """Return the draft, or None when it holds a URL, an address or a number from neither the mail nor its owner."""
    shown = (draft or "").strip()
    text = undisguised(shown)
    if not text or len(text) > MAX_REPLY_CHARS:
        return None
    places = [
        found.group().rstrip(".,;:!?").lower() for pattern in (_URL, _ADDRESS) for found in pattern.finditer(text)
    ]
    numbers = [n.group() for n in _NUMBER.finditer(text) if any(c.isdigit() for c in n.group())]
    if not places and not numbers:
        return shown
    given = _given(message, context)
    digits = _digits(given)
    told = all(place in given for place in places) and all(_digits(number) in digits for number in numbers)
    return shown if told else None
