"""Addresses as an envelope needs them (RFC 5321 4.1.2), international domains in their ASCII form (RFC 5891)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.utils import getaddresses

import idna

from glassdome.core.errors import InvalidAddress
from glassdome.values.message import Address

__all__ = ["envelope_address", "needs_smtputf8", "read_addresses"]

#: RFC 5321 4.5.3.1.3: a path has 256 octets with its angle brackets. Every server must take 64 before the @ and may take
#: more, as addresses that carry another one (SRS, VERP) need.
_MAX_ADDRESS = 254
_DOT_ATOM = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~\-\u0080-\ud7ff\ue000-\U0010ffff]+(?:\.[\w!#$%&'*+/=?^`{|}~\-\u0080-\ud7ff\ue000-\U0010ffff]+)*"
)


def envelope_address(address: str) -> str:
    """Return the address with its domain in ASCII; raises InvalidAddress, also for quoted local parts."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not _DOT_ATOM.fullmatch(local):
        raise InvalidAddress(f"{address!r} is not an e-mail address.")
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as exc:
        raise InvalidAddress(f"{address!r} has no valid domain: {exc}.") from exc
    if "." not in ascii_domain:
        raise InvalidAddress(f"{address!r} has no full domain.")
    if len(f"{local}@{ascii_domain}".encode()) > _MAX_ADDRESS:
        raise InvalidAddress(f"{address[:80]!r}... is longer than the {_MAX_ADDRESS} octets that mail servers take.")
    return f"{local}@{ascii_domain}"


def read_addresses(texts: str | Sequence[str]) -> tuple[Address, ...]:
    """Read one address or several, each `a@example.org` or `Name <a@example.org>`; raises InvalidAddress."""
    return tuple(_address(text) for text in ([texts] if isinstance(texts, str) else texts))


def _address(text: str) -> Address:
    """Read one; the library's leniency would hide what else is in there."""
    found = getaddresses([text])
    if len(found) != 1 or any(ord(c) < 32 for c in text):
        raise InvalidAddress(f"{text!r} is not one e-mail address.")
    name, addr = found[0]
    return Address(name=name, addr=envelope_address(addr or text))


def needs_smtputf8(address: str) -> bool:
    """The local part is not ASCII, so that only a server with SMTPUTF8 (RFC 6531) can take it."""
    return not address.isascii()
