"""The text of a message: its parts decoded, HTML read, links gathered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from glassdome.core.limits import MAX_LINKS, MAX_TEXT_CHARS
from glassdome.parse.charset import decode
from glassdome.parse.containers import take_files
from glassdome.parse.html import HtmlPage, read_html
from glassdome.parse.html_guard import without_ballast
from glassdome.parse.plain import clean, controls_in, strip_invisible
from glassdome.parse.schema_org import schema_facts
from glassdome.parse.sorting import Sorted, is_html
from glassdome.parse.state import ParseState
from glassdome.parse.structure import Part
from glassdome.parse.text_types import (
    STUFFED,
    calendar_text,
    enriched_text,
    flowed_text,
    joined_urls,
    without_signature,
)
from glassdome.parse.url import find_urls, host_of, normal_url
from glassdome.values.fact import Fact
from glassdome.values.message import Form, HiddenText, Link

__all__ = ["Body", "plain_text", "read_body", "read_text"]

_META = re.compile(rb"<meta\b[^<>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([\w:.-]{2,40})", re.IGNORECASE | re.ASCII)
#: Bytes of HTML searched for its own charset, as in browsers.
_META_WITHIN = 1024
#: One control character in so many of a text: it is no text.
_MOST_CONTROLS = 20
#: Bytes of a text part that are decoded; no charset needs more for a character.
_BYTES_PER_CHAR = 4


@dataclass(slots=True, kw_only=True)
class Body:
    """The text of a message and its links, forms, files and facts; `unread` says that a part had bytes and gave no text."""

    text: str = ""
    other_text: str = ""
    has_html: bool = False
    hidden: list[HiddenText] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    has_script: bool = False
    remote_images: int = 0
    images: bool = False
    files: list[Part] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    encrypted: bool = False
    has_text: bool = False
    unread: bool = False
    damaged: bool = False


def read_text(part: Part, state: ParseState, files: list[Part] | None = None) -> str:
    """Decode one text part, as far as the message's budget goes."""
    html = is_html(part)
    room = min(MAX_TEXT_CHARS if not html else state.chars, state.chars)
    data = part.content(state)
    if b"begin" in data and not html:
        data, taken = take_files(data, state)
        if files is not None:
            files += taken
    if html and len(data) > room:
        data = without_ballast(data)
    if len(data) > room * _BYTES_PER_CHAR:
        data = data[: room * _BYTES_PER_CHAR]
        state.add("text_too_long", part.media_type)
    label = part.content_type.get("charset") or (_meta_charset(data) if html else "")
    text = decode(data, label, state)
    if len(text) > room:
        state.add("text_too_long", part.media_type)
        text = text[:room]
    state.chars -= len(text)
    return text


def _meta_charset(html: bytes) -> str:
    """The charset an HTML text names itself (HTML 4.2.5.4); only where the mail says nothing."""
    found = _META.search(html, 0, _META_WITHIN)
    return found[1].decode("ascii") if found else ""


def read_body(parts: Sorted, state: ParseState) -> Body:
    """Read the text parts."""
    body = Body(encrypted=parts.encrypted, has_text=bool(parts.shown))
    body.text = "\n\n".join(filter(None, (_read(part, body, state) for part in parts.shown)))
    aside = Body()
    body.other_text = "\n\n".join(filter(None, (_read(part, aside, state) for part in parts.other)))
    if not body.text and body.other_text:
        body.text, body.other_text = body.other_text, ""
    body.hidden += [piece for piece in aside.hidden if piece.how in ("zero_width", "bidi", "tag_chars")]
    known = {link.url for link in body.links}
    body.links += [link for link in aside.links if link.url not in known]
    body.images = bool(body.remote_images or aside.remote_images)
    body.text, body.other_text = body.text[:MAX_TEXT_CHARS], body.other_text[:MAX_TEXT_CHARS]
    return body


def _read(part: Part, body: Body, state: ParseState) -> str:
    before = len(body.files)
    text = read_text(part, state, body.files)
    page_like = is_html(part)
    cleaned = text if page_like else clean(text)
    if len(cleaned) < len(text) - text.count("\r"):
        body.damaged = body.damaged or controls_in(text) * _MOST_CONTROLS > len(text)
    text = cleaned
    if not text.strip() and len(body.files) == before:
        body.unread = body.unread or bool(part.body.strip())
    if page_like:
        page = read_html(text, state)
        _take(page, body)
        body.facts += schema_facts(text)
        text = page.text
    else:
        text, hidden = strip_invisible(_as_plain(text, part))
        body.hidden += hidden
        text = text.strip("\n")
    _add_bare_urls(text, body)
    return text


def plain_text(part: Part, state: ParseState, files: list[Part] | None = None) -> str:
    """Return the visible words of a text part that is not HTML; files found in it are added to `files`."""
    return strip_invisible(_as_plain(clean(read_text(part, state, files)), part))[0].strip("\n").replace(STUFFED, "")


def _as_plain(text: str, part: Part) -> str:
    kind = part.media_type
    if kind in ("text/enriched", "text/richtext"):
        return enriched_text(text)
    if kind == "text/calendar":
        return calendar_text(text) or ("" if "BEGIN:V" in text.upper() else text)
    if part.content_type.get("format").lower() == "flowed":
        text = flowed_text(text, delsp=part.content_type.get("delsp").lower() == "yes")
    if "-----BEGIN PGP SIGNED" in text:
        text = without_signature(text)
    return joined_urls(text) if "<" in text else text


def _add_bare_urls(text: str, body: Body) -> None:
    """Add the URLs standing in the text, but not those that are only what another link shows."""
    known = {link.url.rstrip("/") for link in body.links}
    shown = " ".join(link.shown for link in body.links)
    for found in find_urls(text):
        url = normal_url(found)
        bare = url.rstrip("/")
        if bare not in known and found.removeprefix("http://") not in shown and len(body.links) < MAX_LINKS:
            known.add(bare)
            body.links.append(Link(url=url, place="text", host=host_of(url)))


def _take(page: HtmlPage, body: Body) -> None:
    body.has_html = True
    body.hidden += page.hidden
    body.links += page.links
    body.forms += page.forms
    body.has_script = body.has_script or page.has_script
    body.remote_images += page.remote_images
