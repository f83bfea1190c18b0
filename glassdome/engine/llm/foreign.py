"""Addresses, links and account numbers in a model's text that neither the mail nor the owner gave."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.core.disguised import undisguised
from glassdome.values.message import Message

__all__ = ["foreign_references"]

_URL = re.compile(
    r"\b(?:https?|ftp|data|javascript|file|tel|sms|mailto):[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+"
    r"|(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\.)+[a-z]{2,24}(?:[/:?][^\s<>\"')\]]*)?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
#: IBAN and other runs of at least seven digits, however grouped; dates and prices are shorter.
_NUMBER = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{2,4}){3,8}\b|\+?\d(?:[ ./()-]{0,2}\d){6,}")
_LONG_SECRET = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{26,}\b")
#: Characters of the text searched; a model sees less, and what it did not see it cannot name.
_READ_CHARS = 50_000
_HOST = re.compile(r"^(?:[a-z]+://|[^@]+@)([^/:?#]+).*$", re.IGNORECASE)
_BLANKS = re.compile(r"[\s./()\-]+")


def _references(text: str) -> Iterator[str]:
    for form in (_ADDRESS, _URL, _NUMBER, _LONG_SECRET):
        yield from (m[0].rstrip(".,;:!?") for m in form.finditer(text))


def _squeezed(text: str) -> str:
    return _BLANKS.sub("", text).lower()


def _known(message: Message, *more: str) -> frozenset[str]:
    """Return every reference that the mail shows, squeezed for comparison; `more` is what the owner gave."""
    addresses = (str(a) for a in (*message.header_from, *message.reply_to, *message.to, *message.cc))
    links = (part for link in message.links for part in (link.url, link.shown, link.host))
    parts = (
        message.subject,
        message.text[:_READ_CHARS],
        *addresses,
        *links,
        *(a.text for a in message.attachments),
        *more,
    )
    found = {reference for part in parts for reference in _references(part)}
    # Naming the host of a link, or the domain of an address, gives nothing new.
    hosts = {_HOST.sub(r"\1", reference) for reference in found}
    return frozenset(map(_squeezed, found | hosts))


def foreign_references(text: str, message: Message, *more: str) -> tuple[str, ...]:
    """Return the links, addresses and numbers of `text` that neither the mail nor `more` (the owner) gave."""
    plain = undisguised(text)
    found = tuple(dict.fromkeys((*_references(text), *(_references(plain) if plain != text else ()))))
    known = _known(message, *more) if found else frozenset()
    return tuple(r for r in found if _squeezed(r) not in known)
