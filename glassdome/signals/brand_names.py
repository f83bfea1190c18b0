"""Finds the brand that a display name or a subject claims."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from glassdome.signals.host_lists import Brand, brands
from glassdome.signals.purpose import purpose_words

__all__ = ["claimed_brand"]


@lru_cache(maxsize=1)
def _pattern() -> tuple[re.Pattern[str], Mapping[str, Brand]]:
    table = {brand.name: brand for brand in brands()}
    names = "|".join(re.escape(name) for name in sorted(table, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)"), table


_WORD = re.compile(r"[^\W\d_]+")
_LEGAL = frozenset({
    "inc", "ltd", "gmbh", "ag", "sa", "se", "bv", "spa", "srl", "llc", "plc", "com", "de", "the", "via", "und",
    "and", "of", "your",
})  # fmt: skip


def _is_business(rest: str) -> bool:
    """`Chase Support` is the bank, `Chase Miller` a person: behind an ordinary word only words of business make a brand."""
    words = _WORD.findall(rest)[:4]
    table = purpose_words()
    return all(word in _LEGAL or word in table["strong"] or word in table["weak"] for word in words)


_TOKEN = re.compile(r"\w+")


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(found.group() for brand in brands() if (found := _TOKEN.search(brand.name)))


def claimed_brand(text: str, *, common: bool) -> Brand | None:
    """Return the first brand named; one that is an ordinary word counts only in front, and only with `common`."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    # Most text begins no brand's name: asking for its words first is many times faster than the pattern.
    if _first_words().isdisjoint(_TOKEN.findall(plain)):
        return None
    pattern, table = _pattern()
    for found in pattern.finditer(plain):
        brand = table[found.group()]
        if not brand.common:
            return brand
        if common and not plain[: found.start()].strip("\"' ") and _is_business(plain[found.end() :]):
            return brand
    return None
