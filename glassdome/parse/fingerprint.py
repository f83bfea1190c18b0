"""The content hash: equal for one newsletter sent to many people, different as soon as what it says or links to is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from glassdome.values.message import Address, Attachment, Link

__all__ = ["content_hash"]

_REPLY_MARK = re.compile(r"^(?:\s*(?:re|aw|antw|sv|vs|fwd?|wg|tr|rv|rif|res|enc)\s*(?:\[\d+\]\s*)?:)+", re.IGNORECASE)
_URL_IN_TEXT = re.compile(r"(?:https?://|www\.)\S+")
#: A path segment that is a key, not a name: long, with digits and letters mixed, or hexadecimal.
_KEY = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w.~%+=-]{16,}|[0-9a-fA-F-]{16,}|\d{6,}|[\w.~%+=-]{40,}")
#: Characters of text that are hashed; more would not tell two mails apart any better.
_TEXT = 100_000


def content_hash(
    *,
    author: Address,
    recipients: Sequence[Address],
    subject: str,
    text: str,
    links: Iterable[Link],
    attachments: Iterable[Attachment],
) -> str:
    """Hash what a message says, not whom it says it to.

    Taken in: the author's domain, the subject without reply marks, the text, for each link its scheme, host and
    path, and the SHA-256 of each attachment. Left out: the recipients' addresses and names, the query and fragment
    of links, and path segments that look like keys. Numbers in the text stay: another account number is another mail.
    """
    names = _named(recipients)
    pieces = (
        author.domain,
        _plain(_REPLY_MARK.sub("", subject), names),
        _plain(text[:_TEXT], names),
        *sorted({_target(link) for link in links}),
        *sorted(attachment.sha256 for attachment in attachments),
    )
    return hashlib.sha256("\0".join(pieces).encode("utf-8", "replace")).hexdigest()


def _named(recipients: Sequence[Address]) -> list[str]:
    """The words that name a recipient, longest first."""
    words: set[str] = set()
    for address in recipients[:5]:
        words.add(address.addr.lower())
        words.add(address.name.lower())
        words.update(word for word in address.name.lower().split() if len(word) > 2)
    return sorted((word for word in words if len(word) > 2), key=lambda word: (-len(word), word))[:20]


def _plain(text: str, recipients: list[str]) -> str:
    text = text.lower()
    for word in recipients:
        text = text.replace(word, "")
    if "http" in text or "www." in text:
        text = _URL_IN_TEXT.sub("", text)
    return " ".join(text.split())


def _target(link: Link) -> str:
    bare = (link.target or link.url).partition("#")[0].partition("?")[0]
    scheme, _, rest = bare.partition(":")
    path = rest.lstrip("/").partition("/")[2] if link.host and scheme.lower() != "mailto" else ""
    segments = ["*" if _KEY.fullmatch(segment) else segment for segment in path.split("/")]
    return f"{link.place} {scheme.lower()} {link.host} {'/'.join(segments)}"
