"""Greetings, closings and forms of address by language, from `data/manners.toml`; read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from glassdome.core.shipped import shipped_table

__all__ = ["MANNERS", "Manners"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """One language's words; lists begin with the longest, so that `guten morgen` is found before `guten`."""

    plain: tuple[str, ...]
    gendered: tuple[str, ...]
    titles: frozenset[str]
    closings: tuple[str, ...]
    formal: frozenset[str]
    informal: frozenset[str]
    attribution: str
    day: str


def _read_all() -> Mapping[str, Manners]:
    return {language: _read(words) for language, words in shipped_table("replies/data/manners.toml").items()}


def _read(words: Mapping[str, Any]) -> Manners:
    return Manners(
        plain=_longest_first(words["plain"]),
        gendered=_longest_first(words["gendered"]),
        titles=frozenset(words["titles"]),
        closings=_longest_first(words["closings"]),
        formal=frozenset(words["formal"]),
        informal=frozenset(words["informal"]),
        attribution=words["attribution"],
        day=words["day"],
    )


def _longest_first(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=len, reverse=True))


#: Language -> words; read at import, since drafts are written on the event loop.
MANNERS: Final = _read_all()
