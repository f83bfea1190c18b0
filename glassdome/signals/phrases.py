"""Finds phrases of a data file in text: words in order, with gaps, looked up by their rarest word first."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

from glassdome.signals.domains import latin_letter

__all__ = ["MIXED_WORD", "SUBJECT_END", "Phrase", "PhraseBook", "ScannedText", "load_phrases"]

#: Characters scanned; what a mail wants, it says before.
MAX_SCANNED: int = 6_000
#: Other words allowed between two words of a phrase, where the file does not say.
_GAP = 2
#: Letters of a stem (`verif*`) used to look it up.
_STEM = 4
#: Occurrences of a word tried, and characters a phrase may reach from it.
_MAX_PLACES = 24
_REACH = 160
#: Ends the subject, so that no phrase runs from it into the text.
SUBJECT_END = "\n.\n"
#: A Latin word with letters of an alphabet that has look-alikes of them.
MIXED_WORD = re.compile(
    "\\b(?=[^\\W\\d_]*[a-zA-Z]{2})[a-zA-Z]+[\u0370-\u03ff\u0400-\u052f\u0531-\u058f][a-zA-Z\u0370-\u052f]*\\b"
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One phrase: its group, its words (each a set of alternatives), the pattern that finds them in order.

    `anchor` is the most telling slot: the one whose shortest word is the longest.
    """

    group: str
    slots: tuple[frozenset[str], ...]
    pattern: re.Pattern[str]
    anchor: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ScannedText:
    """A text prepared for lookup: lower case, its words, and their stems."""

    text: str
    keys: frozenset[str]

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, text: str) -> ScannedText:
        """Prepare the first part of a text; the last few are kept for the next detector."""
        lowered = _folded(text[:MAX_SCANNED]).lower()
        words = set(_WORD.findall(lowered))
        stems = {word[:_STEM] for word in words}
        return cls(text=lowered, keys=frozenset(words.union([f"{stem}*" for stem in stems])))

    def _occurrences(self, key: str) -> Iterator[int]:
        """Yield where a word or stem stands, also inside other words: the pattern sorts that out."""
        word = key.rstrip("*")
        place = self.text.find(word)
        for _ in range(_MAX_PLACES):
            if place < 0:
                return
            yield place
            place = self.text.find(word, place + 1)

    def search(self, phrase: Phrase) -> tuple[int, int] | None:
        """Return where the phrase stands in the text: looked for around its most telling word."""
        for key in sorted(phrase.anchor & self.keys):
            for place in self._occurrences(key):
                start = self.text.rfind(" ", 0, max(0, place - _REACH)) + 1
                found = phrase.pattern.search(self.text, start, place + _REACH)
                if found:
                    return found.span()
        return None


@dataclass(frozen=True, kw_only=True)
class PhraseBook:
    """Phrases by group, indexed by one slot of each."""

    phrases: tuple[Phrase, ...]

    @cached_property
    def index(self) -> Mapping[str, tuple[Phrase, ...]]:
        """Phrases by each alternative of their most telling slot."""
        found: dict[str, list[Phrase]] = {}
        for phrase in self.phrases:
            for key in phrase.anchor:
                found.setdefault(key, []).append(phrase)
        return {key: tuple(items) for key, items in found.items()}

    def find(self, scanned: ScannedText) -> Iterator[tuple[str, int, int]]:
        """Yield the group and the span of each phrase that occurs."""
        keys, tried = scanned.keys, set()
        for key in sorted(keys & self.index.keys()):
            for phrase in self.index[key]:
                if id(phrase) in tried:
                    continue
                tried.add(id(phrase))
                if _may_occur(phrase, keys) and (span := scanned.search(phrase)):
                    yield phrase.group, *span


def _may_occur(phrase: Phrase, keys: frozenset[str]) -> bool:
    # A plain loop: this is asked a hundred times for every mail.
    for slot in phrase.slots:  # noqa: SIM110
        if keys.isdisjoint(slot):
            return False
    return True


def _folded(text: str) -> str:
    """Undo disguises character by character: styled letters, and foreign letters inside Latin words."""
    text = text.replace("\u2019", "'")
    if text.isascii():
        return text
    foreign = set("".join(MIXED_WORD.findall(text)))
    return text.translate({ord(c): _plain_letter(c, mixed=c in foreign) for c in set(text) if not c.isascii()})


@lru_cache(maxsize=4096)
def _plain_letter(char: str, *, mixed: bool) -> str:
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) == 1 and plain.isascii():
        return plain
    return latin_letter(char) if mixed and not "\u00c0" <= char <= "\u024f" else char


def _slot_key(word: str) -> str:
    return f"{word[:_STEM]}*" if word.endswith("*") else word


def _slot_pattern(word: str) -> str:
    return re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)


def _phrase(group: str, text: str, gap: int) -> Phrase:
    """Compile `verify|confirm your account`: alternatives by |, stems by *, `_` joins words with nothing between."""
    slots, parts = [], []
    for slot in text.lower().split():
        alternatives = slot.split("|")
        slots.append(frozenset(_slot_key(word.split("_")[-1]) for word in alternatives))
        parts.append("(?:" + "|".join(r"[^\w.!?;]+".join(map(_slot_pattern, w.split("_"))) for w in alternatives) + ")")
    between = rf"[^\w.!?;]+(?:\w+[^\w.!?;]+){{0,{gap}}}"
    pattern = re.compile(rf"(?<!\w){between.join(parts)}(?!\w)")
    anchor = max(slots, key=lambda slot: min(map(len, slot)))
    return Phrase(group=group, slots=tuple(slots), pattern=pattern, anchor=anchor)


@lru_cache(maxsize=8)
def load_phrases(name: str) -> PhraseBook:
    """Read a shipped phrase file: `gap`, then tables of groups, lists of phrases by language."""
    table = tomllib.loads((files("glassdome.signals") / "data" / name).read_text(encoding="utf-8"))
    gap = table.pop("gap", _GAP)
    return PhraseBook(
        phrases=tuple(
            _phrase(group, line, gap)
            for group, languages in table.items()
            for lines in languages.values()
            for line in lines.splitlines()
            if line.strip()
        )
    )
