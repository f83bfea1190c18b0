"""Finds phrases of a data file in text: words in order, with gaps, looked up by their rarest word first."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files

__all__ = ["Phrase", "PhraseBook", "ScannedText", "load_phrases"]

#: Characters scanned; what a mail wants, it says before.
MAX_SCANNED: int = 20_000
#: Other words allowed between two words of a phrase.
_GAP = 2
#: Letters of a stem (`verif*`) used to look it up.
_STEM = 4
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One phrase: its group, its words (each a set of alternatives) and the pattern that finds them in order."""

    group: str
    slots: tuple[frozenset[str], ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True, kw_only=True)
class ScannedText:
    """A text prepared for lookup: lower case, its words, and their stems."""

    text: str
    keys: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, text: str) -> ScannedText:
        """Prepare the first part of a text."""
        lowered = text[:MAX_SCANNED].lower().replace("\u2019", "'")
        words = set(_WORD.findall(lowered))
        return cls(text=lowered, keys=frozenset(words | {f"{word[:_STEM]}*" for word in words}))


@dataclass(frozen=True, kw_only=True)
class PhraseBook:
    """Phrases by group, indexed by one slot of each."""

    phrases: tuple[Phrase, ...]

    @cached_property
    def index(self) -> Mapping[str, tuple[Phrase, ...]]:
        """Phrases by each alternative of their most telling slot: the one whose shortest word is the longest."""
        found: dict[str, list[Phrase]] = {}
        for phrase in self.phrases:
            for key in max(phrase.slots, key=lambda slot: min(map(len, slot))):
                found.setdefault(key, []).append(phrase)
        return {key: tuple(items) for key, items in found.items()}

    def find(self, scanned: ScannedText) -> Iterator[tuple[Phrase, re.Match[str]]]:
        """Yield each phrase that occurs, with its first occurrence."""
        keys, tried = scanned.keys, set()
        for key in keys & self.index.keys():
            for phrase in self.index[key]:
                if id(phrase) in tried or any(keys.isdisjoint(slot) for slot in phrase.slots):
                    continue
                tried.add(id(phrase))
                match = phrase.pattern.search(scanned.text)
                if match:
                    yield phrase, match


def _slot_key(word: str) -> str:
    return f"{word[:_STEM]}*" if word.endswith("*") else word


def _slot_pattern(word: str) -> str:
    return re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)


def _phrase(group: str, text: str) -> Phrase:
    """Compile `verify|confirm your account`: alternatives by |, stems by *, `_` joins words with nothing between."""
    slots, parts = [], []
    for slot in text.lower().split():
        alternatives = slot.split("|")
        slots.append(frozenset(_slot_key(word.split("_")[-1]) for word in alternatives))
        parts.append("(?:" + "|".join(r"[^\w.!?;]+".join(map(_slot_pattern, w.split("_"))) for w in alternatives) + ")")
    between = rf"[^\w.!?;]+(?:\w+[^\w.!?;]+){{0,{_GAP}}}"
    return Phrase(group=group, slots=tuple(slots), pattern=re.compile(rf"(?<!\w){between.join(parts)}(?!\w)"))


@lru_cache(maxsize=8)
def load_phrases(name: str) -> PhraseBook:
    """Read a shipped phrase file: tables of groups, lists of phrases by language."""
    table = tomllib.loads((files("glassdome.signals") / "data" / name).read_text(encoding="utf-8"))
    return PhraseBook(
        phrases=tuple(
            _phrase(group, line)
            for group, languages in table.items()
            for lines in languages.values()
            for line in lines.splitlines()
            if line.strip()
        )
    )
