"""Host names: the public suffix, the organizational domain above it, and the label that names the organization."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from tldextract import TLDExtract

from glassdome.core.shipped import loads_shipped

__all__ = ["ascii_host", "is_ip", "is_suffix_word", "main_label", "names_before_suffix", "organizational_domain"]

#: The bundled list, private suffixes included (RFC 7489 3.2); nothing is fetched or written.
_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=4096)
def ascii_host(host: str) -> str:
    """Return a host that a reader is shown as it is looked up (UTS 46): `www.b\u00fccher.example` with its A-label."""
    if host.isascii():
        return host.lower()
    import idna  # most hosts need none of its tables

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError, ValueError, IndexError):
        return host.lower()


@lru_cache(maxsize=16_384)
def _split(host: str) -> tuple[str, str]:
    """Return the organization's label and its public suffix; an unknown last label is a suffix (the list's rule `*`)."""
    host = host.strip(".").lower()
    found = _SUFFIXES.extract_str(host)
    if found.suffix or is_ip(host):
        return (found.domain, found.suffix) if found.suffix else ("", "")
    front, _, last = host.rpartition(".")
    return front.rpartition(".")[2], last


def organizational_domain(host: str) -> str:
    """Return the registrable part of a host name, or the host where there is none (IP addresses, bare names)."""
    label, suffix = _split(host)
    return f"{label}.{suffix}" if label else host.strip(".").lower()


def main_label(host: str) -> str:
    """Return the label that names the organization: `example` of `www.example.co.uk`."""
    return _split(host)[0]


#: Names that end addresses of tests and of inner networks (RFC 2606, RFC 6761, RFC 6762, RFC 8375).
_SPECIAL = frozenset(("example", "test", "invalid", "localhost", "local", "lan", "home", "internal", "onion"))


@loads_shipped()
@lru_cache(maxsize=1)
def _suffix_words() -> frozenset[str]:
    return _SPECIAL | {suffix for suffix in _SUFFIXES.tlds if "." not in suffix}


def is_suffix_word(label: str) -> bool:
    """Return whether a label ends addresses itself (`berlin`, `bank`, `example`), so that it stands in any name."""
    return label in _suffix_words()


def names_before_suffix(host: str) -> str:
    """Return a host without its public suffix: `www.example` of `www.example.co.uk`."""
    suffix = _split(host)[1]
    return host.strip(".").lower().removesuffix(suffix).rstrip(".") if suffix else host


@lru_cache(maxsize=4096)
def is_ip(host: str) -> bool:
    """Return whether a URL's host is an IP address, also in the decimal, octal and hexadecimal forms browsers take."""
    bare = host.strip("[]")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return bool(bare) and _is_number(bare.rpartition(".")[2])
    return True


def _is_number(label: str) -> bool:
    """WHATWG URL 3.5: a host whose last label is a number is an IPv4 address."""
    return (label.isdecimal() and label.isascii()) or (
        label[:2] == "0x" and all(c in "0123456789abcdef" for c in label[2:])
    )
