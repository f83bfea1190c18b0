"""Host names: the organizational domain, and the skeleton under which look-alikes become equal."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import idna
from confusable_homoglyphs import confusables

from glassdome.core.domains import (
    ascii_host,
    is_ip,
    is_suffix_word,
    main_label,
    names_before_suffix,
    organizational_domain,
)

__all__ = [
    "ascii_host",
    "is_ip",
    "is_suffix_word",
    "latin_letter",
    "main_label",
    "names_before_suffix",
    "organizational_domain",
    "skeleton",
    "unicode_host",
]

#: What digits and letter pairs are read as.
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_FOLD = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "i": "l", "|": "l", "$": "s", "@": "a", "ı": "l"})


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
