"""Messages of Outlook (MS-OXMSG): who writes to whom, the words of the body, and the files attached."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from typing import Final

from glassdome.files.compound import Compound
from glassdome.files.page_words import page_of
from glassdome.files.read import read_inner
from glassdome.files.rtf_words import read_rtf
from glassdome.files.source import Source
from glassdome.files.words import tidied
from glassdome.parse.plain import one_line
from glassdome.parse.rtf import decompress_rtf
from glassdome.parse.url import find_urls
from glassdome.values.document import Document, FileLink, InnerFile, Passage

__all__ = ["read_message"]

_KIND: Final = "application/vnd.ms-outlook"
_PART: Final = "__substg1.0_"
_SUBJECT, _BODY, _HTML, _RTF = "0037", "1000", "1013", "1009"
_SENDER, _SENDER_MAIL, _SENDER_SMTP, _TO, _CC = "0C1A", "0C1F", "5D01", "0E04", "0E03"
_CONTENT, _LONG_NAME, _NAME, _OBJECT = "3701", "3707", "3704", "3701000D"
_SENT: Final = 0x0039
_MOST_FILES: Final = 100
_DEEPEST: Final = 3


def read_message(file: Compound, source: Source) -> Document:
    """Read the message of a file."""
    return _message(file, source, "", 0)


def _message(file: Compound, source: Source, folder: str, depth: int) -> Document:
    head = _head(file, folder)
    text, links, active, asks = _body(file, source, folder)
    files = _attached(file, source, folder, depth)
    passages = [Passage(text=source.budget.take_text("\n".join([*head, "", text]).strip()))]
    return Document(
        kind=_KIND,
        title=_string(file, folder, _SUBJECT),
        passages=tuple(item for item in passages if item.text),
        links=tuple(links),
        files=tuple(files),
        members=tuple(item.name for item in files),
        is_active=active,
        asks_password=asks,
    )


def _head(file: Compound, folder: str) -> list[str]:
    name, address = _string(file, folder, _SENDER), _string(file, folder, _SENDER_SMTP)
    address = address or _string(file, folder, _SENDER_MAIL)
    sender = f"{name} <{address}>" if name and address and name != address else name or address
    rows = [("From", sender), ("To", _string(file, folder, _TO)), ("Cc", _string(file, folder, _CC))]
    rows += [("Date", _sent(file, folder)), ("Subject", _string(file, folder, _SUBJECT))]
    return [f"{field}: {value}" for field, value in rows if value]


def _raw(file: Compound, folder: str, name: str, kind: str) -> bytes:
    return file.read(f"{folder}/{_PART}{name}{kind}".lstrip("/"))


def _string(file: Compound, folder: str, name: str) -> str:
    return one_line(_text(file, folder, name))


def _text(file: Compound, folder: str, name: str) -> str:
    wide = _raw(file, folder, name, "001F")
    text = wide.decode("utf-16-le", "replace") if wide else _raw(file, folder, name, "001E").decode("cp1252", "replace")
    return text.rstrip("\0")


def _sent(file: Compound, folder: str) -> str:
    """Return when it was sent, of the table of fixed properties: rows of 16 bytes behind a head."""
    data = file.read(f"{folder}/__properties_version1.0".lstrip("/"))
    for at in range(24 if folder else 32, len(data) - 15, 16):
        kind, name = struct.unpack_from("<HH", data, at)
        if (kind, name) == (0x0040, _SENT):
            ticks = struct.unpack_from("<Q", data, at + 8)[0]
            return _moment(ticks)
    return ""


def _moment(ticks: int) -> str:
    try:
        return (datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)).isoformat("T", "seconds")
    except OverflowError:
        return ""


def _body(file: Compound, source: Source, folder: str) -> tuple[str, list[FileLink], bool, bool]:
    html = _raw(file, folder, _HTML, "0102") or _text(file, folder, _HTML).encode("utf-8", "replace")
    if html:
        page = page_of(html)
        return page.text, page.links, page.is_active, page.asks_password
    text, links = tidied(_text(file, folder, _BODY)), []
    if packed := _raw(file, folder, _RTF, "0102"):
        rtf = read_rtf(decompress_rtf(packed).encode("cp1252", "replace"), source.budget)
        links = rtf.words.links
        text = text or "\n".join(item.text for item in rtf.words.passages())
    known = {link.url for link in links}
    links += [FileLink(url=url) for url in dict.fromkeys(find_urls(text, naked=False)) if url not in known]
    return text, links, False, False


def _attached(file: Compound, source: Source, folder: str, depth: int) -> list[InnerFile]:
    begin = f"{folder}/".lstrip("/") + "__attach_version1.0_"
    folders = dict.fromkeys(
        "/".join(name.split("/")[: folder.count("/") + 2 if folder else 1])
        for name in file.names
        if name.startswith(begin)
    )
    found = [_file(file, source, place, depth) for place in list(folders)[:_MOST_FILES]]
    return [item for item in found if item is not None]


def _file(file: Compound, source: Source, place: str, depth: int) -> InnerFile | None:
    name = _string(file, place, _LONG_NAME) or _string(file, place, _NAME) or _string(file, place, "3001")
    inner = f"{place}/{_PART}{_OBJECT}"
    if file.under(inner):
        return _inner_message(file, source, inner, name, depth)
    data = _raw(file, place, _CONTENT, "0102")
    return read_inner(source, data, name or "attachment") if data else None


def _inner_message(file: Compound, source: Source, folder: str, name: str, depth: int) -> InnerFile | None:
    """Read a message in a message, which is a folder of the same file."""
    if depth >= _DEEPEST or source.budget.members_left <= 0:
        return None
    source.budget.members_left -= 1
    document = _message(file, source, folder, depth + 1)
    return InnerFile(name=name or document.title or "message", document=document)
