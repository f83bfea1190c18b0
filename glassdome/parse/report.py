"""Delivery reports (RFC 3464, 6522), read receipts (RFC 8098), complaints (RFC 5965): by shape, else by their words.

A report returns a mail that somebody sent. Its own part is what the mail server says; the returned mail is none of
the server's words, so that later stages can tell the two apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from glassdome.core.shipped import shipped_table
from glassdome.parse.fields import RawField, first
from glassdome.parse.state import ParseState
from glassdome.parse.structure import Part
from glassdome.values.message import Address, Report, ReportKind

__all__ = ["read_report", "returned_parts"]

_STATUS: Final = ("message/delivery-status", "message/global-delivery-status")
_RECEIPT: Final = ("message/disposition-notification", "message/global-disposition-notification")
_COMPLAINT: Final = ("message/feedback-report",)
_RETURNED: Final = ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers",
                    "text/rfc822-header")  # fmt: skip
#: Bytes of a status part and of returned headers that are read.
_MOST_BYTES: Final = 64 * 1024
#: Characters of text in which a template's words and the begin of the returned mail are looked for.
_MOST_CHARS: Final = 20_000
_FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{1,40})[ \t]{0,5}:[ \t]{0,20}([^\r\n]{0,500})", re.MULTILINE)
_ADDRESS = re.compile(r"[\w.+=!#$%&'*/?^{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_HEADER_LINE = re.compile(
    r"(?:return-path|received|from|to|date|message-id|subject|mime-version|x-[\w-]{1,40})[ \t]?:", re.IGNORECASE
)
_OPENS = re.compile(r"(?:return-path|received|from|date|message-id|x-[\w-]{1,40})[ \t]?:", re.IGNORECASE)
#: Lines in a row of which three must be header fields, for a returned mail to begin there.
_HEADER_WITHIN: Final = 8
_HEADER_LINES: Final = 3
#: Of the template's sentences, the subject and the refusal, how many must be there.
_ENOUGH: Final = 2
#: Names under which mail servers write.
_SERVER = re.compile(
    r"(?:mailer|mail|delivery|mdaemon|bounce|bounces|double-bounce|postmaster|ndr|microsoftexchange\w{0,64})"
    r"(?:[-_.]?(?:daemon|deamon|system|subsystem|admin|delivery|return|returns|notification))?(?:[+=].{0,200})?",
    re.IGNORECASE,
)
_SERVER_NAME = re.compile(
    r"mail(?:er)? ?(?:delivery|daemon|administrator|system)|delivery (?:sub)?system|postmaster|mdaemon|microsoft (?:outlook|exchange)|courier mail"
    r"|\u90ae\u4ef6\u7cfb\u7edf|\u7cfb\u7edf\u9000\u4fe1|\u043f\u043e\u0447\u0442\u043e\u0432\u0430\u044f \u0441\u0438\u0441\u0442\u0435\u043c\u0430",
    re.IGNORECASE,
)
#: A status code (RFC 3463) or a reply of a server that refuses.
_REFUSAL = re.compile(r"(?<![\d.])(?:[45]\.\d\.\d{1,3}|[45]\d\d[ -](?:[45]\.\d\.\d{1,3}|[A-Za-z<]))")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    failed: tuple[str, ...]
    delayed: tuple[str, ...]
    subject: tuple[str, ...]
    copy: tuple[str, ...]


#: Read at import: agents parse mail that they never judge.
_WORDS: Final = _Words(**{name: tuple(words) for name, words in shipped_table("parse/data/reports.toml").items()})


def returned_parts(root: Part) -> list[Part]:
    """Return the parts in which a report of that structure returns a mail; none for any other message."""
    return [part for part in root.children if part.media_type in _RETURNED] if _status_part(root) else []


def read_report(
    root: Part, *, subject: str, text: str, author: Address, mail_from: str | None, state: ParseState
) -> Report | None:
    """Return what kind of report a message is; None where it is none, or only claims to be one."""
    is_server = mail_from == "" or _is_server(author) or bool(first(root.fields, "x-failed-recipients"))
    status = _status_part(root)
    if status is not None and (root.media_type == "multipart/report" or is_server):
        kind = _kind(status, state)
        if kind:
            senders = [address for part in returned_parts(root) for address in _senders(_head_of(part, state))]
            return Report(kind=kind, own_chars=len(text), returned_from=tuple(dict.fromkeys(senders)))
    named = mail_from == "" and _is_server(author)
    return _by_words(root.fields, subject, text, named=named) if is_server else None


def _is_server(author: Address) -> bool:
    return _SERVER.fullmatch(author.local_part[:300]) is not None or _SERVER_NAME.search(author.name[:100]) is not None


def _status_part(root: Part) -> Part | None:
    if root.media_type not in ("multipart/report", "multipart/mixed"):
        return None
    kinds = (*_STATUS, *_RECEIPT, *_COMPLAINT)
    return next((part for part in root.children if part.media_type in kinds), None)


def _kind(part: Part, state: ParseState) -> ReportKind | None:
    """Return the kind, where the fields are there that the format asks for."""
    text = part.content(state)[:_MOST_BYTES].decode("utf-8", "replace")
    found: dict[str, list[str]] = {}
    for field in _FIELD.finditer(text):
        found.setdefault(field[1].lower(), []).append(field[2].strip().lower())
    if part.media_type in _COMPLAINT:
        return "complaint" if found.get("feedback-type") else None
    if part.media_type in _RECEIPT:
        return "receipt" if found.get("disposition") else None
    if not found.keys() & {"final-recipient", "original-recipient", "reporting-mta"}:
        return None
    actions = {action.split()[0].rstrip(";,") for action in found.get("action", ()) if action.split()}
    classes = {status[:1] for status in found.get("status", ())}
    if "failed" in actions or (not actions and "5" in classes):
        return "bounce"
    if "delayed" in actions or (not actions and "4" in classes):
        return "delay"
    return "success" if actions or classes else None


def _head_of(part: Part, state: ParseState) -> str:
    if part.children:
        return "\n".join(f"{field.name}: {field.value}" for field in part.children[0].fields)
    return part.content(state)[:_MOST_BYTES].decode("utf-8", "replace")


def _senders(head: str) -> list[str]:
    """Return the addresses that the returned mail is from."""
    found: list[str] = []
    for field in _FIELD.finditer(head[:_MOST_BYTES]):
        if field[1].lower() in ("from", "sender", "return-path", "reply-to"):
            found += [address.lower() for address in _ADDRESS.findall(field[2])[:5]]
    return found


def _by_words(fields: list[RawField], subject: str, text: str, *, named: bool) -> Report | None:
    """Recognise a report by the sentences of its template, or by its subject together with a server's refusal.

    With the null sender and a server's name (`named`) the subject and the recipient's
    address are enough: templates come in more languages than these.
    """
    words = _WORDS
    start = _begin_of_copy(text)
    own = text[: min(start, _MOST_CHARS)]
    plain = " ".join(own.lower().replace("\u2019", "'").split())
    titled = any(phrase in subject.lower() for phrase in words.subject)
    refused = bool(first(fields, "x-failed-recipients")) or _REFUSAL.search(own) is not None
    tried = any(phrase in plain for phrase in words.delayed)
    sentences = tried + sum(phrase in plain for phrase in words.failed)
    if sentences + titled + refused + (named and titled and bool(_ADDRESS.search(own))) < _ENOUGH:
        return None
    delayed = tried or any(phrase in subject.lower() for phrase in words.delayed)
    senders = _senders(text[start : start + _MOST_CHARS])
    return Report(kind="delay" if delayed else "bounce", own_chars=start, returned_from=tuple(dict.fromkeys(senders)))


def _begin_of_copy(text: str) -> int:
    """Return where the returned mail begins: a template's line, else the first block of header fields."""
    lines = text[:_MOST_CHARS].split("\n")
    at = 0
    for number, line in enumerate(lines):
        if line.strip().lower().startswith(_WORDS.copy):
            return at
        if _OPENS.match(line):
            fields = sum(_HEADER_LINE.match(below) is not None for below in lines[number : number + _HEADER_WITHIN])
            if fields >= _HEADER_LINES:
                return at
        at += len(line) + 1
    return len(text)
