"""Is a domain put together for one lure: `name-refund.com`, `auth-notices.com`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from glassdome.core.shipped import loads_shipped, shipped_table
from glassdome.signals.domains import main_label, organizational_domain, unicode_host
from glassdome.signals.host_lists import (
    free_hosts,
    free_mail,
    in_list,
    known_domains,
    mailers,
    popular,
    public_bodies,
)

__all__ = ["purpose_of", "purpose_words"]

_TOKENS = re.compile(r"[a-zà-öø-ÿ]+|\d+")
#: Shorter words begin and end too many names to be cut off one.
_MIN_CUT = 5
#: Letters that must stay when a word is cut off a name.
_MIN_REST = 3


@loads_shipped()
@lru_cache(maxsize=1)
def purpose_words() -> Mapping[str, frozenset[str]]:
    """The words of `purpose_words.txt`, `strong` and `weak`."""
    table = shipped_table("signals/data/purpose_words.txt")
    return {name: frozenset(" ".join(lists.values()).split()) for name, lists in table.items()}


@lru_cache(maxsize=8192)
def purpose_of(host: str) -> float:
    """Return how much a host's organizational domain looks made for one lure, 0 to 1; known names never do."""
    domain = organizational_domain(host)
    if "." not in domain or domain in popular() or domain in known_domains() or domain in free_mail():
        return 0.0
    if in_list(domain, mailers()) or in_list(domain, public_bodies()) or in_list(host, free_hosts()):
        return 0.0
    label = main_label(unicode_host(domain))
    tokens = _TOKENS.findall(label)
    return _of_parts(tokens) if len(tokens) > 1 else _of_one(label)


def _of_parts(tokens: list[str]) -> float:
    words = purpose_words()
    strong = sum(_is_strong(token) for token in tokens)
    weak = sum(token in words["weak"] for token in tokens)
    if strong:
        return 1.0 if strong + weak > 1 or len(tokens) > 1 else 0.8
    return 0.8 if weak > 1 else 0.0


def _is_strong(token: str) -> bool:
    strong = purpose_words()["strong"]
    return token in strong or (token.endswith("s") and token[:-1] in strong) or _cut(token) > 0 or _is_pair(token)


def _is_pair(token: str) -> bool:
    """Two strong words written as one: `finepay`."""
    strong = purpose_words()["strong"]
    return any(token[:cut] in strong and token[cut:] in strong for cut in range(_MIN_REST, len(token) - _MIN_REST + 1))


def _of_one(label: str) -> float:
    if label in purpose_words()["strong"]:
        return 0.5
    return 0.7 * _cut(label)


@lru_cache(maxsize=8192)
def _cut(label: str) -> float:
    """Return whether a strong word stands at an end of a longer name: `taxrefund`, `paypalbilling`."""
    strong = purpose_words()["strong"]
    for size in range(_MIN_CUT, len(label) - _MIN_REST + 1):
        if label[:size] in strong or label[-size:] in strong:
            return 1.0
    return 0.0
