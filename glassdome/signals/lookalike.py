"""Is a domain dressed up as another one: confusable letters, one letter off, or the name put in front."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from glassdome.signals.domains import main_label, organizational_domain, skeleton, unicode_host
from glassdome.signals.host_lists import brand_owners, free_mail, known_domains, popular
from glassdome.values.context import Context

__all__ = ["Lookalike", "Protected", "find_lookalike", "protected_by"]

#: Labels this short are one letter away from too many others.
_MIN_TYPO_LABEL = 6
_MIN_INSERTED_LABEL = 6
_WORDS = re.compile(r"[-_.0-9]+|(?<=[a-z])(?=\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalike:
    """What a domain imitates, and how."""

    imitated: str
    how: Literal["confusable", "typo", "inserted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """The domains worth imitating, indexed: by skeleton of their label, by label with one letter gone, by label."""

    domains: frozenset[str]
    by_skeleton: Mapping[str, str]
    by_deletion: Mapping[str, str]
    by_label: Mapping[str, frozenset[str]]


def protected_by(context: Context) -> Protected:
    """Return the index of the mailbox's own domains, its contacts' domains and the known brands."""
    return _personal(context.own_domains, context.contacts)


@lru_cache(maxsize=64)
def _personal(own: frozenset[str], contacts: frozenset[str]) -> Protected:
    domains = {organizational_domain(domain) for domain in own}
    domains |= {organizational_domain(contact.rpartition("@")[2]) for contact in contacts}
    return _index(frozenset(domains - {""}) | known_domains())


def _index(domains: frozenset[str]) -> Protected:
    labels: dict[str, set[str]] = {}
    for domain in domains:
        labels.setdefault(main_label(domain), set()).add(domain)
    inserted = {label: frozenset(found) for label, found in labels.items() if len(label) >= _MIN_INSERTED_LABEL}
    inserted |= brand_owners()
    return Protected(
        domains=domains,
        by_skeleton={skeleton(label): min(found) for label, found in labels.items() if len(label) >= 4},
        by_deletion={
            short: min(found)
            for label, found in labels.items()
            if len(label) >= _MIN_TYPO_LABEL
            for short in (label, *_deletions(label))
        },
        by_label=inserted,
    )


def _deletions(label: str) -> Iterator[str]:
    return (label[:i] + label[i + 1 :] for i in range(len(label)))


def find_lookalike(host: str, protected: Protected) -> Lookalike | None:
    """Return what `host` imitates; a well-known domain imitates nothing."""
    domain = organizational_domain(host)
    if domain in protected.domains or domain in popular() or domain in free_mail():
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
    """Say whether one insertion, deletion, substitution or swap of neighbours tells the two apart."""
    if left == right:
        return False
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    a, b = left[start:], right[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _inserted(host: str, domain: str, protected: Protected) -> Lookalike | None:
    for word in _WORDS.split(unicode_host(host)):
        owners = protected.by_label.get(word)
        if owners and domain not in owners and not _same_name(word, domain, owners):
            return Lookalike(imitated=min(owners), how="inserted")
    return None


def _same_name(word: str, domain: str, owners: frozenset[str]) -> bool:
    """`amazon.sg` beside `amazon.com`: the label itself under another suffix is a sister more often than an impostor."""
    return main_label(domain) == word and any(main_label(owner) == word for owner in owners)
