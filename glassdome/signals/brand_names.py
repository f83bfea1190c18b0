"""Which brand a display name or a subject speaks for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from glassdome.signals.host_lists import Brand, brands

__all__ = ["claimed_brand"]


@lru_cache(maxsize=1)
def _pattern() -> tuple[re.Pattern[str], Mapping[str, Brand]]:
    table = {brand.name: brand for brand in brands()}
    names = "|".join(re.escape(name) for name in sorted(table, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)"), table


def claimed_brand(text: str, *, common: bool) -> Brand | None:
    """Return the first brand named; one that is an ordinary word counts only in front, and only with `common`."""
    pattern, table = _pattern()
    plain = unicodedata.normalize("NFKC", text).casefold()
    for found in pattern.finditer(plain):
        brand = table[found.group()]
        if not brand.common or (common and not plain[: found.start()].strip("\"' ")):
            return brand
    return None
