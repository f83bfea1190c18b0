"""Conditions that an indexed word begins with, or is, a search term."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, and_, bindparam

from glassdome.store.schema import words

__all__ = ["begins", "is_word", "range_params"]

_LAST: Final = "\U0010ffff"


def begins(name: str, term: str) -> ColumnElement[bool]:
    """Return the condition that an indexed word begins with `term`, in parameters of that name (see `range_params`)."""
    first, behind = (bindparam(key, value, type_=words.c.word.type) for key, value in range_params(name, term).items())
    return and_(words.c.word >= first, words.c.word < behind)


def is_word(name: str, word: str) -> ColumnElement[bool]:
    """Return the condition that an indexed word is `word`, in a parameter of that name."""
    return words.c.word == bindparam(name, word, type_=words.c.word.type)


def range_params(name: str, term: str) -> dict[str, str]:
    """Return the parameters of `begins` for another term."""
    return {name: term, f"{name}_end": term + _LAST}
