"""Learns from sent mail how its author greets, addresses and signs; pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from glassdome.engine.builtin.language import language_of
from glassdome.replies.manners import MANNERS, Manners
from glassdome.values.message import Message
from glassdome.values.profile import Naming, WritingProfile

__all__ = ["learn"]

T = TypeVar("T")
#: Mails that must agree before a habit is one.
_FEWEST: Final = 2
_GREETING_CHARS: Final = 60
#: Lines at the end of a letter in which its writer signs, and those that are kept: the closing and the name.
_END_LINES: Final = 6
_SIGN_OFF_LINES: Final = 3
_SIGN_OFF_CHARS: Final = 40
_WORDS: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The habits that one mail shows."""

    greeting: tuple[str, Naming, str] | None
    sign_off: tuple[str, ...]
    formal: bool
    informal: bool
    signed: bool
    name: str


def learn(sent: Iterable[Message]) -> tuple[WritingProfile, ...]:
    """Return one profile per language; automatic mails and forwards without words of one's own teach nothing."""
    by_language: dict[str, list[_Seen]] = defaultdict(list)
    for message in sent:
        text = message.new_text.strip()
        language = language_of(text) if text and not message.lists.is_automatic else ""
        if language in MANNERS:
            by_language[language].append(_seen(message, text, MANNERS[language]))
    return tuple(_profile(language, seen) for language, seen in sorted(by_language.items()))


def _profile(language: str, seen: Sequence[_Seen]) -> WritingProfile:
    greeting = _usual(each.greeting for each in seen if each.greeting)
    return WritingProfile(
        language=language,
        greeting=greeting[0] if greeting else "",
        naming=greeting[1] if greeting else "none",
        ends=greeting[2] if greeting else ",",
        formal=sum(each.formal for each in seen),
        informal=sum(each.informal for each in seen),
        sign_off=_usual(each.sign_off for each in seen if each.sign_off) or (),
        signed=sum(each.signed for each in seen),
        name=_usual(each.name for each in seen if each.name) or "",
        mails=len(seen),
    )


def _usual(values: Iterable[T]) -> T | None:
    found = Counter(values).most_common(1)
    return found[0][0] if found and found[0][1] >= _FEWEST else None


def _seen(message: Message, text: str, words: Manners) -> _Seen:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    used = _WORDS.findall(text)
    formal = sum(each in words.formal or each.lower() in words.formal - _capital(words.formal) for each in used)
    informal = sum(each.lower() in words.informal for each in used)
    return _Seen(
        greeting=_greeting(lines[0], words),
        sign_off=_sign_off(lines[1:], words),
        formal=formal > informal,
        informal=informal > formal,
        signed="\n-- \n" in message.text,
        name=message.author.name,
    )


def _capital(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word[:1].isupper())


def _greeting(line: str, words: Manners) -> tuple[str, Naming, str] | None:
    """Return the greeting of a first line, in the writer's spelling; None for one that tells a man from a woman."""
    if len(line) > _GREETING_CHARS or any(map(line.lower().startswith, words.gendered)):
        return None
    known = next((each for each in words.plain if _begins(line, each)), "")
    if not known:
        return None
    bare = line.rstrip(",:!.;- \u2013")
    ends = line[len(bare) :].strip()[:1]
    named = [word for word in bare[len(known) :].replace(",", " ").split() if word]
    if named and named[0].strip(".").lower() in words.titles:
        return None
    naming: Naming = "none" if not named else "first" if len(named) == 1 else "full"
    return (line[: len(known)], naming, ends) if len(named) <= 3 else None


def _begins(line: str, words: str) -> bool:
    return line.lower().startswith(words) and not line[len(words) : len(words) + 1].isalnum()


def _sign_off(lines: Sequence[str], words: Manners) -> tuple[str, ...]:
    """Return the closing and the name below it, without numbers, addresses or links."""
    last = list(lines[-_END_LINES:])
    start = next((n for n, line in enumerate(last) if any(_begins(line, each) for each in words.closings)), None)
    if start is None:
        return ()
    kept = []
    for line in last[start : start + _SIGN_OFF_LINES]:
        if len(line) > _SIGN_OFF_CHARS or any(char.isdigit() or char in "@/<>" for char in line):
            break
        kept.append(line)
    return tuple(kept)
