"""The words of attached files with their places, and the message as a reader of mail and files sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from glassdome.core.limits import MAX_READ_FILES_CHARS, MAX_READ_ONE_FILE_CHARS
from glassdome.values.document import Document
from glassdome.values.message import Attachment, Message

__all__ = [
    "FilePlace",
    "coded_addresses",
    "file_name",
    "file_places",
    "has_files",
    "joined_with_files",
    "joined_with_letter",
    "place_of",
    "read_files",
    "texts_at",
]

#: The message caches its places and its view under these names.
_PLACES: Final = "file_places"
_VIEW: Final = "joined_with_files"
#: Files that are read as a letter is; tables, calendars and cards hold no sentences.
_LETTERS: Final = ("application/pdf", "text/html", "text/plain", "text/rtf", "application/rtf", "message/", "image/")
_LETTER_WORDS: Final = (
    "wordprocessing",
    "msword",
    "opendocument.text",
    "presentation",
    "powerpoint",
    "ms-outlook",
    "tnef",
    "onenote",
)
#: A body of at most so many characters says little more than that a file is attached: the file is read before it.
_SHORT_BODY: Final = 400
#: Characters of a longer body that come before the files.
_HEAD: Final = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlace:
    """Words at one place of attachment `number`; `seen` is false for what a reader of the file does not see."""

    where: str
    text: str
    number: int
    seen: bool = True


def file_name(message: Message, number: int) -> str:
    """Return the name that an attachment is called by: its own, else `image 1` or `attachment 2`."""
    item = message.attachments[number]
    if item.filename:
        return item.filename
    if not _is_image(item):
        return f"attachment {number + 1}"
    return f"image {1 + sum(map(_is_image, message.attachments[:number]))}"


def _is_image(item: Attachment) -> bool:
    return (item.true_type or item.declared_type).startswith("image/")


def has_files(message: Message) -> bool:
    """Return whether any attached file was read."""
    # A plain loop: every mail is asked, and most have no attachment.
    for item in message.attachments:  # noqa: SIM110
        if item.document is not None:
            return True
    return False


def file_places(message: Message) -> tuple[FilePlace, ...]:
    """Return every place of every file that was read, the words of codes and links included; computed once."""
    known: tuple[FilePlace, ...] | None = message.notes.get(_PLACES)
    if known is None:
        known = message.notes[_PLACES] = tuple(_places(message))
    return known


def _places(message: Message) -> Iterator[FilePlace]:
    for number, item in enumerate(message.attachments):
        if item.document is None:
            continue
        for path, document in item.document.within(file_name(message, number)):
            yield from _of_document(document, path, number)


def _of_document(document: Document, path: str, number: int) -> Iterator[FilePlace]:
    for passage in document.passages:
        yield FilePlace(where=_at(path, passage.where), text=passage.text, number=number, seen=passage.seen)
    for code in document.codes:
        yield FilePlace(where=f"{code.kind or 'code'} in {_at(path, code.where)}", text=code.text, number=number)
    for link in document.links:
        yield FilePlace(where=_at(path, link.where), text=f"{link.url}\n{link.shown}", number=number)


def _at(path: str, where: str) -> str:
    return f"{path}, {where}" if where else path


def place_of(message: Message, quote: str) -> str:
    """Return the first place in an attached file where the quoted words stand, or an empty string."""
    wanted = _plain(quote)
    return next((place.where for place in file_places(message) if wanted in _plain(place.text)), "") if wanted else ""


def texts_at(message: Message, where: str) -> Iterator[str]:
    """Yield the words at a place of an attached file: `invoice.pdf, page 2`."""
    return (place.text for place in file_places(message) if place.where == where)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("\u2019", "'").split())


def _is_letter(document: Document) -> bool:
    return document.kind.startswith(_LETTERS) or any(word in document.kind for word in _LETTER_WORDS)


def coded_addresses(message: Message) -> frozenset[str]:
    """Return the addresses of a message's links that QR and bar codes hold, its own and those of its files."""
    documents = (item.document for item in message.attachments if item.document is not None)
    held = {_bare(code.text) for one in documents for _, document in one.within("") for code in document.codes}
    return frozenset(link.url for link in message.links if link.coded or (held and _bare(link.url) in held))


def _bare(url: str) -> str:
    """Return an address without its scheme and last slash: codes leave them away."""
    return url.strip().partition("://")[2].rstrip("/") or url.strip().rstrip("/")


def read_files(message: Message, *, letters: bool = False) -> str:
    """Return the words that the reader of the attached files sees, within bounds; not those of a bounced mail.

    With `letters`, only of those that are read as a letter is.
    """
    room = MAX_READ_FILES_CHARS
    told: list[str] = []
    for item in message.attachments:
        if item.document is None or item.returned or room <= 0:
            continue
        read = (found for _, found in item.document.within("") if not letters or _is_letter(found))
        # The files of an attached mail are attachments as well.
        parts = [part for document in read if (part := document.text.strip()) and not any(part in one for one in told)]
        text = "\n\n".join(parts)
        text = text[: min(room, MAX_READ_ONE_FILE_CHARS)]
        room -= len(text)
        told += [text] if text else []
    return "\n\n".join(told)


def joined_with_files(message: Message) -> Message:
    """Return the message as one text with its files, for what reads words; without a file that was read, itself."""
    if not has_files(message):
        return message
    known: Message | None = message.notes.get(_VIEW)
    if known is None:
        known = message.notes[_VIEW] = _joined(message, read_files(message))
    return known


def joined_with_letter(message: Message) -> Message:
    """Return the message with the letter that it brings, where its own text says little: `see attached`."""
    if not has_files(message):
        return message
    own = (message.new_text or message.text or message.other_text).strip()
    if len(own) > _SHORT_BODY or message.report is not None:
        return message
    return _joined(message, read_files(message, letters=True))


def _joined(message: Message, files: str) -> Message:
    if not files:
        return message
    # The own words of a report are counted from the beginning of its text: nothing may come before them.
    after = message.report is not None
    new = message.new_text or message.text
    return replace(message, text=_beside(message.text, files, after=after), new_text=_beside(new, files, after=after))


def _beside(body: str, files: str, *, after: bool) -> str:
    """Put a file before a short body, which only points at it, else behind the beginning of the body."""
    if after or not body.strip():
        return f"{body}\n\n{files}" if body.strip() else files
    if len(body.strip()) <= _SHORT_BODY:
        return f"{files}\n\n{body}"
    cut = len(body) if len(body) <= _HEAD else max(body.rfind("\n", 0, _HEAD), body.rfind(" ", 0, _HEAD), 0) or _HEAD
    return f"{body[:cut]}\n\n{files}\n\n{body[cut:]}".rstrip()
