"""Sort the parts of the tree: the text a reader sees, its alternative, and the attachments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from glassdome.parse.magic import true_type
from glassdome.parse.state import ParseState
from glassdome.parse.structure import Part

__all__ = ["Sorted", "is_html", "sort_parts"]

#: Text that only certain programs show, each in place of the HTML alternative (AMP for Email, Apple's watch).
_SPECIAL_HTML = frozenset({"text/x-amp-html", "text/watch-html"})
_HTML = _SPECIAL_HTML | {"text/html", "text/xhtml", "application/xhtml+xml"}
#: Text that mail programs read by themselves.
_KNOWN = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/x-markdown", "text/markdown"})
#: Text that is data: shown only where there is nothing else to show.
_DATA = frozenset({
    "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/csv", "text/css", "text/javascript",
    "text/xml", "text/rtf", "text/rfc822-headers", "text/rfc822-header", "text/tab-separated-values",
    "text/x-vcalendar", "text/json", "text/x-script", "text/x-python", "text/x-shellscript", "text/scriptlet",
    "text/vbscript", "text/ecmascript",
})  # fmt: skip
_CALENDAR = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"})
_PGP = "application/pgp-encrypted"
#: What bytes that are words look like.
_TEXT_CONTENT = frozenset({"text/plain", "text/html", "text/xml", "text/x-shellscript", "application/pgp"})
#: Bytes of a page that may be nothing but tags and hard spaces, and what it is made of then.
_SHORT_PAGE = 4096
_WORDLESS = re.compile(
    rb"<!--(?:.*?-->|.*)|<(?:title|style)\b[^<]*</|<[^<>]*>|&nbsp;|&#160;|\xc2\xa0|\xa0", re.DOTALL | re.IGNORECASE
)
_PICTURE = re.compile(
    rb"<(?:img|form|input|svg|object|iframe|frame|embed)\b|<!--\[if|content\s{0,9}:\s{0,9}[\"'av]", re.IGNORECASE
)
#: Bytes of a body that are read first.
_FIRST = 100


@dataclass(slots=True, kw_only=True)
class Sorted:
    """The leaves of a tree by what they are for; `encrypted` says that the message itself is."""

    shown: list[Part] = field(default_factory=list)
    other: list[Part] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)
    encrypted: bool = False


def is_html(part: Part) -> bool:
    """Return whether the part is read as HTML."""
    return part.media_type in _HTML


def sort_parts(root: Part) -> Sorted:
    """Sort the leaves. Of alternatives the HTML is shown, as mail programs do (RFC 2046 5.1.4), else the last one.

    A named text part without `attachment` is an attachment if there is other text, and is the text if there is none
    (RFC 2183 2.9); so is data, a message in a message, and the one part of a message with a single part.
    """
    found = Sorted()
    _sort(root, found)
    if not any(_says_something(part) for part in found.shown):
        _promote(root, found)
    return found


def _sort(part: Part, found: Sorted) -> None:
    kind = part.media_type
    if not kind.startswith("multipart/"):
        if _is_text(part):
            found.shown.append(part)
        if not _is_text(part) or part.filename:
            found.attached.append(part)
        found.encrypted = found.encrypted or part.encrypted
        return
    if kind == "multipart/alternative":
        _sort_alternatives(part, found)
        return
    # Exchange makes multipart/mixed of an encrypted message (RFC 3156 4) and leaves its parts as they are.
    sealed = kind == "multipart/encrypted" or any(child.media_type == _PGP for child in part.children)
    found.encrypted = found.encrypted or sealed
    for child in part.children:
        _sort(child, found)


def _sort_alternatives(part: Part, found: Sorted) -> None:
    versions: list[Sorted] = []
    for child in part.children:
        version = Sorted()
        if _is_version(child):
            version.shown.append(child)
        elif child.media_type in _SPECIAL_HTML:
            found.other.append(child)
        else:
            _sort(child, version)
        versions.append(version)
        found.attached += version.attached
        found.other += version.other
        found.encrypted = found.encrypted or version.encrypted
    texts = [version.shown for version in versions if version.shown]
    best = _best(texts)
    found.shown += best
    found.other += [text for shown in texts if shown is not best for text in shown]


def _best(texts: list[list[Part]]) -> list[Part]:
    """Return the HTML that says something, else the last version of a known type, else the last."""
    for wanted in (_is_page, _is_known):
        for shown in reversed(texts):
            if any(wanted(part) for part in shown):
                return shown
    return texts[-1] if texts else []


def _is_page(part: Part) -> bool:
    return is_html(part) and _says_something(part)


def _says_something(part: Part) -> bool:
    """Return whether there is more than white space; of a short page, more than its tags, a picture counting as words."""
    if not is_html(part) or len(part.body) > _SHORT_PAGE:
        return bool(part.body[:_FIRST].strip() or part.body.strip())
    page = part.content(ParseState())
    return _has_words(page) or bool(_PICTURE.search(page))


def _has_words(page: bytes) -> bool:
    """Return whether something stands between the tags and hard spaces; the first words answer it."""
    at = 0
    for found in _WORDLESS.finditer(page):
        if page[at : found.start()].strip():
            return True
        at = found.end()
    return bool(page[at:].strip())


def _is_known(part: Part) -> bool:
    return part.media_type in _KNOWN


def _is_version(part: Part) -> bool:
    """Return whether a leaf is one of the alternatives, named or not."""
    return part.disposition.value != "attachment" and part.media_type in (_HTML | _KNOWN) - _SPECIAL_HTML


def _is_text(part: Part) -> bool:
    """Return whether it is shown by itself: without a name, or named and said to be shown where it stands (RFC 2183 2.1)."""
    return _may_be_shown(part) and (not part.filename or (part.disposition.value == "inline" and _is_known(part)))


def _may_be_shown(part: Part) -> bool:
    kind = part.media_type
    shown = kind in _KNOWN or kind in _HTML or (kind.startswith("text/") and kind not in _DATA)
    return shown and kind not in _SPECIAL_HTML and part.disposition.value != "attachment"


def _promote(root: Part, found: Sorted) -> None:
    """Show what there is, where no part is text by itself: the first kind of these that exists."""
    named = [part for part in found.attached if _may_be_shown(part)]
    if named:
        found.shown += named
        found.attached = [part for part in found.attached if part not in named]
        return
    events = [_as_type(part, "text/calendar") for part in found.attached if _is_calendar(part)]
    if events:
        found.shown += events
        return
    messages = [part for part in found.attached if part.children and part.media_type.startswith("message/")]
    for message in messages:
        _show_message(message, found, alone=message is root)
    if messages or found.encrypted:
        return
    if not root.children:
        found.shown += _of_content(root) if root not in found.shown else []
    else:
        # A reader without other text opens the attached one.
        found.shown += [part for part in found.attached if part.media_type in ("text/plain", "text/html")]


def _show_message(message: Part, found: Sorted, *, alone: bool) -> None:
    """Show a message in a message that has nothing else; the one that is all of it is no attachment."""
    inner = sort_parts(message.children[0])
    found.shown, found.other = found.shown + inner.shown, found.other + inner.other
    found.encrypted = found.encrypted or inner.encrypted
    if alone:
        found.attached.remove(message)
        found.attached += inner.attached


def _is_calendar(part: Part) -> bool:
    return part.media_type in _CALENDAR or part.filename.lower().endswith((".ics", ".vcs"))


def _of_content(part: Part) -> list[Part]:
    """Read a message that is one part of any type by its bytes: text under a wrong type is still text."""
    named = part.filename or part.disposition.value == "attachment"
    if not part.body.strip() or (named and not part.media_type.startswith("text/")):
        return []
    kind = true_type(part.content(ParseState()))
    return [_as_type(part, "text/html" if kind == "text/html" else "text/plain")] if kind in _TEXT_CONTENT else []


def _as_type(part: Part, kind: str) -> Part:
    return replace(part, content_type=replace(part.content_type, value=kind))
