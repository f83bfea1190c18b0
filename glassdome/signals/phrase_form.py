"""Compile phrases of the data files: words in order or in any, with gaps, in scripts with blanks between words and without.

A phrase is `verify|confirm your account`: words with alternatives by `|`, stems by `*`, `_` for words with nothing between.
After `~` the words may stand in any order. Scripts that write words together, or join small words to them (Chinese, Thai,
Korean, Arabic, Hebrew, Devanagari), are searched letter by letter: a word is found inside others, and needs no stem.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, permutations
from typing import Final

from glassdome.signals.domains import latin_letter

__all__ = ["STEMS", "SignalPhrase", "compile_phrase", "grams_of", "plain_letter", "same_letters"]

#: Letters of a stem (`verif*`, `sąd*`) used to look it up: at most, and at least.
STEMS: Final = (4, 3)
#: Letters that belong together in a script of many letters, and in one of few.
_MANY: Final = "\u1100-\u11ff\u3005\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_FEW: Final = "\u0590-\u06ff\u0750-\u077f\u08a0-\u08ff\u0900-\u097f\u0e00-\u0eff"
_RUN_OF_MANY: Final = re.compile(f"[{_MANY}]+")
_RUN_OF_FEW: Final = re.compile(f"[{_FEW}]+")
_TOGETHER: Final = re.compile(f"[{_MANY}{_FEW}]")
#: Words of other scripts, which stand among them without a blank.
_AMONG: Final = re.compile(r"[a-z0-9]+")
#: A run of letters and digits, which may begin a stem.
_PART: Final = re.compile(r"[^\W_]+(?:\*(?!\w))?")
#: Letters that a phrase and a text may write differently: Greek accents, Arabic carriers, Cyrillic io, Romanian commas,
#: apostrophes and hyphens within words.
_SAME: Final = str.maketrans(
    "άέήίϊΐόύϋΰώςأإآٱىکیےёșțΆΈΉΊΌΎΏЁȘȚİ\u02bc\u2018\u2019\u201b\uff07\u2010\u2011",
    "αεηιιιουυυωσاااايكييеşţΑΕΗΙΟΥΩЕŞŢI'''''--",
)
#: Letters that are no plain one with an accent, and the plain one that people write instead.
_BARE: Final = str.maketrans("łøđı", "lodi")
#: Characters between two words of a script without blanks.
_REACH_OF_MANY: Final = 20
_REACH_OF_FEW: Final = 30
#: Ends of sentences, those of Arabic, Urdu and Hindi among them.
_SIGNS: Final = r".!?;。！？；؟۔।॥"
#: What stands between words of one sentence: no end of a sentence or of a paragraph.
_BLANKS: Final = r"(?=[^\w.!?;\n]|\n(?!\n))[^\w.!?;\n]*(?:\n(?!\n)[^\w.!?;\n]*)*"


def same_letters(text: str) -> str:
    """Return a text with one form for letters that are written in several; its length stays."""
    return text.translate(_SAME)


@lru_cache(maxsize=4096)
def plain_letter(char: str, *, mixed: bool) -> str:
    """Return what a letter stands for: a styled letter, one of another alphabet inside a Latin word, a variant."""
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) == 1 and plain.isascii():
        return plain
    return latin_letter(char) if mixed and not "\u00c0" <= char <= "\u024f" else same_letters(char)


def grams_of(lowered: str) -> set[str]:
    """Return by what words of scripts without blanks are looked up, and the words among them; nothing of other texts."""
    if not _TOGETHER.search(lowered):
        return set()
    found = set(_AMONG.findall(lowered))
    for run in _RUN_OF_MANY.findall(lowered):
        found.update(run)
        found.update(map("".join, pairwise(run)))
    for run in _RUN_OF_FEW.findall(lowered):
        found.update(map("".join, zip(run, run[1:], run[2:], strict=False)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalPhrase:
    """One phrase: its group, its words (each a set of alternatives), and the line that says how they follow each other.

    `anchor` is the most telling slot: the one whose shortest word is the longest. `others` are the rest, `near` their
    letters, without which the pattern need not be tried.
    """

    group: str
    others: tuple[frozenset[str], ...]
    near: tuple[tuple[str, ...], ...]
    line: str
    gap: int
    anchor: frozenset[str]

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first needed: most phrases of a book occur in no mail of a process."""
        return _compiled(self.line, self.gap)


