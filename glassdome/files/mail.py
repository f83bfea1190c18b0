"""Reads a mail in a mail or an archive: its claims and words, its links, the files attached to it."""

from __future__ import annotations

import re
from typing import Final

from glassdome.core.limits import MAX_LINKS
from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.parse.message import parse_message
from glassdome.parse.original import read_original
from glassdome.values.document import Document, FileLink, InnerFile, Passage
from glassdome.values.message import Attachment, Message

__all__ = ["WHERE", "read"]

#: The place of all that stands in a mail which is attached.
WHERE: Final = "forwarded mail"
_KIND: Final = "message/rfc822"
_MBOX: Final = re.compile(rb"^From [^\r\n]{1,300}\d{4}[^\r\n]{0,40}\r?\n(?=[!-9;-~]{1,100}:|>?From )", re.MULTILINE)
_HEADS: Final = ("From", "To", "Subject", "Date")


def read(source: Source) -> Document:
    """Read one mail, or each mail of an mbox file."""
    starts = [found.start() for found in _MBOX.finditer(source.data)]
    if len(starts) > 1 and starts[0] == 0:
        return _read_mbox(source, starts)
    message = parse_message(source.data)
    if not any(message.header(name) for name in (*_HEADS, "Received", "Content-Type", "MIME-Version")):
        raise ValueError("no mail")
    files = _files(source, message)
    return Document(
        kind=_KIND,
        read="encrypted" if message.readable == "encrypted" else "yes",
        encrypted=message.readable == "encrypted",
        title=message.subject,
        passages=_passages(source, message),
        links=tuple(
            FileLink(url=link.url, shown=link.shown, where=WHERE) for link in message.links if link.place != "returned"
        )[:MAX_LINKS],
        facts=message.facts,
        members=_names(message),
        files=files,
        is_active=message.has_script,
        asks_password=any(form.asks_password and not form.returned for form in message.forms),
    )


def _read_mbox(source: Source, starts: list[int]) -> Document:
    files: list[InnerFile] = []
    for number, (start, stop) in enumerate(zip(starts, [*starts[1:], len(source.data)], strict=True), 1):
        inner = read_inner(source, source.data[start:stop], f"message {number}.eml")
        if inner is None:
            return Document(kind="application/mbox", read="too_large", problem="bounds", files=tuple(files))
        files.append(inner)
    return Document(kind="application/mbox", files=tuple(files), members=tuple(inner.name for inner in files))


def _passages(source: Source, message: Message) -> tuple[Passage, ...]:
    """Return the claims and words of the mail; what it returns itself, as a delivery report does, is not its own."""
    heads = "\n".join(f"{name}: {value}" for name in _HEADS if (value := message.header(name)))
    text = message.text if message.report is None else message.text[: message.report.own_chars]
    pieces = [(heads, True), (text, True), *((hidden.text, False) for hidden in message.hidden)]
    pieces += [(item.text, True) for item in message.attachments if _is_mail(item) and not item.returned]
    taken = ((source.budget.take_text(words), seen) for words, seen in pieces)
    return tuple(Passage(text=words, where=WHERE, seen=seen) for words, seen in taken if words.strip())


def _is_mail(item: Attachment) -> bool:
    """Return whether its words and links are part of the message already: the parser opens mail in mail."""
    return item.declared_type.startswith("message/") or item.filename.lower().endswith((".eml", ".email"))


def _names(message: Message) -> tuple[str, ...]:
    names: list[str] = []
    for item in message.attachments:
        names += [item.filename or item.declared_type, *(f"{item.filename}/{member}" for member in item.members)]
    return tuple(names)


def _files(source: Source, message: Message) -> tuple[InnerFile, ...]:
    wanted = [item for item in message.attachments if item.size and not item.returned and not _is_mail(item)]
    if not wanted:
        return ()
    contents = read_original(source.data, with_contents=True).contents
    found: list[InnerFile] = []
    for item in wanted:
        data = contents.get(item.sha256)
        inner = read_inner(source, data, item.filename or item.declared_type.replace("/", ".")) if data else None
        if inner is not None:
            found.append(inner)
    return tuple(found)
