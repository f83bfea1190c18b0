"""Mails with attached files that were read, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from glassdome.parse import parse_message
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import Examined, examine
from glassdome.values.document import Code, Document, FileLink, Passage
from glassdome.values.message import Attachment, Link, Message
from glassdome.values.verdict import Verdict
from glassdome.verdict import decide

__all__ = ["DOCX", "HOST", "PDF", "PNG", "attached", "document", "examined", "judged", "mail"]

PDF = "application/pdf"
PNG = "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HOST = "mx.work.example"
_NOW = for_file(now=datetime(2026, 1, 2, tzinfo=UTC))


def document(
    text: str = "", *, kind: str = PDF, where: str = "", links: Sequence[str] = (), code: str = "", seen: bool = True
) -> Document:
    """A file with words, links and a QR code at one place."""
    return Document(
        kind=kind,
        passages=(Passage(text=text, where=where, seen=seen),) if text else (),
        links=tuple(FileLink(url=url, where=where) for url in links),
        codes=(Code(kind="QR", text=code, where=where),) if code else (),
    )


def attached(name: str, found: Document) -> Attachment:
    """A file as the stage of readers leaves it."""
    return Attachment(
        filename=name, declared_type=found.kind, true_type=found.kind, size=9, text=found.text, document=found
    )


def mail(sender: str, subject: str, body: str, *files: Attachment, verified: bool = False) -> Message:
    """A mail with files, whose links and codes are links of the mail."""
    domain = sender.rpartition("@")[2].rstrip(">")
    vouched = f"Authentication-Results: {HOST}; dmarc=pass header.from={domain}\r\n" if verified else ""
    head = f"{vouched}From: {sender}\r\nTo: ann@work.example\r\nDate: Fri, 02 Jan 2026 09:00:00 +0000\r\nSubject: {subject}\r\n"
    raw = f"{head}Message-ID: <1@work.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    message = parse_message(raw.encode(), authserv_ids=frozenset({HOST}))
    read = [found for item in files if (found := item.document) is not None]
    urls = [link.url for found in read for link in found.links]
    urls += [code.text for found in read for code in found.codes if code.text.startswith("http")]
    links = tuple(Link(url=url, place="attachment", host=url.split("/")[2]) for url in urls)
    return replace(message, attachments=files, links=message.links + links, readable="yes")


def examined(message: Message) -> Examined:
    """The findings of the pure stages."""
    return examine(message, _NOW)


def judged(message: Message) -> Verdict:
    """The verdict without a model."""
    found = examined(message)
    return decide(
        message,
        signals=found.signals,
        sensitive=found.sensitive,
        builtin=found.builtin,
        asked=found.asked,
        context=_NOW,
    )
