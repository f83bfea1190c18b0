"""The words of threads by language, from `words/*.toml`, and the finding of their phrases in a sentence.

A phrase is words with alternatives by `|`; `stem*`, `a_b` for words together, `_` for any one word, `..` for up to four;
`^` begins a sentence (behind the language's fillers), `$` ends it. Nothing here is a regular expression: each word is looked
up once, and a phrase is compared word by word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from glassdome.core.shipped import loads_shipped
from glassdome.core.words import words_in
from glassdome.engine.builtin.words import fold

__all__ = ["LANGUAGES", "Words", "read_words", "words_for"]

#: The languages there are words for; the first four have all of them.
LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")
_GAP: Final = 4
_ANY: Final = ("_",)
#: Words of a sentence that are read.
_MOST_WORDS: Final = 80
#: Spellings of German umlauts where there is no key for them.
_DIGRAPHS: Final = (("ae", "a"), ("oe", "o"), ("ue", "u"))

_Form = tuple[str, ...]
_Slot = tuple[_Form, ...]


@dataclass(frozen=True, slots=True)
class _Phrase:
    role: str
    slots: tuple[_Slot | None, ...]
    first: bool
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's phrases by their first word or the first letters of its stem, and its plain lists of words."""

    language: str
    by_word: Mapping[str, Sequence[_Phrase]]
    by_stem: Mapping[str, Sequence[_Phrase]]
    lists: Mapping[str, frozenset[tuple[str, ...]]]
    common: frozenset[str]
    fillers: frozenset[str]

    def roles(self, words: Sequence[str]) -> set[str]:
        """Return the roles whose phrases stand in a sentence's words, as `words_for` gives them."""
        found: set[str] = set()
        begin = 0
        while begin < len(words) and words[begin] in self.fillers:
            begin += 1
        for at, word in enumerate(words):
            for phrase in (*self.by_word.get(word, ()), *self.by_stem.get(word[:3], ()), *self.by_word.get("_", ())):
                if phrase.role in found or (phrase.first and at not in (0, begin)):
                    continue
                if _matches(words, at, phrase.slots, last=phrase.last):
                    found.add(phrase.role)
        return found

    def is_listed(self, name: str, words: Sequence[str]) -> bool:
        """Return whether the words are an entry of the list of that name."""
        return tuple(words) in self.lists.get(name, frozenset())


def words_for(text: str, language: str) -> list[str]:
    """Return the folded words of `text` in the form in which a language's phrases are written."""
    folded = fold(text)
    if language == "de":
        for pair, plain in _DIGRAPHS:
            folded = folded.replace(pair, plain)
    return words_in(folded)[:_MOST_WORDS]


def _matches(words: Sequence[str], at: int, slots: Sequence[_Slot | None], *, last: bool) -> bool:
    """Compare the slots with the words from `at` on; the ends that each prefix can have are kept as a set."""
    ends = {at}
    gap = False
    for slot in slots:
        if slot is None:
            gap = True
            continue
        reach = {end + ahead for end in ends for ahead in range(_GAP + 1 if gap else 1)}
        ends = {
            start + len(form)
            for start in reach
            for form in slot
            if start + len(form) <= len(words) and _is(words, start, form)
        }
        gap = False
        if not ends:
            return False
    return not last or len(words) in ends


def _is(words: Sequence[str], start: int, form: _Form) -> bool:
    return all(_same(words[start + number], part) for number, part in enumerate(form))


def _same(word: str, part: str) -> bool:
    return word.startswith(part[:-1]) if part[-1] == "*" else part in ("_", word)


@loads_shipped(*((language,) for language in LANGUAGES))
@cache
def read_words(language: str) -> Words:
    """Read one language's file."""
    path = files("glassdome.threads").joinpath("words").joinpath(f"{language}.toml")
    raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    by_word: dict[str, list[_Phrase]] = {}
    by_stem: dict[str, list[_Phrase]] = {}
    for role, said in raw.items():
        for line in said.splitlines() if isinstance(said, str) else ():
            if line.strip():
                _index(_phrase(role, line, language), by_word, by_stem)
    lists = {name: _listed(said, language) for name, said in raw.items() if isinstance(said, list)}
    singles = {name: frozenset(entry[0] for entry in lists.get(name, ())) for name in ("common", "fillers")}
    return Words(language=language, by_word=by_word, by_stem=by_stem, lists=lists, **singles)


def _listed(entries: Iterable[str], language: str) -> frozenset[tuple[str, ...]]:
    return frozenset(words for entry in entries if (words := tuple(words_for(entry, language))))


def _phrase(role: str, line: str, language: str) -> _Phrase:
    parts = line.split()
    first, last = parts[0] == "^", parts[-1] == "$"
    slots = [part for part in parts if part not in ("^", "$")]
    return _Phrase(role, tuple(None if slot == ".." else _slot(slot, language) for slot in slots), first, last)


def _slot(text: str, language: str) -> _Slot:
    return tuple(_form(alternative, language) for alternative in text.split("|"))


def _form(text: str, language: str) -> _Form:
    if text == "_":
        return _ANY
    parts = []
    for part in text.split("_"):
        stem = part.endswith("*")
        words = words_for(part, language)
        parts += [*words[:-1], words[-1] + "*" * stem]
    return tuple(parts)


def _index(phrase: _Phrase, by_word: dict[str, list[_Phrase]], by_stem: dict[str, list[_Phrase]]) -> None:
    opening = phrase.slots[0] or ()
    for key in dict.fromkeys(form[0] for form in opening):
        index, name = (by_stem, key[:-1][:3]) if key[-1] == "*" else (by_word, key)
        index.setdefault(name, []).append(phrase)
