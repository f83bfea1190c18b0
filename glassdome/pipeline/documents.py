"""An attachment, its links and its forms, completed from the document that a reader made of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, Literal

from glassdome.core.limits import MAX_ARCHIVE_MEMBERS, MAX_ATTACHMENT_TEXT_CHARS, MAX_FILENAME_CHARS, MAX_LINKS
from glassdome.parse import bounded_text, find_urls, host_of, normal_url, unwrapped
from glassdome.values.document import Document, Passage
from glassdome.values.fact import Fact
from glassdome.values.message import Attachment, Form, Link
from glassdome.values.reading import Read

__all__ = ["completed", "forms_of", "links_of", "with_method", "without_repeats"]

#: Types whose words, links and forms `parse` reads as well as any reader: pages, and mails that are attached.
_PAGES: Final = ("text/html", "image/svg+xml")
_PARSED: Final = ("message/", *_PAGES)
#: Characters of an address in a document.
_MAX_PATH_CHARS: Final = 2 * MAX_FILENAME_CHARS


def completed(item: Attachment, document: Document) -> Attachment:
    """Return the attachment with what the document says of it added."""
    every = [inner for _, inner in document.within("")]
    return replace(
        item,
        document=document,
        text=_text(item, every),
        read=_read(item, document),
        members=tuple(dict.fromkeys((*item.members, *_members(document))))[:MAX_ARCHIVE_MEMBERS],
        encrypted=item.encrypted or document.encrypted,
        has_macros=item.has_macros or any(inner.is_active for inner in every),
    )


def with_method(document: Document, method: str) -> Document:
    """Return a calendar's document with what the Content-Type of its part says: that all its events are cancelled."""
    is_told = any(fact.type == "status" for fact in document.facts)
    if method != "CANCEL" or document.kind != "text/calendar" or is_told:
        return document
    places = dict.fromkeys(fact.where for fact in document.facts)
    facts = (Fact(type="status", value="cancelled", where=where, evidence="method=CANCEL") for where in places)
    passages = (*document.passages, Passage(text="cancelled"))
    return replace(document, facts=(*document.facts, *facts), passages=passages)


def _text(item: Attachment, every: list[Document]) -> str:
    """Return the words of the file and of those inside; what `parse` read stands where it is no less."""
    if item.text and item.true_type.startswith(_PARSED):
        return item.text
    found = bounded_text("\n".join(text for inner in every if (text := inner.text))[: 2 * MAX_ATTACHMENT_TEXT_CHARS])
    return found if len(found) > len(item.text) else item.text


def _read(item: Attachment, document: Document) -> Read:
    return item.read if document.read == "unsupported" else document.read


def _members(document: Document, path: str = "") -> Iterator[str]:
    """Yield the names of what it holds, those deeper inside with their path: `orders.pdf: order.exe`.

    An archive names by itself what its archives hold: `inner.zip/order.exe`.
    """
    for name in document.members:
        yield f"{path}{name}"[:_MAX_PATH_CHARS]
    for inner in document.files:
        if not any(name.startswith(f"{inner.name}/") for name in document.members):
            yield from _members(inner.document, f"{path}{inner.name}: ")


def links_of(item: Attachment, document: Document) -> Iterator[Link]:
    """Yield the links of a file and of those inside: those with an address of their own, in words, and in codes."""
    place: Literal["returned", "attachment"] = "returned" if item.returned else "attachment"
    for _, inner in document.within(""):
        found = [(link.url, link.shown) for link in inner.links]
        found += [(url, "") for code in inner.codes for url in find_urls(code.text)]
        found += [(url, "") for url in find_urls(inner.text[:MAX_ATTACHMENT_TEXT_CHARS], naked=False)]
        for raw, shown in found[:MAX_LINKS]:
            if url := normal_url(raw):
                yield unwrapped(Link(url=url, shown=shown, place=place, host=host_of(url)))


def without_repeats(links: Iterable[Link]) -> tuple[Link, ...]:
    """Return the links, of each place's equal addresses the first one alone, or the first that shows words."""
    found: dict[tuple[str, str], Link] = {}
    kept = list[Link]()
    for link in links:
        key = (link.url, link.place)
        if link.place not in ("attachment", "returned"):
            kept.append(link)
        elif key not in found or (link.shown and not found[key].shown):
            found[key] = link
    return (*kept, *found.values())


def forms_of(item: Attachment, document: Document) -> Iterator[Form]:
    """Yield a form for each file that asks for a password, except a page of which `parse` has the form itself."""
    for _, inner in document.within(""):
        if inner.asks_password and not (inner is document and item.true_type in _PAGES):
            yield Form(action="", asks_password=True, returned=item.returned)
