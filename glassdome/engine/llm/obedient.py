"""A model's words that are not about the mail but obey it, or speak to the reader's own model in its stead."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["obeys"]

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
