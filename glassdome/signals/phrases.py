"""Finds phrases of a data file in text: words in order, with gaps, looked up by their rarest word first."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Final

from glassdome.core.shipped import loads_shipped
from glassdome.core.words import words_in
from glassdome.signals.phrase_form import STEMS, SignalPhrase, compile_phrase, grams_of, plain_letter

__all__ = ["SUBJECT_END", "PhraseBook", "ScannedText", "load_phrases", "mixed_words"]

#: Characters scanned; what a mail wants, it says before.
MAX_SCANNED: int = 6_000
#: Other words allowed between two words of a phrase, where the file does not say.
_GAP = 2
#: The same in the languages' own files, most of which have a freer order of words.
_PACK_GAP = 3
#: Occurrences of a word tried, and characters a phrase may reach from it.
_MAX_PLACES = 24
_REACH = 160
#: Ends the subject, so that no phrase runs from it into the text.
SUBJECT_END = "\n.\n"
#: A Latin word with letters of an alphabet that has look-alikes of them.
_MIXED_WORD = re.compile(
    "\\b(?=[^\\W\\d_]*[a-zA-Z]{2})[a-zA-Z]+[\u0370-\u03ff\u0400-\u052f\u0531-\u058f][a-zA-Z\u0370-\u052f]*\\b"
)
#: One of them stands in every such word.
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f\u0531-\u058f]")
#: From so many letters to replace on one pass for all of them is faster than one for each.
_MANY_LETTERS = 12


@dataclass(frozen=True, kw_only=True)
class ScannedText:
    """A text prepared for lookup: lower case, its words, and their stems."""

    text: str
    words: frozenset[str]
    stems: frozenset[str]
    _told: dict[int, tuple[tuple[str, int, int], ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, text: str) -> ScannedText:
        """Prepare the first part of a text; the last few are kept for the next detector."""
        lowered = _folded(text[:MAX_SCANNED]).lower()
        words = (
            frozenset(words_in(lowered)) if lowered.isascii() else frozenset([*words_in(lowered), *grams_of(lowered)])
        )
        return cls(text=lowered, words=words, stems=frozenset([word[:length] for length in STEMS for word in words]))

    def told_by(self, book: PhraseBook) -> tuple[tuple[str, int, int], ...]:
        """Return what `book` finds here; two detectors that ask the same pay once."""
        known = self._told.get(id(book))
        if known is None:
            known = self._told[id(book)] = tuple(book.find(self))
        return known

    def _occurrences(self, key: str) -> Iterator[int]:
        """Yield where a word or stem stands, also inside other words: the pattern sorts that out."""
        word = key.rstrip("*")
        place = self.text.find(word)
        for _ in range(_MAX_PLACES):
            if place < 0:
                return
            yield place
            place = self.text.find(word, place + 1)

    def search(self, phrase: SignalPhrase, keys: Set[str]) -> tuple[int, int] | None:
        """Return where the phrase stands in the text: looked for around its most telling word, those of `keys` being there."""
        for key in sorted(phrase.anchor & keys):
            for place in self._occurrences(key):
                start = self.text.rfind(" ", 0, max(0, place - _REACH)) + 1
                if _has_all(self.text[start : place + _REACH], phrase.near):
                    found = phrase.pattern.search(self.text, start, place + _REACH)
                    if found:
                        return found.span()
        return None


@dataclass(frozen=True, kw_only=True)
class PhraseBook:
    """Phrases by group, indexed by one slot of each."""

    phrases: tuple[SignalPhrase, ...]

    @cached_property
    def index(self) -> Mapping[str, tuple[SignalPhrase, ...]]:
        """Phrases by each alternative of their most telling slot."""
        found: dict[str, list[SignalPhrase]] = {}
        for phrase in self.phrases:
            for key in phrase.anchor:
                found.setdefault(key, []).append(phrase)
        return {key: tuple(items) for key, items in found.items()}

    @cached_property
    def _vocabulary(self) -> tuple[frozenset[str], Mapping[str, str]]:
        """All words of the phrases, and all stems by their letters."""
        keys = frozenset[str]().union(*(slot for phrase in self.phrases for slot in (phrase.anchor, *phrase.others)))
        return frozenset(key for key in keys if key[-1] != "*"), {key[:-1]: key for key in keys if key[-1] == "*"}

    def find(self, scanned: ScannedText) -> Iterator[tuple[str, int, int]]:
        """Yield the group and the span of each phrase that occurs."""
        words, stems = self._vocabulary
        keys = {*(words & scanned.words), *[stems[stem] for stem in stems.keys() & scanned.stems]}
        tried = set()
        for key in sorted(keys & self.index.keys()):
            for phrase in self.index[key]:
                if not _may_occur(phrase, keys) or id(phrase) in tried:
                    continue
                tried.add(id(phrase))
                if span := scanned.search(phrase, keys):
                    yield phrase.group, *span


def _may_occur(phrase: SignalPhrase, keys: set[str]) -> bool:
    # A plain loop: this is asked a hundred times for every mail.
    for slot in phrase.others:  # noqa: SIM110
        if keys.isdisjoint(slot):
            return False
    return True


def _has_all(text: str, slots: tuple[tuple[str, ...], ...]) -> bool:
    # Plain loops: one of ten places passes, and a pattern costs many times this.
    for words in slots:
        for word in words:
            if word in text:
                break
        else:
            return False
    return True


def _folded(text: str) -> str:
    """Undo disguises character by character: styled letters, and foreign letters inside Latin words."""
    text = text.replace("\u2019", "'")
    if text.isascii():
        return text
    if _FOREIGN.search(text):
        text = _MIXED_WORD.sub(lambda word: "".join(plain_letter(char, mixed=True) for char in word[0]), text)
    plain = {char: put for char in set(text) if not char.isascii() and (put := plain_letter(char, mixed=False)) != char}
    if len(plain) > _MANY_LETTERS or not all(map(str.isascii, plain.values())):
        return text.translate({ord(char): put for char, put in plain.items()})
    for char, put in plain.items():
        text = text.replace(char, put)
    return text


def mixed_words(text: str) -> list[str]:
    """Return the Latin words with letters of an alphabet that has look-alikes of them."""
    return _MIXED_WORD.findall(text) if _FOREIGN.search(text) else []


#: Languages with a file of their own, by the name of the table in it that adds to a book.
_PACKS: Final = "languages"
_TABLES: Final[Mapping[str, str]] = {"asks": "asks", "phrases.toml": "lures", "authority.toml": "roles"}


@loads_shipped(("asks",), ("authority.toml",), ("injection.toml",), ("offers",), ("phrases.toml",))
@lru_cache(maxsize=8)
def load_phrases(name: str) -> PhraseBook:
    """Read a shipped phrase file: `gap`, then tables of groups, lists of phrases by language.

    A folder has one file per language, each with its groups; what the languages' own files add to a book joins it.
    """
    tables = [tomllib.loads(text) for text in _texts(name)]
    packs = (
        [(pack[_TABLES[name]], pack["bare"]) for pack in _packs() if _TABLES[name] in pack] if name in _TABLES else []
    )
    own = [phrase for table in tables for phrase in _read(table)]
    added = [phrase for table, bare in packs for phrase in _read(dict(table), gap=_PACK_GAP, bare=bare)]
    return PhraseBook(phrases=(*own, *added))


@lru_cache(maxsize=1)
def _packs() -> tuple[dict[str, Any], ...]:
    return tuple(map(tomllib.loads, _texts(_PACKS)))


def _texts(name: str) -> Iterator[str]:
    place = files("glassdome.signals") / "data" / name
    items = sorted(place.iterdir(), key=lambda item: item.name) if place.is_dir() else [place]
    return (item.read_text(encoding="utf-8") for item in items)


def _read(table: dict[str, Any], *, gap: int = _GAP, bare: bool = False) -> Iterator[SignalPhrase]:
    gap = table.pop("gap", gap)
    for group, languages in table.items():
        for lines in languages.values() if isinstance(languages, dict) else (languages,):
            yield from (compile_phrase(group, line, gap, bare=bare) for line in lines.splitlines() if line.strip())
