"""The built-in canaries: sixty labelled mails of both signs, on reserved domains (RFC 2606)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from functools import cache
from typing import Any, Final

from glassdome.core.shipped import shipped_table
from glassdome.values.verdict import Label

__all__ = ["AUTHSERV_ID", "MAILBOX", "Canary", "canaries", "canary_version"]

AUTHSERV_ID: Final = "mx.canary.example"
MAILBOX: Final = "anna@canary.example"
_HASH_CHARS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One labelled mail: the categories that are right, its priority from 1 to 10, and the rubric of its summary.

    A summary has to hold one of each group of `must`, and none of `never`.
    """

    name: str
    label: Label
    raw: bytes
    categories: frozenset[str]
    priority: int
    must: tuple[tuple[str, ...], ...]
    never: tuple[str, ...] = ()


@cache
def canaries() -> tuple[Canary, ...]:
    """Return all of them, the labels in turn, so that any beginning holds mails of each; reads files once."""
    found: list[tuple[float, Canary]] = []
    for label in (Label.HAM, Label.PHISH, Label.SPAM):
        rows = shipped_table(f"pipeline/canaries/mails/{label}.toml")["mail"]
        found += [((place + 0.5) / len(rows), _canary(row, label)) for place, row in enumerate(rows)]
    return tuple(canary for _, canary in sorted(found, key=lambda item: item[0]))


@cache
def canary_version() -> str:
    """Return a hash of the set: a grant holds for the mails that it was measured on."""
    return hashlib.sha256(repr(canaries()).encode()).hexdigest()[:_HASH_CHARS]


def _canary(row: Mapping[str, Any], label: Label) -> Canary:
    return Canary(
        name=row["name"],
        label=label,
        raw=_mail(row),
        categories=frozenset(row["categories"]),
        priority=row["priority"],
        must=tuple(tuple(group.lower().split("|")) for group in row["must"]),
        never=tuple(row.get("never", ())),
    )


def _mail(row: Mapping[str, Any]) -> bytes:
    """Write the mail as our own server would have delivered it."""
    mail = EmailMessage()
    domain = parseaddr(row["sender"])[1].rpartition("@")[2]
    result = "fail" if row.get("forged") else "pass"
    mail["Authentication-Results"] = f"{AUTHSERV_ID}; dmarc={result} header.from={domain}"
    mail["From"], mail["To"], mail["Subject"] = row["sender"], f"Anna Berg <{MAILBOX}>", row["subject"]
    mail["Date"], mail["Message-ID"] = "Mon, 23 Nov 2026 09:00:00 +0000", f"<{row['name']}@{domain}>"
    if row.get("bulk"):
        mail["List-Id"] = f"<list.{domain}>"
    mail.set_content(row["text"] + "\n", cte="8bit")
    return mail.as_bytes()
