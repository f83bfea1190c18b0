"""A parsed message (RFC 5322, MIME): what `parse` makes of bytes and what every later stage reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from glassdome.values.authenticity import DMARC_FAILED, Authenticity, vouch
from glassdome.values.document import Document
from glassdome.values.fact import Fact
from glassdome.values.reading import Read, Readable

__all__ = [
    "DMARC_FAILED",
    "Address",
    "Attachment",
    "AuthResult",
    "Authentication",
    "Defect",
    "Form",
    "HeaderField",
    "HiddenText",
    "Link",
    "ListFacts",
    "Message",
    "Read",
    "Readable",
    "Report",
    "ReportKind",
    "RspamdReport",
    "author_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One mailbox of an address field (RFC 5322 3.4): display name and addr-spec, the domain in lower case."""

    name: str = ""
    addr: str = ""

    @property
    def domain(self) -> str:
        """The part behind the last @, or an empty string."""
        return self.addr.rpartition("@")[2] if "@" in self.addr else ""

    @property
    def local_part(self) -> str:
        """The part before the last @, or the whole."""
        return self.addr.rpartition("@")[0] if "@" in self.addr else self.addr

    def __str__(self) -> str:
        """`Name <addr>`, or the address alone."""
        return f"{self.name} <{self.addr}>" if self.name else self.addr


