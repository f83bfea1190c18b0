"""The words that mail programs put around an answered mail, by language, from `data/replies.toml`; read once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from glassdome.core.shipped import shipped_table

__all__ = ["REPLY_WORDS", "ReplyWords", "Role", "subject_mark"]

Role = Literal["from", "date", "to", "cc", "subject"]
_ROLES: Final[tuple[Role, ...]] = ("from", "subject", "date", "to", "cc")
#: Scripts that put no blanks between words: Thai, Lao, Khmer, kana, Han; Hangul puts particles behind words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: Marks that every program understands, in addition to those of the languages (RFC 5322 3.6.5).
_RE_ALWAYS: Final = frozenset({"re", "aw", "sv"})
_MARK = re.compile(r"\s{0,5}([^\W\d_][^:\uff1a\[\]()\d]{0,20})\s{0,3}(?:[\[(]\d{1,3}[\])]|\d{1,3})?\s{0,3}[:\uff1a]")
#: Marks read of one subject; threads with more have them for fun.
_MOST_MARKS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWords:
    """Patterns for the sentences, and the role of each field name of a header block."""

    wrote: re.Pattern[str]
    original: re.Pattern[str]
    forwarded: re.Pattern[str]
    sent_from: tuple[str, ...]
    roles: Mapping[str, Role]
    re_marks: frozenset[str]
    fwd_marks: frozenset[str]


def _read_words() -> ReplyWords:
    """Return the words of all languages together: replies mix them."""
    languages = shipped_table("parse/data/replies.toml").values()

    def all_of(kind: str) -> list[str]:
        return list(dict.fromkeys(word for words in languages for word in words.get(kind, ())))

    roles: dict[str, Role] = {}
    for role in _ROLES:
        for name in all_of(role):
            roles.setdefault(name, role)
    return ReplyWords(
        wrote=_any_of(all_of("wrote")),
        original=_any_of(all_of("original")),
        forwarded=_any_of(all_of("forwarded")),
        sent_from=tuple(all_of("sent_from")),
        roles=roles,
        re_marks=frozenset(all_of("re")) | _RE_ALWAYS,
        fwd_marks=frozenset(all_of("fwd")),
    )


def subject_mark(subject: str) -> tuple[Literal["reply", "forward", ""], str]:
    """Return what the outermost mark of a subject says, and the subject without its marks.

    `VS:` is a forward in Danish and a reply in Finnish; a mark of both kinds counts as a reply.
    """
    words = REPLY_WORDS
    kind: Literal["reply", "forward", ""] = ""
    for _ in range(_MOST_MARKS):
        found = _MARK.match(subject)
        mark = " ".join(found[1].lower().split()) if found else ""
        if not found or (mark not in words.re_marks and mark not in words.fwd_marks):
            break
        kind = kind or ("reply" if mark in words.re_marks else "forward")
        subject = subject[found.end() :]
    return kind, " ".join(subject.split())


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the words; whole ones, where the script has blanks between words."""
    ordered = sorted(words, key=len, reverse=True)
    spaced = "|".join(re.escape(word) for word in ordered if not _UNSPACED.search(word))
    unspaced = "|".join(re.escape(word) for word in ordered if _UNSPACED.search(word))
    return re.compile(f"(?<!\\w)(?:{spaced})(?!\\w)|(?:{unspaced})", re.IGNORECASE)


#: Read at import: agents parse mail that they never judge.
REPLY_WORDS: Final = _read_words()
