"""Pages and plain texts that are attached: HTML, SVG, XML, text."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from glassdome.core.limits import MAX_LINKS
from glassdome.files.page_words import page_of
from glassdome.files.source import Source
from glassdome.files.words import tidied
from glassdome.files.xml import Sink, TooMuch, read_xml
from glassdome.parse.charset import decode
from glassdome.parse.state import ParseState
from glassdome.parse.url import find_urls
from glassdome.values.document import Document, FileLink, Passage

__all__ = ["read"]

_PAGES: Final = ("text/html", "image/svg+xml", "application/xhtml+xml")
_PAGE_NAMES: Final = (".htm", ".html", ".shtml", ".xhtml", ".hta", ".svg")

#: Programs in an XML document: macros of Word 2003, scripts of style sheets and components.
_CODE: Final = (b"<w:binData", b"ms:script", b"msxsl:script", b"<scriptlet", b"<registration")
#: Plain texts that Windows and other systems run when they are opened.
_SCRIPTS: Final = (
    ".js", ".jse", ".vbs", ".vbe", ".wsf", ".wsh", ".bat", ".cmd", ".ps1", ".psm1", ".sct", ".reg", ".sh", ".command",
    ".scpt", ".inf",
)  # fmt: skip


def read(source: Source) -> Document:
    """Read a page or a text."""
    if source.kind in _PAGES or source.name.lower().endswith(_PAGE_NAMES):
        return _page(source)
    return _xml(source) if source.kind == "text/xml" else _plain(source)


def _page(source: Source) -> Document:
    page = page_of(source.data)
    taken = [(item, source.budget.take_text(item.text)) for item in page.passages()]
    passages = [Passage(text=text, where=item.where, seen=item.seen) for item, text in taken if text]
    return Document(
        kind=source.kind if source.kind in _PAGES else "text/html",
        passages=tuple(passages),
        links=tuple(page.links),
        is_active=page.is_active,
        asks_password=page.asks_password,
    )


class _XmlWords(Sink):
    """Takes the words of an XML document, those of each element on a line of their own."""

    def __init__(self, room: int) -> None:
        self.parts: list[str] = []
        self.room = 2 * room

    def text(self, text: str) -> None:
        if text.strip():
            self.parts.append(text.strip())
            self.room -= len(text)
            if self.room < 0:
                raise TooMuch


def _xml(source: Source) -> Document:
    words = _XmlWords(max(0, source.budget.chars_left))
    whole = read_xml(source.data, words)
    found = _text(source, "\n".join(words.parts))
    active = any(mark in source.data for mark in _CODE)
    return Document(
        kind=source.kind,
        read="yes" if whole else "damaged",
        problem="" if whole else "damaged",
        passages=found.passages,
        links=found.links,
        is_active=active,
    )


def _plain(source: Source) -> Document:
    most = 4 * max(0, source.budget.chars_left)
    found = _text(source, decode(source.data[:most], "", ParseState()))
    return replace(found, is_active=source.name.lower().rstrip(". ").endswith(_SCRIPTS))


def _text(source: Source, raw: str) -> Document:
    text = source.budget.take_text(tidied(raw))
    links = [FileLink(url=url) for url in dict.fromkeys(find_urls(text, naked=False))][:MAX_LINKS]
    return Document(kind=source.kind, passages=(Passage(text=text),) if text else (), links=tuple(links))