def author_of(header_from: Sequence[Address]) -> Address:
    """Return the first From address that has a domain, else the first, else an empty one."""
    for address in header_from:
        if "@" in address.addr:
            return address
    return header_from[0] if header_from else Address()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderField:
    """One header field as it came, unfolded, with encoded words decoded (RFC 2047). Repeated fields stay repeated."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link: where it really leads and what the reader is shown.

    `shown` is the anchor text (empty for a bare URL in plain text); `place` says where it was found: `returned` is in
    the mail that a delivery report returns. Where a mail gateway `rewritten` it, `target` is the address before that
    (empty where the gateway keeps it to itself) and `host` the target's. `coded`: a QR code drawn in the text says it.
    """

    url: str
    shown: str = ""
    place: Literal["html", "text", "form", "area", "hidden", "attachment", "returned"] = "html"
    host: str = ""
    target: str = ""
    rewritten: bool = False
    coded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An HTML form: where it sends and whether it asks for a password; `returned` as with links."""

    action: str
    asks_password: bool = False
    inputs: int = 0
    returned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenText:
    """Text in the mail that a reader does not see.

    `how`: css (display, visibility, opacity), size (tiny font), color (text in its background's colour), offscreen,
    zero_width, bidi, tag_chars, comment (HTML comment), preheader (short teaser text, the usual newsletter practice).
    """

    text: str
    how: Literal["css", "size", "color", "offscreen", "zero_width", "bidi", "tag_chars", "comment", "preheader"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One attachment: what it says it is, what it is, and what an archive holds (names only).

    `has_macros` is code that runs when it is opened: VBA or Excel 4 macros, script in a PDF, an SVG or an HTML page.
    `returned`: it is, or is in, the mail that a delivery report returns.
    `other_names` are further names of the same part; mail programs differ in which one they use.
    `text` is its words where they can be had, of a forwarded message its From, Subject, Date and visible text.
    `document` is what a file reader found in it, None where none read it.
    `method` is what the Content-Type of a calendar says of it (RFC 6047 2.4), in capitals: REQUEST, CANCEL; empty where
    the calendar has a method of its own.
    """

    filename: str = ""
    other_names: tuple[str, ...] = ()
    declared_type: str = "application/octet-stream"
    true_type: str = ""
    size: int = 0
    sha256: str = ""
    inline: bool = False
    content_id: str = ""
    members: tuple[str, ...] = ()
    encrypted: bool = False
    has_macros: bool = False
    text: str = ""
    read: Read = "yes"
    returned: bool = False
    document: Document | None = None
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthResult:
    """One method's result (RFC 8601 2.2): `spf=pass smtp.mailfrom=example.org`.

    `domain` is the identity that was checked: smtp.mailfrom or smtp.helo, header.d (else header.i), header.from.
    `account` is who logged in to send it (`auth=pass smtp.auth=ann@example.org`, RFC 4954), in lower case.
    """

    method: str
    result: str
    domain: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """Our own server's results when the message arrived (RFC 8601); `trusted` only for a configured authserv-id."""

    authserv_id: str = ""
    trusted: bool = False
    results: tuple[AuthResult, ...] = ()

    def best(self, method: str) -> AuthResult | None:
        """Return the passing result of `method`, else its first one; of DMARC a failing one before all.

        There is one From and so one DMARC result (RFC 7489 4.2): where there are both a pass and a fail, the pass is not
        what our server found.
        """
        found = [r for r in self.results if r.method == method]
        if method == "dmarc" and (failed := [r for r in found if r.result in DMARC_FAILED]):
            return failed[0]
        return next((r for r in found if r.result == "pass"), found[0] if found else None)

    def passed(self, method: str) -> bool:
        """Return whether our own server saw `method` pass."""
        best = self.best(method)
        return self.trusted and best is not None and best.result == "pass"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """List and automation header fields: RFC 2369, RFC 2919, RFC 8058, RFC 3834.

    `automation` is the name of another field by which a program says that it wrote the mail (`X-Autoreply`).
    """

    list_id: str = ""
    unsubscribe: tuple[str, ...] = ()
    one_click: bool = False
    list_post: str = ""
    precedence: str = ""
    auto_submitted: str = ""
    feedback_id: str = ""
    automation: str = ""

    @property
    def is_list(self) -> bool:
        """A mailing list or a newsletter sent it."""
        return bool(self.list_id or self.unsubscribe or self.list_post or self.precedence in ("bulk", "list"))

    @property
    def is_automatic(self) -> bool:
        """A program sent it, by its own word (RFC 3834 5)."""
        said = self.auto_submitted not in ("", "no")
        return said or self.precedence in ("junk", "auto_reply") or bool(self.automation)


@dataclass(frozen=True, slots=True, kw_only=True)
class RspamdReport:
    """Our own Rspamd's report in X-Spamd-Result."""

    score: float = 0.0
    required: float = 0.0
    action: str = ""
    symbols: tuple[tuple[str, float], ...] = ()


#: A mail was not delivered, is late, arrived; was shown; somebody called it spam.
ReportKind = Literal["bounce", "delay", "success", "receipt", "complaint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of a mail server or a mail program about a mail that was sent (RFC 3464, 8098, 5965).

    `own_chars` characters of the text are the report's own; what follows is the returned mail. `returned_from` are the
    addresses that mail is from; `is_readers` says that it is from the one to whom the report came.
    """

    kind: ReportKind
    own_chars: int
    returned_from: tuple[str, ...] = ()
    is_readers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """Something malformed that was repaired or skipped."""

    what: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message, decoded and bounded; every text is plain Unicode without control characters.

    `text` is what a reader sees; `new_text` is `text` without quoted history and signature; `other_text` is the
    visible text of the alternative that was not chosen. `mail_from` is the RFC 5321 sender as delivery recorded it in
    Return-Path (empty for the null sender, None when unknown); `received` is the moment in the topmost Received field,
    which the last server wrote. `facts` are those that the HTML states for programs (schema.org).
    """

    headers: tuple[HeaderField, ...] = ()
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""
    header_from: tuple[Address, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    mail_from: str | None = None
    date: datetime | None = None
    received: datetime | None = None
    text: str = ""
    new_text: str = ""
    other_text: str = ""
    has_html: bool = False
    hidden: tuple[HiddenText, ...] = ()
    links: tuple[Link, ...] = ()
    forms: tuple[Form, ...] = ()
    has_script: bool = False
    remote_images: int = 0
    attachments: tuple[Attachment, ...] = ()
    facts: tuple[Fact, ...] = ()
    authentication: Authentication = field(default_factory=Authentication)
    lists: ListFacts = field(default_factory=ListFacts)
    rspamd: RspamdReport | None = None
    report: Report | None = None
    defects: tuple[Defect, ...] = ()
    readable: Readable = "yes"
    size: int = 0
    sha256: str = ""
    content_hash: str = ""

    @property
    def author(self) -> Address:
        """The first From address that has a domain, else the first, else an empty one."""
        return author_of(self.header_from)

    @property
    def thread_id(self) -> str:
        """The first message of the thread (RFC 5322 3.6.4), by its Message-ID."""
        return next(iter((*self.references, *self.in_reply_to, self.message_id)), "")

    @property
    def recipients(self) -> tuple[Address, ...]:
        """All visible recipients."""
        return self.to + self.cc

    @cached_property
    def authenticity(self) -> Authenticity:
        """Our own server's word for the author: computed once, read by signals and store alike."""
        return vouch(self.header_from, self.authentication)

    @cached_property
    def notes(self) -> dict[str, Any]:
        """Results of pure functions of the message alone, kept for the next caller; no part of its value."""
        return {}

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for item in self.headers:
            found.setdefault(item.name.lower(), []).append(item.value)
        return {name: tuple(values) for name, values in found.items()}

    def header(self, name: str) -> str:
        """Return the first field of that name, or an empty string."""
        return next(iter(self.header_all(name)), "")

    def header_all(self, name: str) -> tuple[str, ...]:
        """Return every field of that name, in the order of the message."""
        return self._by_name.get(name.lower(), ())
