"""The lines of all attached files, and the summary of a mail that says little more than that it brings them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from glassdome.core.cutting import cut_short
from glassdome.core.limits import MAX_LISTED_ATTACHMENTS, MAX_SUMMARY_CHARS
from glassdome.engine.builtin.author import Author, author_kind
from glassdome.engine.builtin.file_line import file_line
from glassdome.engine.builtin.pointing import only_points
from glassdome.values.ask import Standing
from glassdome.values.fact import Fact
from glassdome.values.file_places import file_name, has_files
from glassdome.values.message import Message

__all__ = ["file_lines", "summary_of_files"]

#: Files of which a summary speaks.
_MOST: Final = 3
_CALENDARS: Final = ("text/calendar", "application/ics")


def file_lines(
    message: Message, facts: Sequence[Fact], *, language: str, standing: Standing | None, now: datetime
) -> tuple[str, ...]:
    """Return one line for each attachment in the list, empty for an unread file or an unknown one."""
    if not has_files(message):
        return ()
    person = author_kind(message, standing) is Author.PERSON
    sender = "" if person else message.author.name
    written = (message.date or now).date()
    lines = []
    for number, item in enumerate(message.attachments[:MAX_LISTED_ATTACHMENTS]):
        name = file_name(message, number)
        own = [fact for fact in facts if _is_of(fact.where, name)]
        known = item.document is not None and not item.returned
        lines.append(
            file_line(name, item.document, own, language=language, sender=sender, written=written)
            if known and item.document is not None
            else ""
        )
    return tuple(lines)


def _is_of(where: str, name: str) -> bool:
    """Return whether a place is in the file of that name: `bill.pdf, page 2`, `QR in bill.pdf`, `bill.zip: a.pdf`."""
    place = where.partition(" in ")[2] if where.partition(" in ")[2].startswith(name) else where
    return place == name or place.startswith((f"{name}, ", f"{name}: "))


def summary_of_files(message: Message, lines: Sequence[str]) -> str:
    """Return what the files are, where the mail's own words say no more than that they are attached; else nothing."""
    told = [
        line
        for line, item in zip(lines, message.attachments, strict=False)
        if line and not item.inline and item.declared_type not in _CALENDARS
        if item.document is not None and item.document.text.strip()
    ]
    if not told or not only_points(message.new_text or message.text or message.other_text):
        return ""
    said = " ".join(told[:_MOST])
    return cut_short(said, MAX_SUMMARY_CHARS)
