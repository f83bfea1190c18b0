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

__all__ = ["LANGUAGES", "ThreadWords", "read_words", "stems_of", "words_for"]

#: The languages there are words for; the first four have all of them.
LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")
_GAP: Final = 4
#: Letters by which stems are looked up.
_STEM: Final = 3
_ANY: Final = ("_",)
#: Letters by which words of a question and of its answer are compared.
_CONTENT: Final = 4
#: ThreadWords of a sentence that are read.
_MOST_WORDS: Final = 80
#: Spellings of German umlauts where there is no key for them.
_DIGRAPHS: Final = (("ae", "a"), ("oe", "o"), ("ue", "u"))

#: Stems of words that stand in any sentence, and what stands for an amount, asked for or told; folded.
_EMPTY_STEMS: Final = frozenset(
    word
    for line in (
        "firs seco thir also with that this your have been ther what when wher whic they them than then will woul coul shou abou from just some",
        "erst zwei drit auch dass eine kann konn hatt habe wird wurd wenn welc ihre euch dies noch oder aber sind mich dich",
        "prem deux troi auss avec pour dans vous nous votr notr elle cett mais tout etes peux pouv avez plus sont",
        "prim segu terc tamb para como este esta esto pued podr tien pero todo cual sobr nues vues",
    )
    for word in line.split()
)
AMOUNT: Final = "#"
_AMOUNTS: Final = frozenset(("much", "many", "price", "cost", "costs", "wieviel", "viel", "viele", "kostet", "kosten", "preis", "combien", "prix", "tarif", "coute",
     "cuanto", "cuanta", "cuantos", "cuantas", "precio", "cuesta"))  # fmt: skip

_Form = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    """The alternatives of one place: whole words, beginnings of words, and words together by the first of them."""

    words: frozenset[str]
    stems: tuple[str, ...]
    together: Mapping[str, tuple[_Form, ...]]
    any: bool

    def ends(self, words: Sequence[str], start: int) -> tuple[int, ...]:
        """Return where a form that begins at `start` ends."""
        word = words[start]
        found: tuple[int, ...] = ()
        if self.any or word in self.words or (self.stems and word.startswith(self.stems)):
            found = (start + 1,)
        forms = self.together.get(word)
        return found if forms is None else found + tuple(start + len(f) for f in forms if _stands(words, start, f))


@dataclass(frozen=True, slots=True)
class _Phrase:
    role: str
    slots: tuple[_Slot | None, ...]
    first: bool
    last: bool
    needs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadWords:
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
        there = set(words)
        begin = 0
        while begin < len(words) and words[begin] in self.fillers:
            begin += 1
        for at, word in enumerate(words):
            for phrase in (
                *self.by_word.get(word, ()),
                *self.by_stem.get(word[:_STEM], ()),
                *self.by_word.get("_", ()),
            ):
                if phrase.role in found or (phrase.first and at not in (0, begin)):
                    continue
                if phrase.needs and phrase.needs.isdisjoint(there):
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


def stems_of(text: str) -> set[str]:
    """Return the beginnings of the words of `text` that say something, and its numbers."""
    words = words_in(fold(text))
    found = {word[:_CONTENT] for word in words if len(word) >= _CONTENT or word.isdigit()} - _EMPTY_STEMS
    if any(word.isdigit() for word in words) or not _AMOUNTS.isdisjoint(words):
        found.add(AMOUNT)
    return found


def _matches(words: Sequence[str], at: int, slots: Sequence[_Slot | None], *, last: bool) -> bool:
    """Compare the slots with the words from `at` on; the ends that each prefix can have are kept together."""
    ends: Sequence[int] = (at,)
    gap = False
    for slot in slots:
        if slot is None:
            gap = True
            continue
        if gap:
            ends = sorted({end + ahead for end in ends for ahead in range(_GAP + 1)})
            gap = False
        ends = [last for start in ends if start < len(words) for last in slot.ends(words, start)]
        if not ends:
            return False
    return not last or len(words) in ends


def _stands(words: Sequence[str], start: int, form: _Form) -> bool:
    if start + len(form) > len(words):
        return False
    *fixed, end = form
    told = words[start + len(form) - 1]
    return list(words[start : start + len(form) - 1]) == fixed and (
        told.startswith(end[:-1]) if end[-1] == "*" else told == end
    )


@loads_shipped(*((language,) for language in LANGUAGES))
@cache
def read_words(language: str) -> ThreadWords:
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
    return ThreadWords(language=language, by_word=by_word, by_stem=by_stem, lists=lists, **singles)


def _listed(entries: Iterable[str], language: str) -> frozenset[tuple[str, ...]]:
    return frozenset(words for entry in entries if (words := tuple(words_for(entry, language))))


def _phrase(role: str, line: str, language: str) -> _Phrase:
    parts = line.split()
    first, last = parts[0] == "^", parts[-1] == "$"
    slots = [part for part in parts if part not in ("^", "$")]
    compiled = tuple(None if slot == ".." else _slot(slot, language) for slot in slots)
    return _Phrase(role, compiled, first, last, _needs(compiled))


def _needs(slots: Sequence[_Slot | None]) -> frozenset[str]:
    """Return words of which one must be there, by the last slot that is words alone; none where no slot is."""
    plain = [slot for slot in slots[1:] if slot is not None and not (slot.stems or slot.any)]
    return plain[-1].words.union(plain[-1].together) if plain else frozenset()


def _slot(text: str, language: str) -> _Slot:
    forms = [_form(alternative, language) for alternative in text.split("|")]
    single = [form[0] for form in forms if len(form) == 1 and form != _ANY]
    together: dict[str, tuple[_Form, ...]] = {}
    for form in forms:
        if len(form) > 1:
            together[form[0]] = (*together.get(form[0], ()), form)
    return _Slot(
        frozenset(word for word in single if word[-1] != "*"),
        tuple(word[:-1] for word in single if word[-1] == "*"),
        together,
        _ANY in forms,
    )


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
    opening = phrase.slots[0]
    if opening is None:
        raise ValueError(f"A phrase of {phrase.role} begins with a gap.")
    for word in (*opening.words, *opening.together, *(("_",) if opening.any else ())):
        by_word.setdefault(word, []).append(phrase)
    for stem in opening.stems:
        by_stem.setdefault(stem[:_STEM], []).append(phrase)
