"""Attachments: their declared type, true type and content; nothing is executed, little is unpacked."""

from __future__ import annotations

import hashlib
import re

from glassdome.core.limits import MAX_ATTACHMENT_TEXT_CHARS, MAX_FILENAME_CHARS, MAX_LINKS
from glassdome.parse.archive import hidden_archive, list_archive
from glassdome.parse.charset import decode
from glassdome.parse.fields import first
from glassdome.parse.html import read_html
from glassdome.parse.magic import true_type
from glassdome.parse.office import OfficeFile, read_ole, read_package
from glassdome.parse.pdf import read_pdf
from glassdome.parse.plain import clean, one_line, strip_invisible, tidy
from glassdome.parse.state import ParseState
from glassdome.parse.structure import Part
from glassdome.parse.url import find_urls, host_of, normal_url
from glassdome.values.message import Attachment, Form, Link, Read

__all__ = ["Inside", "bounded_text", "read_attachment"]

_HTML_NAMES = (".htm", ".html", ".shtml", ".xhtml", ".hta", ".svg")
#: Types that may have an archive behind them, where the name says one.
_POLYGLOT = ("image/", "application/pdf", "text/")
#: Types whose programs pass over a zip behind the file, and the bytes at the end in which it is looked for.
_CARRIERS, _TAIL = ("image/", "application/pdf"), 70_000
_ARCHIVE_NAMES = (".zip", ".rar", ".7z", ".jar")
#: Types of one packed file.
_PACKED = frozenset({"application/gzip", "application/x-bzip2", "application/x-xz"})
#: Types that hold no words of their own, or whose emptiness is known.
_READ = frozenset({"", "image/svg+xml"})
#: Types that hold files; one without any is damaged.
_CONTAINERS = frozenset({"application/zip", "application/x-tar", "application/vnd.rar"})
#: Bytes decoded of an attached text.
_TEXT_BYTES = 4 * MAX_ATTACHMENT_TEXT_CHARS
#: The line of a calendar that names its method (RFC 5545 3.7.2), and characters of such a name.
_METHOD = re.compile(rb"^METHOD[:;]", re.IGNORECASE | re.MULTILINE)
_MOST_METHOD_CHARS = 40


class Inside:
    """The findings inside one attachment, beyond its listing."""

    def __init__(self) -> None:
        self.text = ""
        self.members: tuple[str, ...] = ()
        self.encrypted = self.sealed = self.has_macros = False
        self.links: list[Link] = []
        self.forms: list[Form] = []

    def add_urls(self, urls: tuple[str, ...]) -> None:
        """Add link targets of an attached document."""
        for url in dict.fromkeys(normal_url(raw) for raw in urls):
            if len(self.links) < MAX_LINKS and url:
                self.links.append(Link(url=url, place="attachment", host=host_of(url)))


def read_attachment(part: Part, state: ParseState) -> tuple[Attachment, Inside]:
    """Read one leaf that is not body text."""
    data = part.content(state)
    name = one_line(part.filename)[:MAX_FILENAME_CHARS]
    kind = _kind(data, name, part.media_type)
    inside = Inside()
    kind = _look_inside(data, kind, part, inside, state)
    return (
        Attachment(
            filename=name,
            other_names=tuple(other for raw in part.names if (other := one_line(raw)[:MAX_FILENAME_CHARS]) != name),
            declared_type=part.media_type,
            true_type=kind,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            inline=part.disposition.value == "inline" or (not part.disposition.value and bool(_content_id(part))),
            content_id=_content_id(part),
            members=inside.members,
            encrypted=inside.encrypted,
            has_macros=inside.has_macros,
            text=bounded_text(inside.text),
            read=_read(kind, inside),
            method=_method(data, kind, part),
        ),
        inside,
    )


def _method(data: bytes, kind: str, part: Part) -> str:
    """Return the method of a calendar that stands in its Content-Type only."""
    given = part.content_type.parameters.get("method", "") if kind == "text/calendar" else ""
    return given.strip().upper()[:_MOST_METHOD_CHARS] if given and not _METHOD.search(data) else ""


def _read(kind: str, inside: Inside) -> Read:
    """Say how far the content could be read: its words, or the names of what it holds."""
    if inside.encrypted or inside.sealed:
        return "encrypted"
    if inside.text or inside.members or kind in _READ or kind.startswith(("text/", "message/")):
        return "yes"
    return "damaged" if kind in _CONTAINERS else "unsupported"


