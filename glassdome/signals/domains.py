"""Host names: the organizational domain, and the skeleton under which look-alikes become equal."""

from __future__ import annotations

import ipaddress
import unicodedata
from functools import lru_cache

import idna
from confusable_homoglyphs import confusables
from tldextract import TLDExtract

__all__ = ["is_ip", "latin_letter", "main_label", "organizational_domain", "skeleton", "unicode_host"]

#: The bundled list, private suffixes included (RFC 7489 3.2); nothing is fetched or written.
_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

#: What digits and letter pairs are read as.
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_FOLD = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "i": "l", "|": "l", "$": "s", "@": "a", "ı": "l"})


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


@lru_cache(maxsize=4096)
def is_ip(host: str) -> bool:
    """Say whether a URL's host is an IP address, also in the decimal, octal and hexadecimal forms browsers take."""
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


@lru_cache(maxsize=4096)
def unicode_host(host: str) -> str:
    """Return a host with its A-labels (RFC 5890) as the Unicode a reader would see."""
    if "xn--" not in host:
        return host
    return ".".join(_unicode_label(label) for label in host.split("."))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        try:
            return label[4:].encode("ascii").decode("punycode")
        except UnicodeError:
            return label


@lru_cache(maxsize=2048)
def latin_letter(char: str) -> str:
    """Return the Latin letter a character is mistaken for, or the character."""
    plain = unicodedata.normalize("NFKD", char)[0]
    if plain.isascii():
        return plain.lower()
    found = confusables.is_confusable(plain, preferred_aliases=["latin"]) or []
    glyphs = [glyph["c"] for item in found for glyph in item["homoglyphs"]]
    return next((glyph.lower() for glyph in glyphs if len(glyph) == 1 and glyph.isascii()), plain.lower())


@lru_cache(maxsize=16_384)
def skeleton(text: str) -> str:
    """Return what a hasty reader takes a name for (after UTS 39 4): equal skeletons are look-alikes."""
    if not text.isascii():
        text = "".join(char if char.isascii() else latin_letter(char) for char in text)
    text = text.lower()
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text.translate(_FOLD)
