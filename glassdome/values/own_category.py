"""Categories of an owner's own: a name, and the words and senders by which new mail gets it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from glassdome.values.message import Address

__all__ = ["OwnCategory", "category_for", "keyword_of"]

#: Not `glassdome-` alone: no name of an owner's may stand for a keyword of ours.
_PREFIX: Final = "glassdome-my-"
_MOST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCategory:
    """One category of a mailbox; `words` stand in the subject, `senders` are addresses, or `@` and a domain, in lower case.

    With `keyword` the mail server marks its mail for mail programs.
    """

    mailbox: str
    name: str
    words: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    keyword: bool = False


def category_for(known: Iterable[OwnCategory], *, sender: Address, subject: str) -> OwnCategory | None:
    """Return the first category, by name, with a sender or else a word that fits; None where none does."""
    addr, said = sender.addr.lower(), f" {_plain(subject)} "
    ordered = sorted(known, key=lambda one: one.name)
    both = {addr, f"@{addr.rpartition('@')[2]}"} if "@" in addr else set()
    by_sender = (one for one in ordered if both.intersection(one.senders))
    by_word = (one for one in ordered if any(f" {_plain(word)} " in said for word in one.words if _plain(word)))
    return next(by_sender, None) or next(by_word, None)


def keyword_of(category: OwnCategory) -> str:
    """Return the keyword of a category, empty where it wants none, or its name has no letter that IMAP lets pass."""
    plain = unicodedata.normalize("NFKD", category.name).casefold()
    name = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in plain if not _is_mark(c)).split())
    return f"{_PREFIX}{name[:_MOST]}" if category.keyword and name else ""


def _plain(text: str) -> str:
    """Return words in lower case without accents, one blank between them, so that they are found whole."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not _is_mark(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) == "Mn"