def compile_phrase(group: str, line: str, gap: int, *, bare: bool = False) -> SignalPhrase:
    """Compile one line; with `bare` each word is also found without its accents, as many people write."""
    line = same_letters(line.lower())
    if bare and not line.isascii():
        line = " ".join(map(_with_bare, line.split()))
    words = [slot.split("|") for slot in line.removeprefix("~").split()]
    slots = [frozenset(map(_key, alternatives)) for alternatives in words]
    anchor = max(range(len(slots)), key=lambda number: min(map(len, slots[number])))
    rest = [number for number in range(len(slots)) if number != anchor]
    near = tuple(tuple(word.split("_")[-1].rstrip("*") for word in words[number]) for number in rest)
    others = tuple(slots[number] for number in rest)
    return SignalPhrase(group=group, others=others, near=near, line=line, gap=gap, anchor=slots[anchor])


def _with_bare(slot: str) -> str:
    words = slot.split("|")
    bare = [_without_accents(word) for word in words]
    return "|".join(dict.fromkeys((*words, *bare)))


def _without_accents(word: str) -> str:
    parts = unicodedata.normalize("NFD", word.translate(_BARE))
    return "".join(char for char in parts if not unicodedata.combining(char))


def _key(form: str) -> str:
    """Return by what a word is looked up: itself, the beginning of its stem, or its last letters where no blanks are.

    Texts are split into runs of letters and digits, so of `e-mail`, `n'avez` and `log_in` the longest run is taken.
    """
    word = form.split("_")[-1]
    if _RUN_OF_MANY.search(word):
        return word[-2:]
    if _RUN_OF_FEW.search(word):
        return word[-3:]
    word = max(_PART.findall(form) or [word], key=lambda part: len(part.rstrip("*")))
    return f"{word[: STEMS[0]].rstrip('*')}*" if word.endswith("*") else word


@cache
def _compiled(line: str, gap: int) -> re.Pattern[str]:
    slots = line.removeprefix("~").split()
    orders = permutations(slots) if line.startswith("~") else (tuple(slots),)
    if _TOGETHER.search(line):
        return re.compile("|".join(map(_together, orders)))
    return re.compile("|".join(_apart(order, gap) for order in orders))


def _together(slots: tuple[str, ...]) -> str:
    """Words anywhere among letters, and a few characters of the same sentence between them."""
    reach = _REACH_OF_MANY if _RUN_OF_MANY.search("".join(slots)) else _REACH_OF_FEW
    joined = rf"[^\w{_SIGNS}]{{0,3}}"
    forms = ("|".join(joined.join(map(re.escape, word.split("_"))) for word in slot.split("|")) for slot in slots)
    return rf"(?:[^{_SIGNS}\n]|\n(?!\n)){{0,{reach}}}?".join(f"(?:{form})" for form in forms)


def _apart(slots: tuple[str, ...], gap: int) -> str:
    """Whole words or stems, and up to `gap` words between them."""
    parts: list[str] = []
    for slot in slots:
        forms = [r"[^\w.!?;]+".join(map(_word, word.split("_"))) for word in slot.split("|")]
        parts.append(f"(?:{'|'.join(forms if parts else map(_opening, forms))})")
    between = rf"{_BLANKS}(?:\w+{_BLANKS}){{0,{gap}}}"
    return rf"{between.join(parts)}(?!\w)"


def _word(word: str) -> str:
    return re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)


def _opening(form: str) -> str:
    """Check the text before a form after its first letter: a pattern that begins with letters is found fast."""
    first = form[: 2 if form[0] == "\\" else 1]
    return rf"{first}(?<!\w{first}){form[len(first) :]}"