def _content_id(part: Part) -> str:
    return one_line(first(part.fields, "content-id")).strip("<> ")[:MAX_FILENAME_CHARS]


def _kind(data: bytes, name: str, declared: str) -> str:
    kind = true_type(data)
    if kind not in ("text/plain", "text/xml", ""):
        return kind
    if declared == "text/html" or name.lower().endswith(_HTML_NAMES):
        return "text/html"
    return declared if kind == "text/plain" and declared.startswith(("text/", "message/")) else kind


def _look_inside(data: bytes, kind: str, part: Part, inside: Inside, state: ParseState) -> str:
    """Look into the content; return the media type it turned out to be."""
    if kind == "application/octet-stream" or (kind.startswith(_POLYGLOT) and _is_archive_name(part)):
        hidden, at = hidden_archive(data)
        data, kind = data[at:] if hidden and at else data, hidden or kind
    listing = list_archive(data, kind, state)
    inside.members, inside.encrypted = listing.members or _packed_name(part, kind), listing.encrypted or part.encrypted
    if kind == "application/zip":
        return _take_office(read_package(data, listing.members, state), inside) or kind
    if kind == "application/x-ole-storage":
        return _take_office(read_ole(data), inside) or kind
    inside.sealed = _is_sealed(data, kind, part.filename.lower())
    if kind.startswith(_CARRIERS) and hidden_archive(data[-_TAIL:])[0] == "application/zip":
        inside.members = list_archive(data, "application/zip", state).members
    if kind == "application/pdf":
        found = read_pdf(data, state)
        inside.encrypted, inside.has_macros = found.encrypted, found.is_active
        inside.add_urls(found.urls)
    elif kind in ("text/html", "image/svg+xml"):
        _read_page(data, part, inside, state)
    elif kind.startswith(("text/", "message/")) and not part.children:
        _read_words(data, part, inside, state)
    return kind


def _packed_name(part: Part, kind: str) -> tuple[str, ...]:
    """Return the name that one packed file gets when it is unpacked: `order.exe` of `order.exe.gz`."""
    stem, dot, ending = one_line(part.filename).rpartition(".")
    is_one = kind in _PACKED and ending.lower() in ("gz", "bz2", "xz", "z")
    return (stem,) if is_one and dot and "." in stem and not stem.lower().endswith(".tar") else ()


def _is_archive_name(part: Part) -> bool:
    return any(name.lower().rstrip(". ").endswith(_ARCHIVE_NAMES) for name in part.names)


def _is_sealed(data: bytes, kind: str, name: str) -> bool:
    """Return whether it is encrypted for its reader (OpenPGP, Microsoft's rights management), not by a password."""
    if kind == "application/pgp":
        return b"-----BEGIN PGP MESSAGE" in data[:200]
    return name.endswith((".gpg", ".pgp", ".rpmsg")) and kind == "application/octet-stream"


def _take_office(found: OfficeFile, inside: Inside) -> str:
    inside.has_macros = found.has_macros
    inside.encrypted = inside.encrypted or found.encrypted
    inside.text = clean(found.text)
    inside.add_urls(found.urls)
    return found.kind


def _read_page(data: bytes, part: Part, inside: Inside, state: ParseState) -> None:
    room = max(0, state.chars)
    html = decode(data[: 4 * room], part.content_type.get("charset"), state)[:room]
    state.chars -= len(html)
    page = read_html(html, state)
    inside.text, inside.has_macros, inside.forms = page.text, page.has_script, page.forms
    inside.links = [Link(url=link.url, shown=link.shown, place="attachment", host=link.host) for link in page.links]


def _read_words(data: bytes, part: Part, inside: Inside, state: ParseState) -> None:
    text = decode(data[:_TEXT_BYTES], part.content_type.get("charset"), state)
    inside.text = clean(text[:MAX_ATTACHMENT_TEXT_CHARS])
    inside.add_urls(tuple(find_urls(inside.text, naked=False)))


def bounded_text(text: str) -> str:
    """Return the words of a file as they are kept: tidy, without invisible characters, bounded."""
    return tidy(strip_invisible(text[: 2 * MAX_ATTACHMENT_TEXT_CHARS])[0])[:MAX_ATTACHMENT_TEXT_CHARS] if text else ""
