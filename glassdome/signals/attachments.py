"""Attachments that can do harm, or hide what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from glassdome.core.shipped import shipped_table
from glassdome.signals.finding import Detector, evidence, hit, none_apply
from glassdome.signals.inner_files import is_locked, with_inner
from glassdome.signals.passwords import given_password
from glassdome.values.context import Context
from glassdome.values.message import Attachment, Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "attachment_executable": "a program or script is attached, or lies in an attached archive",
    "attachment_blocked": "a file of a type is attached that Outlook or Gmail refuse to open",
    "attachment_shortcut": "a shortcut or disk image is attached, which slips past the download warning",
    "attachment_double_extension": "the file name pretends to be a document and is not",
    "attachment_rtl_name": "the file name contains characters that turn its reading order round",
    "attachment_type_mismatch": "the file is something else than it says",
    "attachment_html": "a web page is attached; opened, it looks like a log-in page with no address",
    "attachment_active_page": "the attached web page or picture has a form or a script",
    "attachment_macros": "the attached document has macros",
    "attachment_unreadable": "an attached file could not be read: it took too much time or memory, or broke its reader",
    "attachment_locked": "the attached archive is encrypted, and the mail gives its password",
}
_EXTENSIONS = {
    name: frozenset(listed.split()) for name, listed in shipped_table("signals/data/extensions.toml").items()
}
_PROGRAMS, _SHORTCUTS = _EXTENSIONS["programs"], _EXTENSIONS["shortcuts"]
_DOCUMENTS, _PAGES = _EXTENSIONS["documents"], _EXTENSIONS["pages"]
_BLOCKED = _EXTENSIONS["blocked"]
#: `invoice.exe::$DATA`, the main stream of the file.
_STREAM = re.compile(r"::?\$?[A-Za-z]{0,10}\s*$")
#: Dots that look like one, which some unpackers turn into it.
_FULL_STOPS = str.maketrans({"\uff0e": ".", "\u3002": ".", "\uff61": ".", "\u2024": "."})
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_ACTIVE = re.compile(
    r"<\s*(?:script|form|iframe|meta\s+http-equiv=.?refresh)|javascript:|\batob\(|onload\s*=", re.IGNORECASE
)
#: Shortcuts and disk images by their content, whatever they are called.
_SHORTCUT_TYPES = (
    "application/x-ms-shortcut",
    "application/x-iso9660-image",
    "application/x-vhd",
    "application/x-vhdx",
    "application/onenote",
)
#: True types that a name or a declared type of another kind does not explain.
_PROGRAM_TYPES = (
    "application/x-dosexec",
    "application/x-executable",
    "application/vnd.microsoft.portable-executable",
    "application/x-msdownload",
    "application/x-sharedlib",
    "application/x-mach-binary",
)


def _extension(name: str) -> str:
    """Return what Windows goes by: trailing dots and spaces fall off, and so does the name of a data stream."""
    name = _STREAM.sub("", _UNSEEN.sub("", name)).translate(_FULL_STOPS).rstrip(". \u00a0\u3000\"'")
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def _names(item: Attachment) -> tuple[str, ...]:
    inside = item.document.members if item.document is not None else ()
    return (item.filename, *item.other_names, *item.members, *inside)


def _program(item: Attachment) -> str:
    if item.true_type in _PROGRAM_TYPES:
        return item.filename or item.true_type
    return next((name for name in _names(item) if _extension(name) in _PROGRAMS), "")


def _blocked(item: Attachment) -> str:
    """A type that only mail programs call dangerous: of the file itself, since archives of source code are honest."""
    return next((name for name in (item.filename, *item.other_names) if _extension(name) in _BLOCKED), "")


def _shortcut(item: Attachment) -> str:
    if item.true_type in _SHORTCUT_TYPES:
        return item.filename or item.true_type
    return next((name for name in _names(item) if _extension(name) in _SHORTCUTS), "")


def _double(item: Attachment) -> str:
    """`invoice.pdf.exe`, `scan.pdf      .js`: a document's extension before another kind's."""
    for name in _names(item):
        parts = [part.strip().lower() for part in _STREAM.sub("", name).rstrip(". ").split(".")]
        if len(parts) >= 3 and parts[-2] in _DOCUMENTS and parts[-1] in _PROGRAMS | _SHORTCUTS | _PAGES:
            return name
    return ""


def _is_page(item: Attachment) -> bool:
    return _extension(item.filename) in _PAGES or item.true_type in ("text/html", "image/svg+xml")


def _mismatch(item: Attachment) -> str:
    """A program or a page under the name of something harmless; sloppy but harmless labels do not count."""
    claimed = _extension(item.filename)
    if claimed in _DOCUMENTS - {"html", "zip"} and (item.true_type in _PROGRAM_TYPES or item.true_type == "text/html"):
        return item.filename
    return ""


def _active_page(item: Attachment) -> str:
    """A page with a form or a script: by its words, or as its reader found it."""
    found = item.document
    told = found is not None and (found.is_active or found.asks_password)
    return (item.filename or item.true_type) if _is_page(item) and (told or _ACTIVE.search(item.text)) else ""


def _runs_code(item: Attachment) -> str:
    told = item.document is not None and item.document.is_active
    return (item.filename or item.true_type) if item.has_macros or told else ""


#: The reasons why a reader ended early, in words.
_ENDED = {
    "time": "it took too long",
    "memory": "it took too much memory",
    "crash": "it broke its reader",
    "damaged": "it is damaged",
    "bounds": "it is too large",
}


def _unreadable(item: Attachment) -> str:
    """Return the file, or the one inside it, at which reading ended, and the reason."""
    for path, document in item.document.within(item.filename or item.true_type) if item.document else ():
        if reason := _ENDED.get(document.problem.partition(":")[0]):
            return f"{path}: {reason}"
    return ""


_CHECKS: dict[str, Callable[[Attachment], str]] = {
    "attachment_executable": _program,
    "attachment_blocked": _blocked,
    "attachment_shortcut": _shortcut,
    "attachment_double_extension": _double,
    "attachment_rtl_name": lambda a: next((n for n in _names(a) if _TURNING.search(n)), ""),
    "attachment_type_mismatch": _mismatch,
    "attachment_html": lambda a: (a.filename or a.true_type) if _is_page(a) and not a.inline else "",
    "attachment_active_page": _active_page,
    "attachment_macros": _runs_code,
    "attachment_unreadable": _unreadable,
}


def _found(check: Callable[[Attachment], str], item: Attachment) -> str:
    return next((why for part in with_inner(item) if (why := check(part))), "")


def _locked(message: Message) -> Iterator[Signal]:
    locked = [
        (number, item)
        for number, item in enumerate(message.attachments)
        if not item.returned and is_locked(item) and not _was_tried(item)
    ]
    if not locked:
        return
    where, found = "header:Subject", given_password(message.subject)
    if not found:
        where, found = "text", given_password(message.text)
    if found:
        number, item = locked[0]
        places = (evidence(f"attachment:{number}", item.filename), evidence(where, found))
        yield hit("attachment_locked", f"{item.filename} is encrypted and its password is in the mail", *places)


def _was_tried(item: Attachment) -> bool:
    """Return whether a reader tried all that may be a password in the mail on a PDF, in vain: the mail has none."""
    return item.document is not None and item.true_type == "application/pdf" and item.read == "encrypted"


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report harmful attachments; nothing applies to a mail without any."""
    if not message.attachments:
        yield from none_apply(_SIGNALS)
        return
    brought = [(number, item) for number, item in enumerate(message.attachments) if not item.returned]
    for name, check in _CHECKS.items():
        found = [(number, why) for number, item in brought if (why := _found(check, item))]
        if found:
            places = (evidence(f"attachment:{number}", why) for number, why in found)
            yield hit(name, f"{_SIGNALS[name]}: {found[0][1][:120]}", *places)
    yield from _locked(message)


DETECTOR = Detector(name="attachments", signals=_SIGNALS, run=detect)
