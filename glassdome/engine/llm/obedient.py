"""Words of a model that are not about the mail: they obey it, repeat the prompt, or speak to the reader's own model."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["obeys", "repeats_prompt"]

_LINK: Final = r"(?:[ ,'\u2019]{1,3}\w{1,14}){0,3}[ ,'\u2019]{1,3}"
#: "Ignore all previous instructions" in the languages that models write most.
_ORDER: Final = re.compile(
    rf"\b(?:ignor\w{{0,5}}|disregard|forget|override|vergiss|vergesst|missachte\w{{0,2}}|oubli\w{{1,4}}|olvid\w{{1,3}}|esque\w{{1,4}}|"
    rf"dimentic\w{{1,4}}|negeer|vergeet|zignoruj|zapomnij){_LINK}"
    r"(?:previous|prior|earlier|above|preceding|instructions?|rules|prompt|vorherig\w{0,2}|bisherig\w{0,2}|anweisung\w{0,2}|regeln|"
    r"pr\u00e9c\u00e9dent\w{0,2}|consignes|instrucciones|anteriores|instru\u00e7\u00f5es|istruzioni|precedenti|vorige|eerdere|instructies|"
    r"poprzedni\w{0,2}|instrukcje)\b"
    r"|\b(?:system prompt|developer mode|jailbr(?:eak|oken)|you are now|new instructions?|do anything now|begin mail|end mail)\b"
    r"|\bas an? (?:ai|language model)\b",
    re.IGNORECASE,
)
_JOINED: Final = re.compile(r"[-_]+")


def obeys(text: str) -> bool:
    """Return whether the text repeats an order to a model; hyphens count as blanks, as in a tag."""
    return _ORDER.search(_JOINED.sub(" ", text)) is not None


#: So many words in a row are no coincidence.
_RUN_WORDS: Final = 9
_WORDS = re.compile(r"\w+")


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORDS.findall(text.lower())
    return frozenset(tuple(words[i : i + _RUN_WORDS]) for i in range(len(words) - _RUN_WORDS + 1))


@lru_cache(maxsize=8)
def _runs_of_instructions(system: str) -> frozenset[tuple[str, ...]]:
    return _runs(system)


def repeats_prompt(text: str, *, system: str, boundary: str) -> bool:
    """Return whether `text` holds the call's boundary or nine words in a row of the instructions."""
    return boundary in text or not _runs_of_instructions(system).isdisjoint(_runs(text))
