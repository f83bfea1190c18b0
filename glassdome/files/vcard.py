"""Reads contacts (vCard 2.1, RFC 2426, RFC 6350): names, phone numbers, addresses."""

from __future__ import annotations

import re
from typing import Final

from glassdome.files.content_lines import Component, components, split_values
from glassdome.files.found import Found
from glassdome.files.source import Source
from glassdome.values.document import Document

__all__ = ["read"]

#: Cards of one file that are read.
_MOST_CARDS: Final = 200
_MOST_LINES: Final = 10
_TEL: Final = re.compile(r"tel:", re.IGNORECASE)
_MAILTO: Final = re.compile(r"mailto:", re.IGNORECASE)
_INTERNATIONAL: Final = re.compile(r"(?:\+|00)[1-9][\d ()./-]{5,30}", re.ASCII)
_NOT_DIGIT: Final = re.compile(r"[^0-9]")
#: The zero that is only dialled within the country: `+44 (0)20 7946 0000`.
_TRUNK: Final = "(0)"


def read(source: Source) -> Document:
    """Read all cards of a file."""
    cards = [part for part in components(source.data) if part.name == "VCARD"][:_MOST_CARDS]
    if not cards:
        raise ValueError("no card")
    found = Found(budget=source.budget)
    for number, card in enumerate(cards, 1):
        found.where = f"card {number}" if len(cards) > 1 else ""
        _read_card(card, found)
        found.end_place()
    return Document(
        kind="text/vcard",
        title=_name(cards[0]),
        passages=tuple(found.passages),
        links=tuple(found.links),
        facts=tuple(found.facts),
    )


def _read_card(card: Component, found: Found) -> None:
    name = _name(card)
    found.fact("name", name)
    found.say(name)
    for part in ("ORG", "TITLE", "ROLE"):
        for line in card.all(part)[:_MOST_LINES]:
            found.say(", ".join(filter(None, split_values(line.value, ";"))))
    for line in card.all("TEL")[:_MOST_LINES]:
        _read_phone(_TEL.sub("", line.text, count=1), found)
    for line in card.all("EMAIL")[:_MOST_LINES]:
        address = _MAILTO.sub("", line.text, count=1).strip()
        found.say(address)
        found.fact("email", address if "@" in address else "")
    for line in card.all("ADR")[:_MOST_LINES]:
        place = ", ".join(filter(None, split_values(line.value, ";"))) or line.parameters.get("LABEL", "")
        found.say(place)
        found.fact("place", place)
    for line in card.all("URL")[:_MOST_LINES]:
        found.say(line.text)
        found.link(line.text)
    note = card.text("NOTE")
    found.say(note)
    found.links_in(note)


def _name(card: Component) -> str:
    """Return the formatted name, else the parts of the name in the order in which they are said."""
    full = card.text("FN").strip()
    line = card.first("N")
    if full or line is None:
        return full or card.text("ORG").strip()
    family, given, middle, prefix, suffix = (split_values(line.value, ";") + [""] * 5)[:5]
    return " ".join(filter(None, (prefix, given, middle, family, suffix)))


def _read_phone(written: str, found: Found) -> None:
    """Add the number as written and, with a country code, in E.164 as well."""
    number = written.partition(";")[0].strip()
    found.say(number)
    if len(_NOT_DIGIT.sub("", number)) < 3:
        return
    found.fact("phone", number)
    if _INTERNATIONAL.fullmatch(number):
        digits = _NOT_DIGIT.sub("", number.replace(_TRUNK, ""))
        normal = "+" + (digits.removeprefix("00") if number.startswith("00") else digits)
        found.fact("phone", normal, number)
