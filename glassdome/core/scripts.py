"""Tell in which of two scripts a text of one language is written: simplified or traditional Chinese, Cyrillic or Latin Serbian."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["in_its_script"]

#: Characters read; a text keeps to one script.
_READ: Final = 2_000
#: Frequent characters that only one of the two Chinese scripts has.
_TRADITIONAL: Final = frozenset("們這個來說時請謝會對為國學問無過還經點見題開關發單價帳號貴嗎與從後裡實現電話業務書間")
_SIMPLIFIED: Final = frozenset("们这个来说时请谢会对为国学问无过还经点见题开关发单价账号贵吗与从实现电话业务书间")
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")
_LATIN: Final = re.compile(r"[a-zčćđšž]", re.IGNORECASE)


def in_its_script(language: str, text: str) -> str:
    """Return the tag with its script where the language has two and the text is in the less usual one: `zh-Hant`, `sr-Latn`."""
    read = text[:_READ]
    if language == "zh":
        traditional = sum(map(_TRADITIONAL.__contains__, read))
        return "zh-Hant" if traditional > sum(map(_SIMPLIFIED.__contains__, read)) else language
    if language == "sr":
        return "sr-Latn" if len(_LATIN.findall(read)) > len(_CYRILLIC.findall(read)) else language
    return language
