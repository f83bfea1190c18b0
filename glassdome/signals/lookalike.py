"""Is a domain dressed up as another one: confusable letters, one letter off, or the name put in front."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from glassdome.signals.domains import (
    is_suffix_word,
    main_label,
    names_before_suffix,
    organizational_domain,
    skeleton,
    unicode_host,
)
from glassdome.signals.host_lists import (
    REGIONAL,
    brand_owners,
    free_mail,
    in_list,
    known_domains,
    popular,
    public_bodies,
)
from glassdome.signals.purpose import purpose_of
from glassdome.values.context import Context

__all__ = ["Lookalike", "Protected", "find_lookalike", "protected_by"]

#: Shorter labels are one letter away from too many others; brands compete with more names than a mailbox's contacts.
_MIN_TYPO_LABEL = 6
_MIN_BRAND_TYPO_LABEL = 7
#: Shorter labels are words of other names.
_MIN_INSERTED_LABEL = 6
_WORDS = re.compile(r"[-_.]+")
_DIGITS = re.compile(r"^\d+|\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalike:
    """The domain that another one imitates, and the method."""

    imitated: str
    how: Literal["confusable", "typo", "inserted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """The domains worth imitating, indexed: skeletons of labels, labels with one letter gone, labels with owners.

    `ordinary` are labels of contacts: many of them are words of a language, so that a name which holds one imitates it
    only where the rest of it is made for a lure.
    """

    domains: frozenset[str]
    by_skeleton: Mapping[str, str]
    by_deletion: Mapping[str, str]
    owners: Mapping[str, tuple[str, ...]]
    ordinary: frozenset[str] = frozenset()


def protected_by(context: Context) -> Protected:
    """Return the index of the mailbox's own domains, its contacts' domains and the known brands."""
    return _index(context.own_domains, context.contacts)


@lru_cache(maxsize=64)
def _index(own: frozenset[str], contacts: frozenset[str]) -> Protected:
    hosts = {*own, *(contact.rpartition("@")[2] for contact in contacts)}
    near = {organizational_domain(host) for host in hosts if "." in host} - free_mail()
    personal = {domain for domain in near if not is_suffix_word(main_label(domain))}
    ours = {organizational_domain(host) for host in own} & personal
    labels = {main_label(domain): domain for domain in sorted(known_domains() | personal)}
    brands = {main_label(owners[0]): owners[0] for owners in brand_owners().values()}
    typed = {label: domain for label, domain in brands.items() if len(label) >= _MIN_BRAND_TYPO_LABEL}
    typed |= {main_label(domain): domain for domain in personal if len(main_label(domain)) >= _MIN_TYPO_LABEL}
    own_names = {main_label(d): (d,) for d in personal if len(main_label(d)) >= _MIN_INSERTED_LABEL}
    near_names = frozenset(main_label(d) for d in personal - ours)
    return Protected(
        domains=known_domains() | personal,
        ordinary=near_names,
        by_skeleton={skeleton(label): domain for label, domain in labels.items() if len(label) >= _MIN_TYPO_LABEL - 1},
        by_deletion={form: domain for label, domain in typed.items() for form in (label, *_deletions(label))},
        owners={**own_names, **{skeleton(n): owners for n, owners in brand_owners().items()}, **brand_owners()},
    )


def _deletions(label: str) -> Iterator[str]:
    return (label[:i] + label[i + 1 :] for i in range(len(label)))


def find_lookalike(host: str, protected: Protected) -> Lookalike | None:
    """Return what `host` imitates; a well-known domain imitates nothing."""
    domain = organizational_domain(host)
    if "." not in domain or in_list(domain, protected.domains) or domain in popular() or domain in free_mail():
        return None
    if in_list(domain, public_bodies()):
        return None
    return _by_letters(domain, protected) or _inserted(host, domain, protected)


def _by_letters(domain: str, protected: Protected) -> Lookalike | None:
    label = main_label(unicode_host(domain))
    imitated = protected.by_skeleton.get(skeleton(label))
    if imitated and main_label(imitated) != label:
        return Lookalike(imitated=imitated, how="confusable")
    if len(label) < _MIN_TYPO_LABEL:
        return None
    for form in (label, *_deletions(label)):
        imitated = protected.by_deletion.get(form)
        if imitated and _one_edit(label, main_label(imitated)):
            return Lookalike(imitated=imitated, how="typo")
    return None


def _one_edit(left: str, right: str) -> bool:
    """Return whether one insertion, deletion, substitution or swap of neighbours tells the two apart."""
    if left == right:
        return False
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    a, b = left[start:], right[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _inserted(host: str, domain: str, protected: Protected) -> Lookalike | None:
    for word in _WORDS.split(names_before_suffix(unicode_host(host))):
        for form in (word, _DIGITS.sub("", word), skeleton(word)):
            owners = protected.owners.get(form)
            if not owners or in_list(host, frozenset(owners)) or _is_sister(word, domain, owners):
                continue
            if word in REGIONAL and purpose_of(host) == 0:
                continue
            if form not in protected.ordinary or purpose_of(host) > 0 or _carries_suffix(host, owners):
                return Lookalike(imitated=owners[0], how="inserted")
    return None


def _carries_suffix(host: str, owners: tuple[str, ...]) -> bool:
    """`partner-de.example` against `partner.de`: the whole address stands in the name."""
    return any(owner.rpartition(".")[2] in _WORDS.split(names_before_suffix(host)) for owner in owners)


def _is_sister(word: str, domain: str, owners: tuple[str, ...]) -> bool:
    """`amazon.sg` against `amazon.com`: the label itself under another suffix is a sister more often than an impostor."""
    return main_label(domain) == word and any(main_label(owner) == word for owner in owners)
