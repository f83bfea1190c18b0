"""Gives evidence that was found in attached files its place there: `invoice.pdf, page 2`, `QR in image.png`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from glassdome.values.ask import Asked
from glassdome.values.file_places import place_of
from glassdome.values.message import Message
from glassdome.values.signal import Evidence, Signal

__all__ = ["placed_asks", "placed_signals"]


def placed_signals(message: Message, signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Return the signals of a message that was read with its files; what stands in none of them keeps its place."""
    return tuple(
        replace(signal, evidence=tuple(_placed(message, item) for item in signal.evidence))
        if signal.evidence
        else signal
        for signal in signals
    )


def placed_asks(message: Message, asked: Asked) -> Asked:
    """Return the asks of a message that was read with its files, each with the place of its words."""
    return replace(asked, asks=tuple(replace(ask, where=_where(message, ask.where, ask.quote)) for ask in asked.asks))


def _placed(message: Message, item: Evidence) -> Evidence:
    where = _where(message, item.where, item.quote)
    return item if where == item.where else replace(item, where=where)


def _where(message: Message, where: str, quote: str) -> str:
    kind, _, number = where.partition(":")
    if kind == "link" and number.isdecimal():
        link = message.links[int(number)]
        return _of_link(message, link.url) or where if link.place == "attachment" else where
    if where != "text" or not quote or _plain(quote) in _plain(message.text):
        return where
    return place_of(message, quote) or where


def _of_link(message: Message, url: str) -> str:
    """Return the place of an address in a file, where it may stand without its scheme or the last slash."""
    forms = (url, url.rstrip("/"), url.partition("://")[2].rstrip("/"))
    return next((place for form in forms if (place := place_of(message, form))), "")


def _plain(text: str) -> str:
    return " ".join(text.split())
