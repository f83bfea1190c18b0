"""Checks that evidence is where it says; a quote that is not in the message is dropped, be it of a reason or of an ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from glassdome.core.limits import MAX_PHRASE_CHARS
from glassdome.values.ask import Ask
from glassdome.values.file_places import texts_at
from glassdome.values.message import Message
from glassdome.values.signal import Evidence

__all__ = ["checked_asks", "is_there", "verified"]


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("\u2019", "'").split())


def _header(message: Message, name: str) -> Iterator[str]:
    yield from message.header_all(name)
    addresses = {"from": message.header_from, "reply-to": message.reply_to, "to": message.to, "cc": message.cc}
    if name == "subject":
        yield message.subject
    elif name == "authentication-results":
        yield from (f"{r.method}={r.result} {r.domain}" for r in message.authentication.results)
    elif name == "list-id":
        yield message.lists.list_id
    elif name == "list-unsubscribe":
        yield from message.lists.unsubscribe
    elif name == "precedence":
        yield message.lists.precedence
    elif name == "auto-submitted":
        yield message.lists.auto_submitted
    else:
        yield from (str(address) for address in addresses.get(name, ()))


def _numbered(message: Message, kind: str, number: str) -> Iterator[str]:
    index = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else -1
    if kind == "link" and 0 <= index < len(message.links):
        yield from (message.links[index].url, message.links[index].shown)
    elif kind == "form" and 0 <= index < len(message.forms):
        yield message.forms[index].action
    elif kind == "attachment" and 0 <= index < len(message.attachments):
        item = message.attachments[index]
        yield from (item.filename, item.declared_type, item.true_type, item.text, *item.members)
        inside = item.document.within(item.filename) if item.document is not None else ()
        yield from (part for path, document in inside for part in (path, *document.members))


def _places(message: Message, where: str) -> Iterator[str]:
    kind, _, name = where.partition(":")
    if kind == "header":
        yield from _header(message, name.lower())
    elif where == "subject":
        yield message.subject
    elif where == "text":
        yield from (message.text, message.other_text)
    elif where == "hidden":
        yield from (item.text for item in message.hidden)
    elif where == "context":
        yield ""
    elif where == "rspamd" and message.rspamd:
        yield from ("", *(symbol for symbol, _ in message.rspamd.symbols))
    else:
        yield from _numbered(message, kind, name)
        yield from texts_at(message, where)


def is_there(message: Message, item: Evidence) -> bool:
    """Return whether the place exists and holds the quoted words; case and white space do not count."""
    if len(item.quote) > MAX_PHRASE_CHARS:
        return False
    places = tuple(_places(message, item.where))
    quote = _plain(item.quote)
    return any(item.quote in text for text in places) or any(quote in _plain(text) for text in places)


def verified(message: Message, items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence that holds."""
    return tuple(item for item in items if is_there(message, item))


def checked_asks(message: Message, asks: Iterable[Ask]) -> tuple[Ask, ...]:
    """Return the asks; a quote that is not where it should be is dropped, the ask stays."""
    return tuple(_checked(message, ask) for ask in asks)


def _checked(message: Message, ask: Ask) -> Ask:
    quote = ask.quote[:MAX_PHRASE_CHARS]
    there = not quote or is_there(message, Evidence(where=ask.where, quote=quote))
    return replace(ask, quote=quote if there else "", why=ask.why[:MAX_PHRASE_CHARS])
